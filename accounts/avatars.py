"""Generated avatars: hills under a coloured sky, always the same for one person.

The URL reveals nothing: its key is a keyed hash, and the image is drawn from the key alone, without a query.
"""

from functools import lru_cache

from django.utils.crypto import salted_hmac

VERSION = 1
"""Change it with the drawing: images are cached for ever."""
KEY_LENGTH = 32


def avatar_url(seed: str) -> str:
    """The key of `user:<pk>`, `visitor:<visitor>` or `name:<name>`."""
    return f"/avatar/{key_of(seed)}.svg"


@lru_cache(maxsize=4096)
def key_of(seed: str) -> str:
    return salted_hmac(f"accounts.avatars.{VERSION}", seed, algorithm="sha256").hexdigest()[:KEY_LENGTH]


def draw(key: str) -> str:
    """The SVG of a key, with colours for light and dark backgrounds."""
    data = bytes.fromhex(key)
    hue = data[0] * 360 // 256
    land = (hue + 70 + data[1] % 190) % 360
    sun_x, sun_y, sun = 12 + data[2] % 40, 12 + data[3] % 16, 6 + data[4] % 6
    far = ridge(data[5], data[6], data[7], base=34)
    near = ridge(data[8], data[9], data[10], base=44)
    tilt = "x2='1'" if data[11] % 2 else "x1='1' x2='0'"
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
    """A line of hills and the area below it."""
    start, top, end = (base - 8 + height % 18 for height in (left, middle, right))
    crest = 16 + middle % 32
    return f"M0 {start}C{crest // 2} {top - 8} {crest} {top - 8} {crest + 8} {top}S56 {end + 6} 64 {end}V64H0z"
