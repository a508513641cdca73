// A browser without scripts: it keeps cookies, goes where it is sent, and answers what Guichet asks on the way.

const password = 'Guichet-2026!';
const buttons = ['login-submit', 'consent-allow', 'logout-confirm'];

export class Browser {
  #cookies = new Map();

  // Where it ends: the address outside of the provider that it is sent to, or the provider's last page.
  async walk(url, issuer, login) {
    let answer = await this.#send(url);
    for (let step = 0; step < 12; step += 1) {
      const location = answer.headers.get('location');
      if (location) {
        const next = new URL(location, answer.at);
        if (next.origin !== new URL(issuer).origin) return { url: next };
        answer = await this.#send(next);
        continue;
      }
      const page = await answer.text();
      const form = formOf(page, login);
      if (!form) return { url: answer.at, status: answer.status, page };
      answer = await this.#send(new URL(form.action, answer.at), form.fields);
    }
    throw new Error(`sent in circles at ${answer.at}`);
  }

  async #send(url, fields) {
    const headers = { accept: 'text/html', cookie: [...this.#cookies].map((pair) => pair.join('=')).join('; ') };
    const options = { redirect: 'manual', headers, method: fields ? 'POST' : 'GET', body: fields };
    const answer = await fetch(url, options);
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
      if (/max-age=0/i.test(cookie)) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    answer.at = new URL(url);
    return answer;
  }
}

// The form around the first known button, filled in.
function formOf(page, login) {
  for (const [, attributes, inside] of page.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)) {
    const button = [...inside.matchAll(/<button\b([^>]*)>/g)].find(([, tag]) => buttons.includes(attribute(tag, 'id')));
    if (!button) continue;
    const fields = new URLSearchParams();
    for (const [, tag] of [...inside.matchAll(/<input\b([^>]*)>/g), button]) {
      const name = attribute(tag, 'name');
      const typed = { username: login, password }[name];
      if (name) fields.append(name, typed ?? attribute(tag, 'value') ?? '');
    }
    return { action: attribute(attributes, 'action'), fields };
  }
  return undefined;
}

function attribute(tag, name) {
  const found = new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(tag);
  return found?.[1].replace(/&(?:amp|#38);/g, '&').replace(/&(?:quot|#34);/g, '"').replace(/&#39;/g, "'");
}
