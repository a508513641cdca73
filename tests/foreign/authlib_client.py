"""Authlib (PyPI) as the conformance setting's `client2`: sign-in, UserInfo, refresh, back-channel logout, sign-out.

Usage: python authlib_client.py PLAN.json SUITE_URL; the plan is what `guichet demo --conformance SUITE_URL` prints.
"""

import http.server
import queue
import secrets
import threading
import urllib.parse

import requests
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwk, jwt

from browser import Browser
from setting import Setting

EVENT = "http://schemas.openid.net/event/backchannel-logout"

setting = Setting("Authlib")


def published_keys():
    """The provider's keys."""
    return jwk.KeySet.import_key_set(requests.get(setting.metadata["jwks_uri"], timeout=30).json())


def session(section, method):
    """A client of the plan."""
    client = setting.plan[section]
    scope = "openid profile email phone offline_access"
    return OAuth2Session(
        client["client_id"],
        client["client_secret"],
        token_endpoint_auth_method=method,
        token_endpoint=setting.metadata["token_endpoint"],
        scope=scope,
        redirect_uri=f"{setting.base}/callback",
        code_challenge_method="S256",
    )


def sign_in(client, browser):
    """Signs in; the claims of a verified ID token."""
    verifier, nonce = generate_token(48), secrets.token_urlsafe()
    url, state = client.create_authorization_url(
        setting.metadata["authorization_endpoint"], code_verifier=verifier, nonce=nonce
    )
    sent = browser.walk(url, setting.base, setting.login)
    assert sent.query["state"] == state and sent.query["iss"] == setting.metadata["issuer"], sent.url
    tokens = client.fetch_token(authorization_response=sent.url, code_verifier=verifier, state=state)
    read = jwt.decode(tokens["id_token"], published_keys(), algorithms=setting.metadata["id_token_signing_alg_values_supported"])
    claims = CodeIDToken(
        read.claims,
        read.header,
        options={"iss": {"value": setting.metadata["issuer"]}, "aud": {"value": client.client_id}},
        params={"nonce": nonce, "client_id": client.client_id, "access_token": tokens["access_token"]},
    )
    claims.validate(leeway=5)
    return claims


def userinfo(client):
    """UserInfo's answer."""
    return client.get(setting.metadata["userinfo_endpoint"])


class Listener(http.server.BaseHTTPRequestHandler):
    """Where this client is told of the end of a session."""

    told = queue.Queue()

    def do_POST(self):
        """Takes a logout token."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        known = f"{setting.suite}{self.path}" == f"{setting.base}/backchannel_logout"
        self.send_response(200 if known else 404)
        self.end_headers()
        if known:
            self.told.put(urllib.parse.parse_qs(body)["logout_token"][0])

    def log_message(self, *_):
        """Keeps quiet."""


def listen():
    """Starts the listener."""
    address = urllib.parse.urlsplit(setting.suite)
    server = http.server.ThreadingHTTPServer((address.hostname, address.port), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def main():
    """Every step."""
    browser = Browser()
    client = session("client2", "client_secret_basic")
    claims = sign_in(client, browser)
    setting.step("sign-in with client_secret_basic, PKCE, state, nonce and iss; signature, at_hash and claims of the ID token fit")

    person = userinfo(client).json()
    assert person["sub"] == claims["sub"] and person["email"] == setting.login, person
    setting.step(f"UserInfo of {person['name']}")

    id_token = client.token["id_token"]
    before = client.token["access_token"]
    fresh = client.refresh_token(setting.metadata["token_endpoint"], refresh_token=client.token["refresh_token"])
    assert fresh["access_token"] != before and userinfo(client).json()["sub"] == claims["sub"]
    id_token = fresh.get("id_token", id_token)
    setting.step("refresh, and UserInfo with the new access token")

    listen()
    state = secrets.token_urlsafe()
    query = {"id_token_hint": id_token, "post_logout_redirect_uri": f"{setting.base}/post_logout_redirect", "state": state}
    end = f"{setting.metadata['end_session_endpoint']}?{urllib.parse.urlencode(query)}"
    sent = browser.walk(end, setting.base, setting.login)
    assert sent.url == f"{setting.base}/post_logout_redirect?state={state}", sent.url
    assert userinfo(client).status_code == 401
    setting.step("sign-out with id_token_hint, exact state, and the access token is dead")

    read = jwt.decode(Listener.told.get(timeout=20), published_keys(), algorithms=["RS256", "ES256"])
    assert read.header["typ"] == "logout+jwt" and EVENT in read.claims["events"] and "nonce" not in read.claims
    assert (read.claims["aud"], read.claims["sid"]) == (client.client_id, claims["sid"]), read.claims
    setting.step("the logout token of the back channel")


if __name__ == "__main__":
    main()
