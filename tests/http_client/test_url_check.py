import pytest

from frodo.http_client import BadStatus, BadUrl
from tests.http_client.hosts import Host, leads_to, page

pytestmark = pytest.mark.usefixtures("_hosts_on_loopback")


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "ftp://127.0.0.1/",
        "javascript:1",
        "data:text/html,tea",
        "http://me:secret@127.0.0.1/",
        "http://[::1",
        "/" + "a" * 3000,
    ],
)
def test_a_redirect_must_lead_to_the_web(fetched, location):
    with Host({"/": leads_to(location)}) as host, pytest.raises(BadUrl):
        fetched(f"{host.url}/")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "tea",
        "//blog.example/",
        "file:///etc/passwd",
        "ftp://blog.example/",
        "http:///tea",
        "http://",
        "https://?",
        "javascript:alert(1)",
        "gopher://127.0.0.1:6379/_FLUSHALL",
        "unix:/run/docker.sock",
        "ws://blog.example/",
        "http://me@blog.example/",
        "http://me:secret@blog.example/",
        "http://blog.example:80@127.0.0.1/",
        "http://blog.example\\@127.0.0.1/",
        "http://blog.example:tea/",
        "http://blog.example:0/",
        "http://blog.example:65536/",
        "http://blog.example:-80/",
        "http://a..b/",
        "http://.a/",
        "http://a../",
        f"http://{'a' * 64}.example/",
        f"http://{'a.' * 130}example/",
        "http://blog.example/" + "a" * 2048,
        "http://[fe80::1%25eth0]/",
        "http://[::1]x/",
        "http://[/",
        "http://bl og.example/",
        "http://blog%2eexample/",
        "http://127.0.0.1%00.blog.example/",
        "http://\udcff.example/",
        "http://blog.example/\udcff",
        "http://☕.example/",
    ],
)
def test_what_is_no_address_on_the_web_is_not_asked(fetched, url):
    with pytest.raises(BadUrl):
        fetched(url)


@pytest.mark.parametrize(
    "path",
    ["/\r\nX-Injected: 1", "/%0d%0a\r\n\r\nGET /secret HTTP/1.1", "/\n", "/\t", "/\0", " HTTP/1.1\r\nHost: other"],
)
def test_an_address_adds_no_lines_to_the_request(fetched, path):
    with Host({"/": page(b"tea")}) as host, pytest.raises(BadUrl):
        fetched(f"{host.url}{path}")

    assert host.n_connections == 0


def test_escaped_line_ends_stay_escaped(fetched):
    with Host({"/%0d%0aX-Injected:%201": page(b"tea")}) as host:
        assert fetched(f"{host.url}/%0d%0aX-Injected:%201").body == b"tea"

    assert host.heard[0].count(b"\r\n") == host.heard[0].count(b"\n") == 8


def test_what_goes_wrong_is_said_in_the_log_without_the_whole_address(fetched, caplog):
    caplog.set_level("INFO", "frodo.http_client")
    with Host() as host, pytest.raises(BadStatus):
        fetched(f"{host.url}/?token=secret")

    assert "127.0.0.1 was not fetched: bad_status 404" in caplog.text
    assert "secret" not in caplog.text
