"""Images in texts: the upload of a URL, sizes and variants."""

import logging
import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import default_storage
from PIL import Image

from blog.media.models import FOLDER, Upload
from frodo import media_storage
from frodo.markdown import Picture

logger = logging.getLogger(__name__)

NAME = re.compile(rf"{FOLDER}(?P<start>[0-9a-f]{{2}})/(?P<key>(?P=start)[0-9a-f]{{30}})\.[a-z]{{3,4}}")
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF", "BMP")
"""Formats accepted by imports."""


def name_of(url: str) -> str | None:
    """The storage name of one of our files by its URL, else None."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if not parts.netloc and parts.path.startswith(settings.MEDIA_URL):
        return unquote(parts.path.removeprefix(settings.MEDIA_URL)) or None
    there = default_storage.url("-").removesuffix("-")
    bare = url.partition("?")[0]
    return unquote(bare.removeprefix(there)) or None if bare.startswith(there) else None


def upload_of(name: str) -> Upload | None:
    match = NAME.fullmatch(name)
    return Upload.objects.filter(key=match["key"]).first() if match else None


def picture(upload: Upload) -> Picture:
    return Picture(upload.width, upload.height, upload.url, tuple(upload.srcset.items()))


def uploads_of(names: Iterable[str]) -> dict[str, Upload]:
    """By file name in the media store, those that are uploads. One query, or none."""
    keys = {match["key"]: name for name in names if (match := NAME.fullmatch(name))}
    found = Upload.objects.filter(key__in=keys) if keys else ()
    return {keys[upload.key]: upload for upload in found}


def picture_of(url: str) -> Picture | None:
    """None for other hosts and unreadable files."""
    name = name_of(url)
    if name is None:
        return None
    if upload := upload_of(name):
        return picture(upload)
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
