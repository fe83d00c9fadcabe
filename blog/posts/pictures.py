"""What Frodo knows of a picture in its own media folder."""

import logging

from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import default_storage
from PIL import Image

from blog.uploads import known
from frodo.markdown import Picture

logger = logging.getLogger(__name__)

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF", "BMP")
"""What an import takes; no other decoder is asked."""


def picture_of(url: str) -> Picture | None:
    """None for another host's, or an unreadable one."""
    name = known.name_of(url)
    if name is None:
        return None
    if upload := known.upload_of(name):
        return known.picture(upload)
    size = size_of(name)
    return Picture(*size) if size else None


def size_of(name: str) -> tuple[int, int] | None:
    """Width and height in pixels of a picture in the media folder."""
    try:
        with default_storage.open(name) as file, Image.open(file, formats=FORMATS) as image:
            return image.size
    except (OSError, ValueError, SyntaxError, SuspiciousOperation):
        return None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return None
    except Exception as error:  # other people's store: a text can be saved all the same
        logger.warning("The size of %s is not known: %r", name, error)
        return None
