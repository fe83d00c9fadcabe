"""Makes the smaller copies of a picture: the job "make_variants"."""

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction

from blog.media.errors import StoreAway
from blog.media.models import Upload, rows_showing
from blog.media.scaling import Copy, copies
from blog.media.services import delete_files, put
from frodo import jobs

State = Upload.State


def make_variants(upload: int) -> None:
    found = Upload.objects.filter(pk=upload).first()
    if found is None:
        return
    with default_storage.open(str(found.file.name)) as file:
        data = file.read()
    made = copies(data, found.kind, settings.UPLOAD_WIDTHS)
    try:
        put_all(found, made)
    except StoreAway as error:  # the picture is well: however long the disk is full, that is no reason to give it up
        raise jobs.Unavailable(error.__cause__) from error
    keep(found, made)


def give_up(upload: int) -> None:
    Upload.objects.filter(pk=upload, state=State.WAITING).update(state=State.FAILED)


def put_all(upload: Upload, made: list[Copy]) -> None:
    for copy in made:
        name = upload.variant_name(copy.kind, copy.width)
        if default_storage.exists(name):  # of a process that was killed: perhaps not all of it
            default_storage.delete(name)
        put(name, copy.kind, copy.data)


def keep(upload: Upload, made: list[Copy]) -> None:
    before = set(upload.names[1:])
    upload.variants = [{"kind": copy.kind, "width": copy.width, "n_bytes": len(copy.data)} for copy in made]
    now = set(upload.names[1:])
    with transaction.atomic():
        still_there = Upload.objects.filter(pk=upload.pk).update(state=State.READY, variants=upload.variants)
        if still_there and now | before:
            show(upload)
    delete_files(sorted(before - now if still_there else before | now))


def show(upload: Upload) -> None:
    """What shows the picture learns of its copies."""
    for row in rows_showing(upload):
        # Its words may have changed since it was found, and whoever changes them waits until this is done.
        current = type(row)._base_manager.select_for_update().filter(pk=row.pk).first()
        if current is not None:
            current.render_anew()
