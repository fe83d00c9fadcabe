"""Size and variants of images in the media folder."""

import logging

from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import default_storage
from PIL import Image

from blog.media import lookup
from frodo import media_storage
from frodo.markdown import Picture

logger = logging.getLogger(__name__)

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF", "BMP")
"""Formats accepted by imports."""


def picture_of(url: str) -> Picture | None:
    """None for other hosts and unreadable files."""
    name = lookup.name_of(url)
    if name is None:
        return None
    if upload := lookup.upload_of(name):
        return lookup.picture(upload)
    size = size_of(name)
    return Picture(*size) if size else None


def size_of(name: str) -> tuple[int, int] | None:
    """Width and height in pixels of an image in the media folder."""
    try:
        with default_storage.open(name) as file, Image.open(file, formats=FORMATS) as image:
            return image.size
    except (OSError, ValueError, SyntaxError, SuspiciousOperation):
        return None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return None
    except media_storage.errors() as error:  # a store elsewhere: a text can be saved all the same
        logger.warning("The size of %s is not known: %r", name, error)
        return None
