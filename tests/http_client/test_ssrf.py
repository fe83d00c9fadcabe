"""Nothing inside our own network is asked, whatever it is called and whoever leads there."""

import pytest

from frodo.http_client import BadUrl, NotFetched, NotPublic, Unreachable
from frodo.http_client.public_addresses import is_allowed
from tests.http_client.hosts import Host, leads_to, page, tls_for

INSIDE = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:0:127.0.0.1",
    "::5efe:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:7f00:1::80ff:fffe",
    "2001:2::1",
    "2001:10::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "2606:4700:4700::1111%eth0",
    "fec0::1",
    "ff02::1",
    "4000::1",
    "no address",
    "",
]
OUTSIDE = [
    "1.1.1.1",
    "8.8.8.8",
    "100.63.255.255",
    "100.128.0.1",
    "172.32.0.1",
    "223.5.5.5",
    "2001:200::1",
    "2001:4860:4860::8888",
    "2606:4700:4700::1111",
    "2400:3200::1",
    "64:ff9b::8.8.8.8",
]


@pytest.mark.parametrize("address", INSIDE)
def test_it_is_not_anybodys(address):
    assert not is_allowed(address, 80)


@pytest.mark.parametrize("address", OUTSIDE)
def test_it_is_anybodys(address):
    assert is_allowed(address, 80)
    assert is_allowed(address, 443)
    assert not is_allowed(address, 22)
    assert not is_allowed(address, 8000)


def test_the_operator_may_open_a_network_of_their_own(settings):
    settings.HTTP_CLIENT_ALLOW = ["10.1.0.0/16", "fd00:1::/32"]

    assert is_allowed("10.1.2.3", 8080)
    assert is_allowed("fd00:1::5", 8080)
    assert not is_allowed("10.2.0.1", 80)
    assert not is_allowed("1.1.1.1", 8080)


@pytest.mark.parametrize("address", [address for address in INSIDE if ":" not in address and "." in address])
def test_an_address_of_ours_is_refused_as_it_is(fetched, address):
    with pytest.raises(NotPublic):
        fetched(f"http://{address}/")


@pytest.mark.parametrize("address", [address for address in INSIDE if ":" in address and "%" not in address])
def test_an_ipv6_address_of_ours_is_refused_as_it_is(fetched, address):
    with pytest.raises(NotPublic):
        fetched(f"http://[{address}]/")


NAMES_OF_LOOPBACK = ["127.0.0.1", "localhost", "LOCALHOST", "localhost.", "2130706433", "0x7f000001", "0x7f.1", "127.1"]
NAMES_OF_LOOPBACK += [
    "0177.0.0.1",
    "017700000001",
    "127。0。0。1",
    "127．0．0．1",
    "127｡0｡0｡1",
    "127.0.0.1.",
    "0",
    "0.0.0.0",
]
NAMES_OF_LOOPBACK += ["１２７.0.0.1", "①②⑦.0.0.1", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:7f00:1]"]


@pytest.mark.parametrize("name", NAMES_OF_LOOPBACK)
def test_no_spelling_of_our_own_machine_is_asked(fetched, name):
    with Host({"/": page(b"our secret")}) as host, pytest.raises((NotPublic, BadUrl)) as refused:
        fetched(f"http://{name}:{host.port}/")

    assert host.n_connections == 0
    assert not refused.value.is_transient


@pytest.mark.parametrize("name", ["localhost", "2130706433", "0x7f.1", "127.1", "127。0。0。1", "[::ffff:127.0.0.1]"])
def test_where_it_is_allowed_such_a_spelling_would_lead_there(fetched, settings, name):
    settings.HTTP_CLIENT_ALLOW = ["127.0.0.0/8", "::ffff:127.0.0.0/104", "::1/128"]
    with Host({"/": page(b"our secret")}) as host:
        assert fetched(f"http://{name}:{host.port}/").body == b"our secret"


def test_our_own_machine_is_not_asked_in_ipv6(fetched):
    with Host({"/": page(b"our secret")}, address="::1") as host, pytest.raises(NotPublic):
        fetched(host.url)

    assert host.n_connections == 0


def test_a_public_address_is_asked_at_no_other_port(fetched, leads):
    with pytest.raises(NotPublic):
        fetched("http://blog.example:6379/", resolve=leads({"blog.example": ["1.1.1.1"]}))


def test_a_name_that_leads_inside_is_not_asked(fetched, leads):
    with Host({"/": page(b"our secret")}) as host, pytest.raises(NotPublic):
        fetched(f"http://shire.example:{host.port}/", resolve=leads({"shire.example": ["127.0.0.1"]}))

    assert host.n_connections == 0


