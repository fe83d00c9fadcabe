"""The accent colour of the site settings, its variant for dark pages, and contrast (WCAG 2.2, 1.4.3)."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

READABLE = 4.5
"""Contrast that level AA asks for text of normal size."""


def channels(color: str) -> tuple[float, float, float]:
    """Red, green and blue from 0 to 255, of `#1d6b45`, `1d6b45` or `#abc`."""
    digits = color.lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    red, green, blue = (int(digits[at : at + 2], 16) for at in (0, 2, 4))
    return red, green, blue


def luminance(color: str) -> float:
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in channels(color))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


LIGHT_PAGE, DARK_PAGE, SEPIA_PAGE = "#fdfcf9", "#16191b", "#f6eedc"
"""`--page` of static/css/site.css."""
WHITE, BLACK = 255, 0


def validate_accent(color: str) -> None:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", color):
        raise ValidationError(_("Enter a colour such as #1d6b45."))
    if contrast(color, LIGHT_PAGE) < READABLE:
        raise ValidationError(_("This colour is too light to be read on the page. Choose a darker one."))


def for_dark(color: str) -> str:
    """The colour mixed with as little white as makes it readable on a dark page."""
    return mixed(color, WHITE, DARK_PAGE, READABLE + 1.5)


def for_sepia(color: str) -> str:
    """The colour mixed with as little black as makes it readable on a sepia page."""
    return mixed(color, BLACK, SEPIA_PAGE, READABLE)


def mixed(color: str, other: int, page: str, goal: float) -> str:
    result = color
    for percent in range(0, 101, 5):
        parts = (round(part + (other - part) * percent / 100) for part in channels(color))
        result = "#{:02x}{:02x}{:02x}".format(*parts)
        if contrast(result, page) >= goal:
            break
    return result


def text_on(color: str) -> str:
    """White, or the dark page's colour: whichever is easier to read."""
    return "#ffffff" if contrast(color, "#ffffff") >= contrast(color, DARK_PAGE) else DARK_PAGE
