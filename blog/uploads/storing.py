"""The one door for pictures: whatever comes in is looked at, cleaned, and put into the media store."""

import logging
import secrets
import unicodedata
from collections.abc import Callable
from typing import BinaryIO

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from blog.uploads import showing
from blog.uploads.cleaning import Clean, clean
from blog.uploads.models import FOLDER, Upload
from blog.uploads.querysets import UploadQuerySet
from blog.uploads.refusals import EmptyFile, InUse, StoreAway, TooLarge
from blog.waking import due
from frodo.racing import ChangedMeanwhile, anything

logger = logging.getLogger(__name__)

SMALLEST = 64
"""Pixels; of pictures that are not wider no smaller copies are made."""


def store(data: bytes | BinaryIO, *, user, name: str = "", alt: str = "") -> Upload:
    """Raises one of blog.uploads.refusals. `name` is what it was called; only a label is made of it."""
    return keep(look(data), user=user, name=name, alt=alt)


def look(data: bytes | BinaryIO) -> Clean:
    """What takes long, and asks no database."""
    return clean(bounded(data))


def keep(found: Clean, *, user, name: str = "", alt: str = "") -> Upload:
    key = secrets.token_hex(16)
    stored = put(f"{FOLDER}{key[:2]}/{key}.{found.ending}", found.kind, found.data)
    try:
        with transaction.atomic():
            upload = Upload.objects.create(
                key=key,
                file=stored,
                kind=found.kind,
                width=found.width,
                height=found.height,
                n_bytes=len(found.data),
                n_frames=found.n_frames,
                alt=plain(alt, 500),
                label=label_of(name),
                user=user,
                state=Upload.State.WAITING if wants_variants(found) else Upload.State.READY,
            )
            transaction.on_commit(due.set)
    except BaseException:
        throw_away([stored])
        raise
    return upload


def put(name: str, kind: str, data: bytes) -> str:
    content = ContentFile(data)
    content.content_type = f"image/{kind}"  # a store elsewhere sends it as we say
    try:
        return default_storage.save(name, content)
    except Exception as error:  # other people's server, or a full disk
        logger.exception("A picture could not be kept: %s", name)
        raise StoreAway from error


def bounded(data: bytes | BinaryIO) -> bytes:
    most = settings.UPLOAD_MAX_MB * 1024**2
    found = data if isinstance(data, (bytes, bytearray, memoryview)) else data.read(most + 1)
    if len(found) > most:
        raise TooLarge
    if not found:
        raise EmptyFile
    return bytes(found)


def wants_variants(found: Clean) -> bool:
    return found.n_frames == 1 and found.width > SMALLEST and bool(settings.UPLOAD_WIDTHS)


def label_of(name: str) -> str:
    """What a person called it, without the way there and without what could play tricks where it is shown."""
    return plain(name.replace("\\", "/").rpartition("/")[2], 100)


def plain(text: str, length: int) -> str:
    """One line of characters that show themselves."""
    shown = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text[: length * 4])
    return " ".join(shown.split())[:length].strip()


@transaction.atomic
def describe(upload: Upload, alt: str, *, is_expected: Callable[[Upload], bool] = anything) -> None:
    """Raises ChangedMeanwhile where the picture is not `is_expected`."""
    current = Upload.objects.select_for_update().get(pk=upload.pk)
    if not is_expected(current):
        raise ChangedMeanwhile(current)
    upload.alt = plain(alt, 500)
    upload.save(update_fields=["alt"])


def copy_anew(uploads: UploadQuerySet) -> int:
    """Let the smaller copies be made again, as after a change of UPLOAD_WIDTHS; of how many pictures."""
    n = uploads.filter(n_frames=1).update(state=Upload.State.WAITING, n_tries=0, due_at=timezone.now())
    due.set()
    return n


def remove(upload: Upload, *, force: bool = False, tells_all: bool = True) -> None:
    """Raises InUse while something shows it, unless it is to go all the same.

    `tells_all`: where it is shown is told even of what is not published.
    """
    with transaction.atomic():
        Upload.objects.select_for_update().filter(pk=upload.pk).first()
        places = showing.places(upload)
        if places and not force:
            raise InUse([place for place in places if tells_all or place["is_visible"]])
        upload.refresh_from_db()
        names = upload.names
        try:
            upload.delete()
        except ProtectedError as error:
            raise InUse(places) from error
        transaction.on_commit(lambda: throw_away(names))


def throw_away(names: list[str]) -> None:
    for name in names:
        try:
            default_storage.delete(name)
        except Exception:  # other people's server; nothing leads to the file any more
            logger.exception("A picture that is not wanted any more could not be deleted: %s", name)