@pytest.mark.parametrize("addresses", [["127.0.0.1", "127.0.0.2"], ["127.0.0.2", "127.0.0.1"], ["127.0.0.1", "::1"]])
def test_one_address_inside_among_others_is_enough(fetched, leads, settings, addresses):
    settings.HTTP_CLIENT_ALLOW = ["127.0.0.1/32"]
    with Host({"/": page(b"tea")}) as host, pytest.raises(NotPublic):
        fetched(f"http://shire.example:{host.port}/", resolve=leads({"shire.example": addresses}))

    assert host.n_connections == 0


def test_a_name_is_resolved_once_and_that_very_address_is_asked(fetched, leads, settings):
    settings.HTTP_CLIENT_ALLOW = ["127.0.0.1/32"]
    outside, inside = {"shire.example": ["127.0.0.1"]}, {"shire.example": ["127.0.0.2"]}
    with Host({"/": page(b"tea")}) as host, Host({"/": page(b"our secret")}, address="127.0.0.2") as secret:
        found = fetched(f"http://shire.example:{host.port}/", resolve=leads(outside, inside))

    assert found.body == b"tea"
    assert host.heard[0].startswith(b"GET / HTTP/1.1\r\nHost: shire.example:")
    assert secret.n_connections == 0


def test_a_name_that_answers_otherwise_after_a_redirect_is_not_asked_again(fetched, leads, settings):
    settings.HTTP_CLIENT_ALLOW = ["127.0.0.1/32"]
    outside, inside = {"shire.example": ["127.0.0.1"]}, {"shire.example": ["127.0.0.2"]}
    with (
        Host({"/secret": page(b"our secret")}, address="127.0.0.2") as secret,
        Host({"/": leads_to(f"http://shire.example:{secret.port}/secret")}) as host,
        pytest.raises(NotPublic),
    ):
        fetched(f"http://shire.example:{host.port}/", resolve=leads(outside, inside))

    assert (host.n_connections, secret.n_connections) == (1, 0)


@pytest.mark.parametrize("name", ["127.0.0.2", "2130706434", "0x7f.2", "127.2", "127。0。0。2", "0177.0.0.2"])
@pytest.mark.parametrize("form", ["http://{}/secret", "//{}/secret", "https://{}/secret", "http:\\\\{}/secret"])
def test_a_redirect_does_not_lead_inside(fetched, settings, name, form):
    settings.HTTP_CLIENT_ALLOW = ["127.0.0.1/32"]
    with Host({"/secret": page(b"our secret")}, address="127.0.0.2") as secret:
        there = form.format(f"{name}:{secret.port}")
        with Host({"/": leads_to(there, "307 Temporary Redirect")}) as host, pytest.raises(NotFetched):
            fetched(f"{host.url}/")

    assert secret.n_connections == 0


def test_a_redirect_within_redirects_does_not_either(fetched, settings):
    settings.HTTP_CLIENT_ALLOW = ["127.0.0.1/32"]
    with (
        Host({"/": page(b"our secret")}, address="127.0.0.2") as secret,
        Host({"/": leads_to("/on"), "/on": leads_to(secret.url)}) as host,
        pytest.raises(NotPublic),
    ):
        fetched(f"{host.url}/")

    assert (host.n_connections, secret.n_connections) == (2, 0)


def test_a_page_is_encrypted_for_the_name_that_was_asked_for(fetched, leads, settings, tmp_path):
    settings.HTTP_CLIENT_ALLOW = ["127.0.0.1/32"]
    server, client = tls_for(tmp_path, "shire.example")
    heard = []
    server.sni_callback = lambda connection, name, context: heard.append(name)
    with Host({"/": page(b"tea")}, tls=server) as host:
        found = fetched(
            f"https://shire.example:{host.port}/", resolve=leads({"shire.example": ["127.0.0.1"]}), tls=client
        )

    assert (found.body, heard) == (b"tea", ["shire.example"])


def test_another_ones_certificate_is_refused(fetched, leads, settings, tmp_path):
    settings.HTTP_CLIENT_ALLOW = ["127.0.0.1/32"]
    server, client = tls_for(tmp_path, "shire.example", "127.0.0.1")
    with Host({"/": page(b"tea")}, tls=server) as host, pytest.raises(Unreachable):
        fetched(f"https://gondor.example:{host.port}/", resolve=leads({"gondor.example": ["127.0.0.1"]}), tls=client)

    assert (host.n_connections, host.heard) == (1, [])


def test_a_certificate_that_nobody_vouches_for_is_refused(fetched, settings, tmp_path):
    settings.HTTP_CLIENT_ALLOW = ["127.0.0.1/32"]
    server, _client = tls_for(tmp_path, "127.0.0.1")
    with Host({"/": page(b"tea")}, tls=server) as host, pytest.raises(Unreachable):
        fetched(host.url)

    assert (host.n_connections, host.heard) == (1, [])
