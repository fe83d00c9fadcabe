"""Headers that every answer of a real server has: pages, files, errors."""

import socket
from contextlib import closing
from http.client import HTTPConnection

import pytest

from tests.server import Server

YEAR = "31536000"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("server")
    (folder / "media").mkdir()
    (folder / "media" / "page.html").write_text("<script>alert(1)</script>")
    with Server(folder, HTTPS="true", HSTS_SECONDS=YEAR, PAGE_CACHE_MB="64", REDIS_URL="") as server:
        yield server


def headers_of(server, path: str, **headers: str) -> tuple[int, dict[str, str]]:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.status, {name.lower(): value for name, value in response.getheaders()}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        *(("/", 200), ("/atom.xml", 200), ("/healthz", 200), ("/api/posts/", 200), ("/accounts/sign-in/", 200)),
        *(("/nothing/", 404), ("/api/nothing/", 404), ("/page/1/", 301), ("/tags", 301), ("/post/1", 404)),
        *(
            ("/static/css/site.css", 200),
            ("/static/nothing.css", 404),
            ("/media/page.html", 200),
            ("/media/no.png", 404),
        ),
    ],
)
def test_every_answer_has_them(server, path, status):
    for _kept in range(2):
        found, headers = headers_of(server, path)

        assert found == status
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src" in headers["content-security-policy"]
        assert path.startswith("/media/") or "camera=()" in headers["permissions-policy"]
        assert headers["cross-origin-resource-policy"] in {"same-origin", "cross-origin"}


def test_so_have_the_errors_of_the_server_itself(server):
    assert headers_of(server, "/", host="evil.example")[0] == 400
    too_large = b"POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 999999999\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), 30) as line:
        line.sendall(too_large)
        answer = line.recv(65536).lower()

    assert answer.startswith(b"http/1.1 413")
    assert b"x-content-type-options: nosniff" in answer
    assert b"content-security-policy: default-src" in answer


@pytest.mark.parametrize("path", ["/", "/nothing/", "/accounts/sign-in/", "/api/posts/", "/atom.xml"])
def test_hsts_is_said_by_https_only(server, path):
    for _kept in range(2):
        assert "strict-transport-security" not in headers_of(server, path)[1]
        said = headers_of(server, path, x_forwarded_proto="https")[1]["strict-transport-security"]
        assert said == f"max-age={YEAR}"


def test_with_site_url_no_page_says_by_which_host_it_was_asked(server):
    """Pages are kept for all hosts together."""
    folder = server.folder / "named"
    folder.mkdir()
    paths = (
        "/",
        "/activities/atom.xml",
        "/activities/rss.xml",
        "/activities/feed.json",
        "/rss.xml",
        "/atom.xml",
        "/feed.json",
        "/sitemap.xml",
        "/robots.txt",
        "/docs/",
        "/comments.xml",
        "/tags/",
    )
    with Server(folder, SITE_URL="https://blog.example", ALLOWED_HOSTS="odd.example,127.0.0.1", REDIS_URL="") as named:
        for path in paths:
            with closing(HTTPConnection("127.0.0.1", named.port, timeout=30)) as connection:
                connection.request("GET", path, headers={"Host": "odd.example"})
                response = connection.getresponse()
                assert response.status == 200, path
                assert b"odd.example" not in response.read(), path
