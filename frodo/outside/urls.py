from httpx2 import URL, InvalidURL

from frodo.outside.errors import BadUrl

LONGEST = 2048
HOST = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.-_:")
"""Of names in their ASCII form, and of addresses; a zone (`%eth0`) is nobody's on the internet."""


def read(text: str, base: URL | None = None) -> URL:
    """The address of a page, without a fragment, its host in ASCII; `base` is where a redirect was met."""
    try:
        url = base.join(text) if base else URL(text)
        host, port = url.raw_host.decode("ascii").removesuffix("."), url.port
        url = url.copy_with(host=host, fragment=None)
    except (InvalidURL, ValueError) as error:
        raise BadUrl from error
    labels = host.split(".")
    if (
        url.scheme not in ("http", "https")
        or url.userinfo
        or not set(host) <= HOST
        or not all(0 < len(label) < 64 for label in labels)
        or len(host) > 253
        or not (port is None or 0 < port < 65536)
        or len(str(url)) > LONGEST
    ):
        raise BadUrl
    return url
