"""Store uploads: each file is checked, re-encoded and put into the media storage."""

import logging
import secrets
import unicodedata
from collections.abc import Callable
from contextlib import ExitStack
from typing import IO

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import ProtectedError

from accounts.models import User
from blog.media.errors import EmptyFile, InUse, StoreAway, TooLarge
from blog.media.models import FOLDER, Upload, UploadQuerySet, places_of
from blog.media.reencoding import Clean, clean
from frodo import jobs, media_storage
from frodo.conflict_retry import EditConflict, anything

logger = logging.getLogger(__name__)

SMALLEST = 64
"""Pixels; of pictures that are not wider no smaller copies are made."""


def store(data: bytes | IO[bytes] | File, *, user: User | None, name: str = "", alt: str = "") -> Upload:
    """Raises one of blog.media.errors. `name` is what it was called; only a label is made of it."""
    return keep(look(data), user=user, name=name, alt=alt)


def look(data: bytes | IO[bytes] | File) -> Clean:
    """What takes long, and asks no database."""
    return clean(bounded(data))


def keep(found: Clean, *, user: User | None, name: str = "", alt: str = "") -> Upload:
    key = secrets.token_hex(16)
    stored = put(f"{FOLDER}{key[:2]}/{key}.{found.ending}", found.kind, found.data)
    with ExitStack() as undo:
        undo.callback(delete_files, [stored])  # unless there is a row
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
            if upload.state == Upload.State.WAITING:
                jobs.enqueue("make_variants", upload.pk, upload=upload.pk)
        undo.pop_all()
    return upload


def put(name: str, kind: str, data: bytes) -> str:
    content = ContentFile(data)
    content.content_type = f"image/{kind}"  # type: ignore[attr-defined]  # a store elsewhere sends it as we say
    try:
        return default_storage.save(name, content)
    except media_storage.errors() as error:
        logger.error("A picture could not be kept: %s: %r", name, error, exc_info=not isinstance(error, OSError))
        raise StoreAway from error


def bounded(data: bytes | IO[bytes] | File) -> bytes:
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
    visible = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text[: length * 4])
    return " ".join(visible.split())[:length].strip()


@transaction.atomic
def describe(upload: Upload, alt: str, *, is_expected: Callable[[Upload], bool] = anything) -> None:
    """Raises EditConflict where the picture is not `is_expected`."""
    current = Upload.objects.select_for_update().get(pk=upload.pk)
    if not is_expected(current):
        raise EditConflict(current)
    upload.alt = plain(alt, 500)
    upload.save(update_fields=["alt"])


@transaction.atomic
def copy_anew(uploads: UploadQuerySet) -> int:
    """Let the smaller copies be made again, as after a change of UPLOAD_WIDTHS; of how many pictures."""
    keys = list(uploads.filter(n_frames=1).values_list("pk", flat=True))
    Upload.objects.filter(pk__in=keys).update(state=Upload.State.WAITING)
    for key in keys:
        jobs.enqueue("make_variants", key, upload=key)
    return len(keys)


def remove(upload: Upload, *, force: bool = False, tells_all: bool = True) -> None:
    """Raises InUse while something shows it, unless it is to go all the same.

    `tells_all`: where it is shown is told even of what is not published.
    """
    with transaction.atomic():
        Upload.objects.select_for_update().filter(pk=upload.pk).first()
        places = places_of(upload)
        if places and not force:
            raise InUse([place for place in places if tells_all or place["is_visible"]])
        upload.refresh_from_db()
        names = upload.names
        try:
            upload.delete()
        except ProtectedError as error:
            raise InUse(places) from error
        transaction.on_commit(lambda: delete_files(names))


def delete_files(names: list[str]) -> None:
    for name in names:
        try:
            default_storage.delete(name)
        except media_storage.errors():  # nothing leads to the file any more
            logger.exception("A picture that is not wanted any more could not be deleted: %s", name)


def seen_by(user: User, uploads: UploadQuerySet) -> UploadQuerySet:
    if user.can_publish:
        return uploads
    return uploads.of(user) if user.can_write else uploads.none()


def may_change(user: User, upload: Upload) -> bool:
    return user.can_publish or (user.can_write and upload.user_id == user.pk)


def may_force(user: User) -> bool:
    """Delete an image that is in use, perhaps in others' posts."""
    return user.can_publish
