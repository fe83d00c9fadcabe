"""The client's IP address, from trusted proxies only."""

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The nearest address that is not one of our own proxies; empty for a local socket without one.

    Each proxy writes whom it heard at the right end of X-Forwarded-For, so what stands left of the first
    stranger is only what the stranger says.
    """
    address = request.META.get("REMOTE_ADDR", "")
    heard = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    while is_ours(address) and heard:
        data = plain(heard.pop())
        if not is_address(data):
            break
        address = data
    return address


def network(address: str) -> str:
    """The unit of rate limits: an IPv4 address, or the /64 network of an IPv6 address."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, IPv6Address):
        return str(ip.ipv4_mapped or ip_network((ip, 64), strict=False))
    return str(ip)


def wide(network: str) -> str:
    """The surrounding network that moderators see and block; empty without an address."""
    try:
        ip = ip_network(network, strict=False).network_address
    except ValueError:
        return ""
    return str(ip_network((ip, 24 if ip.version == 4 else 48), strict=False))


def is_ours(address: str) -> bool:
    trusted = settings.TRUSTED_PROXIES
    if not address:
        return "unix" in trusted
    return is_address(address) and any(ip_address(address) in known for known in proxies(tuple(trusted)))


def is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def plain(text: str) -> str:
    """The address without the port and brackets that some proxies add."""
    text = text.strip()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text


@lru_cache
def proxies(trusted: tuple[str, ...]) -> list[IPv4Network | IPv6Network]:
    return [ip_network(item, strict=False) for item in trusted if item != "unix"]
