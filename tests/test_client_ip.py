import pytest

from frodo.client_ip import client_address, network


@pytest.mark.parametrize(
    ("peer", "heard", "trusted", "client"),
    [
        ("203.0.113.9", "", [], "203.0.113.9"),
        ("203.0.113.9", "6.6.6.6", [], "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9", ["10.0.0.0/8"], "203.0.113.9"),
        ("10.0.0.1", "6.6.6.6, 203.0.113.9, 10.0.0.2", ["10.0.0.0/8"], "203.0.113.9"),
        ("10.0.0.1", "nonsense", ["10.0.0.0/8"], "10.0.0.1"),
        ("10.0.0.1", "", ["10.0.0.0/8"], "10.0.0.1"),
        ("10.0.0.1", "[2001:db8::1]:443", ["10.0.0.1"], "2001:db8::1"),
        ("10.0.0.1", "203.0.113.9:5555", ["10.0.0.1"], "203.0.113.9"),
        ("", "203.0.113.9", ["unix"], "203.0.113.9"),
        ("", "203.0.113.9", [], ""),
    ],
)
def test_the_nearest_stranger_is_the_client(rf, settings, peer, heard, trusted, client):
    settings.TRUSTED_PROXIES = trusted

    assert client_address(rf.get("/", REMOTE_ADDR=peer, headers={"X-Forwarded-For": heard})) == client


def test_an_ipv6_host_is_counted_by_its_network():
    assert network("2001:db8::1") == network("2001:db8::ffff:2") == "2001:db8::/64"
    assert network("2001:db8:0:1::1") != network("2001:db8::1")
    assert network("::ffff:203.0.113.9") == network("203.0.113.9") == "203.0.113.9"
