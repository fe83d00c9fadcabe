"""Which IP addresses may be connected to for user-supplied URLs: public ones."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings

CLOSED = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8",  # this host
        "10.0.0.0/8",
        "100.64.0.0/10",  # between providers and their customers; some clouds' metadata
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's address of the host of a virtual machine
        "169.254.0.0/16",  # link-local; most clouds' metadata
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",  # documentation, and two below
        "192.88.99.0/24",  # relays of 6to4
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",
        "2001::/23",  # protocols' own: Teredo, benchmarks, ORCHID
        "2001:db8::/32",  # documentation, and 3fff::/20
        "2002::/16",  # 6to4: any IPv4 address in disguise
        "3fff::/20",
    )
)
GLOBAL_UNICAST = ip_network("2000::/3")
"""What is elsewhere in IPv6 is local, mapped, multicast, or not given to anybody."""
NAT64 = ip_network("64:ff9b::/96")
"""NAT64 prefix (RFC 6052)."""


def is_allowed(address: str, port: int) -> bool:
    """`address` as the resolver wrote it; the operator's word (`HTTP_CLIENT_ALLOW`) goes for every port."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if any(ip in network for network in allowed(tuple(settings.HTTP_CLIENT_ALLOW))):
        return True
    return port in (80, 443) and is_public(ip)


def is_public(ip: IPv4Address | IPv6Address) -> bool:
    if isinstance(ip, IPv6Address):
        if ip in NAT64:
            return is_public(IPv4Address(int(ip) & 0xFFFFFFFF))
        if ip.scope_id is not None or ip not in GLOBAL_UNICAST:
            return False
    return ip.is_global and not any(ip in network for network in CLOSED)


@lru_cache
def allowed(networks: tuple[str, ...]) -> list[IPv4Network | IPv6Network]:
    return [ip_network(network) for network in networks]
