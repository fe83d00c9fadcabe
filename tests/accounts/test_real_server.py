"""Many at once, on a real server with its threads and its page cache."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest

from tests.accounts.github import GitHub
from tests.accounts.visits import Browser
from tests.server import Server, until

numbers = count(1)


@pytest.fixture(scope="module")
def github():
    with GitHub() as github:
        yield github


@pytest.fixture(scope="module")
def server(tmp_path_factory, github):
    folder = tmp_path_factory.mktemp("accounts")
    mailbox = folder / "mailbox"
    with Server(folder, EMAIL_URL=f"file:///{mailbox}", **github.environment) as server:
        server.mailbox = mailbox
        server.run("from tests.people import *; ann(); bob()")
        yield server


@pytest.fixture(autouse=True)
def _somebody_new(github):
    n = next(numbers)
    github.person = {"id": 1000 + n, "login": f"reader{n}", "name": f"Reader {n}"}
    github.emails = [{"email": f"reader{n}@shire.example", "primary": True, "verified": True}]


def link_to(server, email: str) -> str:
    browser = Browser(server.url)
    browser.get("/accounts/sign-in/")
    status, page, _headers = browser.post("/accounts/link/", email=email)
    assert status == 200, page
    letters = sorted(Path(server.mailbox).iterdir(), key=lambda path: path.stat().st_mtime_ns)
    found = [line for letter in letters for line in letter.read_text().splitlines() if "/accounts/link/" in line]
    return found[-1].removeprefix(server.url)


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
    bob.post("/accounts/sign-in/", username="bob", password="bob's password")
    assert bob.user["name"] == "Bob"

    (_, mine, _), (_, anybodys, _) = bob.get("/"), Browser(server.url).get("/")

    assert mine == anybodys
    assert "Bob" not in mine
    assert "csrf" not in mine
    assert 'href="/accounts/me/"' in mine


def test_one_link_opens_one_door_however_many_press_at_once(server):
    link = link_to(server, "bob@example.org")
    browsers = [Browser(server.url) for _ in range(8)]
    for browser in browsers:
        assert browser.get(link)[0] == 200

    with ThreadPoolExecutor(8) as hands:
        answers = list(hands.map(lambda browser: browser.post(link)[0], browsers))

    assert sorted(answers) == [302] + [410] * 7
    assert sum(browser.user is not None for browser in browsers) == 1


def test_somebody_new_who_comes_in_eight_times_at_once_is_one(server):
    browsers = [Browser(server.url) for _ in range(8)]
    ways = [browser.to_github_and_back() for browser in browsers]

    with ThreadPoolExecutor(8) as hands:
        answers = list(hands.map(lambda pair: pair[0].get(pair[1])[0], zip(browsers, ways, strict=True)))

    assert answers == [302] * 8
    name = browsers[0].user["name"]
    assert [browser.user["name"] for browser in browsers] == [name] * 8
    n_users = f"from accounts.models import *; print(User.objects.filter(display_name={name!r}).count())"
    assert server.run(n_users) == "1"


def test_two_links_to_one_new_mailbox_make_one_account(server, github):
    email = github.emails[0]["email"]
    links = [link_to(server, email) for _ in range(3)]
    browsers = [Browser(server.url) for _ in links]
    for browser, link in zip(browsers, links, strict=True):
        assert browser.get(link)[0] == 200

    with ThreadPoolExecutor(3) as hands:
        answers = list(
            hands.map(lambda pair: pair[0].post(pair[1], name="Pippin")[0], zip(browsers, links, strict=True))
        )

    assert 302 in answers
    assert set(answers) <= {302, 410}
    n_users = f"from accounts.models import *; print(User.objects.filter(email={email!r}).count())"
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
    assert answers == [302] * 8
