"""Many at once, on a real server with its threads and its page cache."""

import re
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from itertools import count
from pathlib import Path

import pytest

from tests.accounts.browser_sessions import Browser
from tests.accounts.github import GitHub
from tests.server import Server, until

numbers = count(1)


@pytest.fixture(scope="module")
def github():
    with GitHub() as github:
        yield github


@pytest.fixture(scope="module")
def server(tmp_path_factory, github):
    folder = tmp_path_factory.mktemp("accounts")
    subscriber = folder / "subscriber"
    with Server(folder, EMAIL_URL=f"file:///{subscriber}", **github.environment) as server:
        server.subscriber = subscriber
        server.run("from tests.people import *; ann(); bob(); mallory()")
        yield server


@pytest.fixture(autouse=True)
def _somebody_new(github):
    n = next(numbers)
    github.person = {"id": 1000 + n, "login": f"reader{n}", "name": f"Reader {n}"}
    github.emails = [{"email": f"reader{n}@shire.example", "primary": True, "verified": True}]


def code_for(server, browser: Browser, email: str) -> str:
    browser.get("/accounts/sign-in/")
    status, page, _headers = browser.post("/accounts/login/code/", email=email)
    assert status == 302, page
    messages = sorted(Path(server.subscriber).iterdir(), key=lambda path: path.stat().st_mtime_ns)
    return re.findall(r"^[A-Z]{4}-[A-Z]{4}$", "".join(message.read_text() for message in messages), re.MULTILINE)[-1]


def test_pages_of_accounts_are_made_for_each_reader(server):
    for address in ("/accounts/sign-in/", "/accounts/sign-in/?next=/tags/", "/accounts/erased/"):
        for _again in range(2):
            first, second = Browser(server.url), Browser(server.url)
            (status, _page, headers), _other = first.get(address), second.get(address)

            assert status == 200
            assert "no-store" in headers["Cache-Control"]
            assert "private" in headers["Cache-Control"]
            assert "erased" in address or first.token != second.token != ""


def test_a_kept_page_knows_nobody(server):
    bob = Browser(server.url)
    bob.get("/accounts/sign-in/")
    bob.post("/accounts/sign-in/", login="bob", password="bob's password")
    assert bob.user["name"] == "Bob"

    (_, mine, _), (_, anybodys, _) = bob.get("/"), Browser(server.url).get("/")

    assert mine == anybodys
    assert "Bob" not in mine
    assert "csrf" not in mine
    assert 'href="/accounts/me/"' in mine


def test_a_code_that_was_used_opens_nothing_in_a_copy_of_the_browser(server):
    """However many press at once; who has the browser's cookies is that browser."""
    first = Browser(server.url)
    code = code_for(server, first, "mallory@example.org")
    first.get("/accounts/login/code/confirm/")

    def copied() -> Browser:
        browser = Browser(server.url)
        browser.token = first.token
        for cookie in first.cookies:
            browser.cookies.set_cookie(copy(cookie))
        return browser

    browsers = [copied() for _ in range(8)]
    with ThreadPoolExecutor(8) as hands:
        list(hands.map(lambda browser: browser.post("/accounts/login/code/confirm/", code=code), browsers))
    late = copied()
    late.post("/accounts/login/code/confirm/", code=code)

    assert any(browser.user is not None for browser in browsers)
    assert late.user is None


def test_somebody_new_who_comes_in_eight_times_at_once_is_one(server):
    browsers = [Browser(server.url) for _ in range(8)]
    ways = [browser.to_github_and_back() for browser in browsers]

    with ThreadPoolExecutor(8) as hands:
        answers = list(hands.map(lambda pair: pair[0].get(pair[1])[0], zip(browsers, ways, strict=True)))

    assert 302 in answers
    assert set(answers) <= {302, 502}, "who comes second is told to try again"
    names = {browser.user["name"] for browser in browsers if browser.user}
    assert len(names) == 1
    n_users = f"from accounts.models import *; print(User.objects.filter(display_name={names.pop()!r}).count())"
    assert server.run(n_users) == "1"


def test_a_provider_that_does_not_answer_holds_nobody_up(tmp_path):
    """With a single thread for the database, and eight who wait."""
    patient = {"ORM_THREADS": "1", "SIGN_IN_PROVIDER_SECONDS": "120"}
    with GitHub() as github, Server(tmp_path, **patient, **github.environment) as server:
        browsers = [Browser(server.url) for _ in range(8)]
        ways = [browser.to_github_and_back() for browser in browsers]
        github.is_silent.set()

        with ThreadPoolExecutor(8) as hands:
            waiting = [hands.submit(browser.get, way) for browser, way in zip(browsers, ways, strict=True)]
            until(lambda: github.n_asked == 8, "eight questions to GitHub")
            pages = [server.ask(address)[0] for address in ("/", "/readyz", "/tags/", "/search/?q=a", "/api/me/")]
            nobody_is_back = not any(future.done() for future in waiting)
            github.is_silent.clear()
            answers = [future.result()[0] for future in waiting]

    assert pages == [200] * 5
    assert nobody_is_back
    assert 302 in answers
    assert set(answers) <= {302, 502}  # who comes second may be told to try again: all are one new person
