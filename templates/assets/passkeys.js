// Passkeys: a form asks our server for a challenge, the browser for an answer, and takes that along when it is sent.
(() => {
  "use strict";
  const forms = document.querySelectorAll("form[data-challenge]");
  if (!window.PublicKeyCredential || !navigator.credentials || forms.length === 0) return;

  // The server keeps a challenge for five minutes: an older one isn't shown to anybody.
  const KEPT = 4 * 60 * 1000;

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const readable = (options) => {
    const read = { ...options, challenge: bytes(options.challenge) };
    if (options.user) read.user = { ...options.user, id: bytes(options.user.id) };
    if (options.excludeCredentials) read.excludeCredentials = named(options.excludeCredentials);
    if (options.allowCredentials) read.allowCredentials = named(options.allowCredentials);
    return read;
  };

  const written = (credential) => {
    const { response } = credential;
    const answer = { clientDataJSON: text(response.clientDataJSON) };
    if (response.attestationObject) {
      answer.attestationObject = text(response.attestationObject);
    } else {
      answer.authenticatorData = text(response.authenticatorData);
      answer.signature = text(response.signature);
      if (response.userHandle) answer.userHandle = text(response.userHandle);
    }
    return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response: answer });
  };

  const challenge = async (form) => {
    const body = new URLSearchParams({ csrf: form.elements.csrf.value });
    const answer = await fetch(form.dataset.challenge, { method: "POST", body, headers: { accept: "application/json" } });
    if (answer.status === 429) throw new DOMException("", "TooOften");
    // Sent as it is, the form says what became of it.
    if (answer.status === 403 || answer.status === 409) throw new DOMException("", "OutOfDate");
    if (!answer.ok) throw new DOMException("", "Refused");
    return answer.json();
  };

  const finish = (form, ceremony, credential) => {
    form.elements.ceremony.value = ceremony;
    form.elements.credential.value = written(credential);
    form.submit();
  };

  const sentence = (form, error) => {
    const { cancelled, failed, known, tooOften } = form.dataset;
    const sentences = { NotAllowedError: cancelled, InvalidStateError: known, TooOften: tooOften };
    return sentences[error.name] || failed;
  };

  // What a browser offers in the field of the name waits until somebody presses the button.
  let offer = null;

  const ask = async (form) => {
    const [button, alert] = [form.querySelector("button"), form.querySelector("[role=alert]")];
    button.disabled = true;
    alert.textContent = "";
    try {
      if (offer) offer.abort();
      const { ceremony, publicKey } = await challenge(form);
      const options = readable(publicKey);
      const credential = options.user
        ? await navigator.credentials.create({ publicKey: options })
        : await navigator.credentials.get({ publicKey: options });
      finish(form, ceremony, credential);
    } catch (error) {
      if (error.name === "OutOfDate") return form.submit();
      alert.textContent = sentence(form, error);
      button.disabled = false;
      button.focus();
    }
  };

  const offerIn = async (form) => {
    if (offer) offer.abort();
    const mine = new AbortController();
    offer = mine;
    const renewal = setTimeout(() => {
      if (offer !== mine) return;
      if (!document.hidden) return offerIn(form);
      // Nobody looks: no challenge is asked for before somebody does again.
      mine.abort();
      document.addEventListener("visibilitychange", () => offer === mine && offerIn(form), { once: true });
    }, KEPT);
    try {
      const { ceremony, publicKey } = await challenge(form);
      if (mine.signal.aborted) return;
      const wish = { publicKey: readable(publicKey), mediation: "conditional", signal: mine.signal };
      finish(form, ceremony, await navigator.credentials.get(wish));
    } catch {
      // Nobody asked for it: the password and the button are there as before.
    } finally {
      clearTimeout(renewal);
    }
  };

  for (const form of forms) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ask(form);
    });
    if ("autofills" in form.dataset && PublicKeyCredential.isConditionalMediationAvailable) {
      PublicKeyCredential.isConditionalMediationAvailable().then((available) => available && offerIn(form));
    }
  }
  for (const without of document.querySelectorAll("[data-without-passkeys]")) without.hidden = true;
})();
