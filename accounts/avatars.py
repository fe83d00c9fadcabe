"""A picture for everybody, made here: hills under a coloured sky, always the same for the same person.

Nothing of the name is in it, and its address tells nothing: the key is a hash that only this site can make, and the
picture is drawn from the key alone, so no row is read.
"""

from functools import lru_cache

from django.utils.crypto import salted_hmac

VERSION = 1
"""Another drawing needs another: pictures are kept for ever by whoever has seen them."""
KEY_LENGTH = 32


def avatar_url(seed: str) -> str:
    """Of `user:<pk>`, `visitor:<visitor>` or `name:<name>`."""
    return f"/avatar/{key_of(seed)}.svg"


@lru_cache(maxsize=4096)
def key_of(seed: str) -> str:
    return salted_hmac(f"accounts.avatars.{VERSION}", seed, algorithm="sha256").hexdigest()[:KEY_LENGTH]


def draw(key: str) -> str:
    """The picture of a key, as SVG. Its colours lie between light and dark, to be seen on both."""
    said = bytes.fromhex(key)
    hue = said[0] * 360 // 256
    land = (hue + 70 + said[1] % 190) % 360
    sun_x, sun_y, sun = 12 + said[2] % 40, 12 + said[3] % 16, 6 + said[4] % 6
    far = ridge(said[5], said[6], said[7], base=34)
    near = ridge(said[8], said[9], said[10], base=44)
    tilt = "x2='1'" if said[11] % 2 else "x1='1' x2='0'"
    return (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 64 64' width='64' height='64'>"
        f"<linearGradient id='s' {tilt} y2='1'>"
        f"<stop stop-color='hsl({hue},62%,66%)'/><stop offset='1' stop-color='hsl({(hue + 45) % 360},68%,80%)'/>"
        "</linearGradient>"
        "<path fill='url(#s)' d='M0 0h64v64H0z'/>"
        f"<circle cx='{sun_x}' cy='{sun_y}' r='{sun}' fill='hsl({(hue + 25) % 360},90%,92%)'/>"
        f"<path fill='hsl({land},38%,54%)' d='{far}'/>"
        f"<path fill='hsl({(land + 18) % 360},42%,40%)' d='{near}'/>"
        "</svg>"
    )


def ridge(left: int, middle: int, right: int, base: int) -> str:
    """A line of hills from one edge to the other, and all below it."""
    start, top, end = (base - 8 + height % 18 for height in (left, middle, right))
    crest = 16 + middle % 32
    return f"M0 {start}C{crest // 2} {top - 8} {crest} {top - 8} {crest + 8} {top}S56 {end + 6} 64 {end}V64H0z"
