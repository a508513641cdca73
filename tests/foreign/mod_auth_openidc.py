"""Apache's mod_auth_openidc as the conformance setting's `client`: sign-in, UserInfo, refresh, back-channel logout, sign-out.

Usage: python mod_auth_openidc.py PLAN.json SUITE_URL; the plan is what `guichet demo --conformance SUITE_URL` prints.
Apache runs as an instance of its own, from a folder of its own, on the address of SUITE_URL.
"""

import contextlib
import json
import os
import pathlib
import secrets
import subprocess
import tempfile
import time
import urllib.parse

from browser import Browser
from setting import Setting

HERE = pathlib.Path(__file__).parent
MODULES = "/usr/lib/apache2/modules"
APACHE = "/usr/sbin/apache2"

setting = Setting("mod_auth_openidc")


@contextlib.contextmanager
def apache():
    """Serves the generated configuration until the end of the block."""
    with tempfile.TemporaryDirectory(prefix="guichet-apache-") as name:
        folder = pathlib.Path(name)
        # Its workers give up root's rights and still read what it serves.
        folder.chmod(0o755)
        (folder / "www/protected").mkdir(parents=True)
        (folder / "www/protected/index.html").write_text("let in\n", encoding="utf-8")
        config = folder / "apache.conf"
        config.write_text(configuration(folder), encoding="utf-8")
        with subprocess.Popen([APACHE, "-f", config, "-DFOREGROUND"], stdin=subprocess.DEVNULL) as server:
            try:
                wait_for_it()
                yield
            except BaseException:
                print((folder / "error.log").read_text(encoding="utf-8"))
                raise
            finally:
                server.terminate()


def configuration(folder):
    """The template with what this run knows."""
    address = urllib.parse.urlsplit(setting.suite)
    known = {
        "FOLDER": folder,
        "MODULES": MODULES,
        "LISTEN": address.netloc,
        "USER": "User www-data\nGroup www-data" if os.getuid() == 0 else "",
        "DISCOVERY": setting.discovery_url,
        "CLIENT": setting.plan["client"]["client_id"],
        "SECRET": setting.plan["client"]["client_secret"],
        "PASSPHRASE": secrets.token_urlsafe(32),
        "PATH": urllib.parse.urlsplit(setting.base).path,
        "SUITE": setting.suite,
        "SCOPE": "openid profile email phone offline_access",
    }
    text = (HERE / "mod_auth_openidc.conf").read_text(encoding="utf-8")
    for name, value in known.items():
        text = text.replace(f"@{name}@", str(value))
    return text


def wait_for_it():
    """Waits until something answers."""
    for _ in range(200):
        with contextlib.suppress(OSError):
            Browser().send(f"{setting.suite}/")
            return
        time.sleep(0.05)
    raise AssertionError("Apache doesn't start")


def claims(browser, extra=""):
    """What the module knows of the session, as its own hook answers."""
    answer = browser.send(f"{setting.base}/callback?info=json{extra}")
    return json.loads(answer.text) if answer.status == 200 else None


def walk(browser, path):
    """Opens a page of this relying party; the whole way leads through the provider where it must."""
    return browser.walk(f"{setting.suite}{path}", None, setting.login)


def main():
    """Every step."""
    with apache():
        browser = Browser()
        answer = walk(browser, "/protected/index.html")
        assert (answer.status, answer.text) == (200, "let in\n"), (answer.url, answer.status, answer.text)
        setting.step("sign-in with client_secret_basic, PKCE, state and nonce; the protected page is shown")

        known = claims(browser)
        assert known["userinfo"]["email"] == setting.login, known
        assert known["id_token"]["sub"] == known["userinfo"]["sub"], known
        setting.step(f"UserInfo of {known['userinfo']['name']}")

        query = urllib.parse.urlencode({"refresh": f"{setting.suite}/protected/index.html", "access_token": known["access_token"]})
        answer = browser.walk(f"{setting.base}/callback?{query}", None, setting.login)
        assert answer.status == 200 and "error_code" not in answer.url, (answer.url, answer.text)
        assert claims(browser)["access_token"] != known["access_token"]
        setting.step("refresh, and the session holds the new access token")

        told_of_the_end()

        back = urllib.parse.quote(f"{setting.base}/post_logout_redirect", safe="")
        answer = browser.walk(f"{setting.base}/callback?logout={back}", f"{setting.base}/post_logout_redirect", setting.login)
        assert claims(browser) is None
        again = browser.walk(f"{setting.suite}/protected/index.html", f"{setting.metadata['issuer']}/login", setting.login)
        assert again.url.startswith(f"{setting.metadata['issuer']}/login"), again.url
        setting.step("sign-out, back at the registered address; the protected page asks for a sign-in again")


def told_of_the_end():
    """Another browser's session here ends when it signs out at the provider itself."""
    browser = Browser()
    assert walk(browser, "/protected/index.html").status == 200
    end = setting.metadata["end_session_endpoint"]
    browser.walk(end, None, setting.login)
    for _ in range(100):
        if claims(browser) is None:
            setting.step("a sign-out elsewhere ends the session here, by the back channel")
            return
        time.sleep(0.2)
    raise AssertionError("no logout token ended the session within 20 s")


if __name__ == "__main__":
    main()
