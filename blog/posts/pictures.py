"""What Frodo knows of a picture in its own media folder."""

from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import default_storage
from PIL import Image, UnidentifiedImageError


def size_of(url: str) -> tuple[int, int] | None:
    """Width and height in pixels of a picture of ours; None for another host's or an unreadable one."""
    path = unquote(urlsplit(url).path)
    if not path.startswith(settings.MEDIA_URL) or urlsplit(url).netloc:
        return None
    try:
        with default_storage.open(path.removeprefix(settings.MEDIA_URL)) as file, Image.open(file) as image:
            return image.size
    except (OSError, UnidentifiedImageError, SuspiciousOperation, Image.DecompressionBombError):
        return None
