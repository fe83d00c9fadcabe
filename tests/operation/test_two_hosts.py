"""Two servers on two addresses behind one nginx, with one database and one Redis: one site (docs/scaling.md)."""

import json
import re
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest
from websockets.sync.client import connect

from tests.live.test_post_and_hear import MAKE_POST, frame
from tests.live.test_through_nginx import Nginx
from tests.operation.test_proxies import need
from tests.redis import Redis
from tests.server import Server, until

READER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
N_VIEWS = "SELECT n_views FROM blog_post WHERE slug = 'a-walk'"


class SecondHost(Server):
    host = "127.0.0.2"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    need("nginx")
    folder = tmp_path_factory.mktemp("hosts")
    (folder / "other").mkdir()
    with ExitStack() as opened:
        redis = opened.enter_context(Redis(folder))
        settings = {
            "REDIS_URL": redis.url,
            "TRUSTED_PROXIES": "127.0.0.1",
            "ALLOWED_HOSTS": "127.0.0.1,127.0.0.2",
            "VIEWS_WRITE_SECONDS": "0.5",
            "SIGN_IN_RATE": "6/900d",
        }
        one = opened.enter_context(Server(folder, **settings))
        other = SecondHost(
            folder, **settings | {"SEARCH_DIR": str(folder / "other"), "MEDIA_ROOT": str(folder / "media")}
        )
        opened.enter_context(other)
        post = int(one.run(MAKE_POST))
        one.run("from accounts.models import create_author; create_author('olga', 'a long pass phrase of hers')")
        yield [one, other], opened.enter_context(Nginx(folder, one, other)), post


def say(server, text: str) -> None:
    assert server.ask("/api/posts/a-walk/comments/", {"text": text, "name": "Eve"})[0] == 201


def test_a_change_on_one_host_purges_the_pages_of_the_other(site):
    (one, other), _nginx, _post = site
    for n, (writer, reader) in enumerate([(one, other), (other, one)]):
        assert f"purge {n}" not in reader.ask("/post/a-walk/")[1]
        say(writer, f"purge {n}")
        until(lambda n=n, reader=reader: f"purge {n}" in reader.ask("/post/a-walk/")[1], "the other host to show it")


def test_an_event_of_one_host_reaches_pages_of_both_once(site):
    servers, _nginx, post = site
    with ExitStack() as opened:
        pages = [
            opened.enter_context(connect(f"ws://{server.host}:{server.port}/ws/posts/{post}/", origin=server.url))
            for server in servers
        ]
        last = [frame(page)["n"] for page in pages]
        assert last[0] == last[1]
        for n, server in enumerate(servers, 1):
            say(server, f"event {n}")
            assert [frame(page)["n"] for page in pages] == [last[0] + n] * 2


def test_a_session_holds_on_every_host_and_ends_on_every_host(site):
    _servers, nginx, _post = site
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    url = f"http://{nginx.host}"

    def send(path: str, **fields: str) -> None:
        page = browser.open(url + path).read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        browser.open(url + path, urlencode({"csrfmiddlewaretoken": token, **fields}).encode())

    def viewers() -> list:
        """Asked in turn by nginx."""
        return [json.load(browser.open(f"{url}/api/me/"))["user"] is not None for _ in range(6)]

    send("/accounts/sign-in/", login="olga", password="a long pass phrase of hers")
    assert viewers() == [True] * 6
    send("/accounts/sign-out/")
    assert viewers() == [False] * 6


def test_limits_and_views_are_counted_over_all_hosts(site):
    servers, nginx, _post = site
    until(lambda: servers[0].query(N_VIEWS) == servers[0].query(N_VIEWS), "views to be written")
    before = servers[0].query(N_VIEWS)[0][0]
    with closing(HTTPConnection(nginx.host)) as connection:
        for _ in range(10):
            connection.request("GET", "/post/a-walk/", headers=READER)
            connection.getresponse().read()
    until(lambda: servers[0].query(N_VIEWS)[0][0] == before + 10, "ten views of both hosts together")

    answers = [servers[n % 2].ask("/api/token/", {"username": "olga", "password": f"wrong {n}"})[0] for n in range(8)]
    assert answers[-2:] == [429, 429]


def test_search_of_one_host_finds_what_was_written_on_the_other(site):
    (one, other), _nginx, _post = site
    one.run("from tests.factories import make_post; make_post(title='Zephyrine lighthouse')")

    until(lambda: "Zephyrine" in other.ask("/search/?q=lighthouse")[1], "the other host's index")
