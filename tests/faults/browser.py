"""A browser without JavaScript."""

from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

PATIENCE = 60
"""Seconds after which an answer is too late, as it is to a proxy."""


class Browser:
    def __init__(self, url: str) -> None:
        self.url = url
        self.cookies = HTTPCookieProcessor()
        self.opener = build_opener(self.cookies)

    def open(self, path: str, **form: str) -> tuple[int, object, str]:
        """GET, or POST a form: status, headers, text."""
        if form:
            token = next(cookie.value for cookie in self.cookies.cookiejar if cookie.name == "csrftoken")
            form["csrfmiddlewaretoken"] = token
        request = Request(self.url + path, urlencode(form).encode() if form else None)
        try:
            with self.opener.open(request, timeout=PATIENCE) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.headers, error.read().decode()


def is_fresh(browser: Browser, path: str) -> bool:
    status, headers, _page = browser.open(path)
    return status == 200 and "X-Frodo-Stale" not in headers


def is_stale(browser: Browser, path: str) -> bool:
    return browser.open(path)[1]["X-Frodo-Stale"] == "1"
