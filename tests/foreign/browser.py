"""A browser without scripts: it keeps cookies, goes where it is sent, and answers what Guichet asks on the way."""

import http.cookiejar
import urllib.error
import urllib.parse
import urllib.request
from html.parser import HTMLParser

PASSWORD = "Guichet-2026!"
BUTTONS = {"login-submit", "consent-allow", "logout-confirm"}


class Answer:
    """A page, or where the browser was sent."""

    def __init__(self, url, response):
        self.url = url
        self.status = response.status
        self.location = response.headers.get("Location")
        self.text = response.read().decode()


class Browser:
    """Cookies, and requests that redirects don't leave behind."""

    def __init__(self):
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(cookies, _Stay())

    def send(self, url, fields=None):
        """One request; a GET, or a form's POST."""
        body = None if fields is None else urllib.parse.urlencode(fields).encode()
        request = urllib.request.Request(url, body, {"Accept": "text/html"})
        try:
            return Answer(url, self._opener.open(request, timeout=30))
        except urllib.error.HTTPError as error:
            return Answer(url, error)

    def walk(self, url, until, login):
        """Goes on until it is sent below `until`, whose address it answers, or to a page without a question."""
        answer = self.send(url)
        for _ in range(16):
            if answer.location:
                following = urllib.parse.urljoin(answer.url, answer.location)
                if until and following.startswith(until):
                    return Sent(following)
                answer = self.send(following)
                continue
            form = _Forms.asked(answer.text)
            if form is None:
                return answer
            typed = {"username": login, "password": PASSWORD}
            fields = [(name, typed.get(name, value)) for name, value in form["fields"]]
            answer = self.send(urllib.parse.urljoin(answer.url, form["action"]), fields)
        raise AssertionError(f"sent in circles at {answer.url}")


class Sent:
    """Where a walk was cut off."""

    def __init__(self, url):
        self.url = url
        self.query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class _Forms(HTMLParser):
    """The forms of a page."""

    @classmethod
    def asked(cls, page):
        """The form around a known button."""
        parser = cls()
        parser.feed(page)
        return next((form for form in parser.forms if form["asks"]), None)

    def __init__(self):
        super().__init__()
        self.forms = []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.forms.append({"action": attrs.get("action", ""), "fields": [], "asks": False})
        elif tag == "input" and self.forms and attrs.get("name"):
            self.forms[-1]["fields"].append((attrs["name"], attrs.get("value") or ""))
        elif tag == "button" and self.forms and attrs.get("id") in BUTTONS:
            self.forms[-1]["asks"] = True
            if attrs.get("name"):
                self.forms[-1]["fields"].append((attrs["name"], attrs.get("value") or ""))
