"""The accent colour of the site settings, and its variant for dark pages."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from frodo.color_contrast import READABLE, channels, contrast

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
