"""Find the image of a URL in a text."""

import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.files.storage import default_storage

from blog.media.models import FOLDER, Upload
from frodo.markdown import Picture

NAME = re.compile(rf"{FOLDER}(?P<start>[0-9a-f]{{2}})/(?P<key>(?P=start)[0-9a-f]{{30}})\.[a-z]{{3,4}}")


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
