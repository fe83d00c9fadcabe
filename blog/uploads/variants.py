"""The queue of smaller copies: one picture after the other, by one process at a time.

A picture is taken by counting a try and putting its next one off. Whoever is killed meanwhile leaves it waiting, and
after LEASE it is tried again; one that was tried N_TRIES times stays as it is.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from blog.chores import ChoreTime, chore
from blog.uploads import showing
from blog.uploads.models import Upload
from blog.uploads.scaling import Copy, copies
from blog.uploads.storing import put, throw_away

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=3)
"""Longer than the largest picture takes."""
N_TRIES = 3
TURN = "variants"

State = Upload.State


@chore(every=timedelta(hours=1))
def make_variants() -> str:
    """The server makes each one soon after it came; this is for whoever runs chores instead."""
    n = 0
    while make_next():
        n += 1
    return _("smaller copies of %(n)d pictures") % {"n": n}


def make_next() -> Upload | None:
    """Make the copies of the picture that waits longest. None: none waits, or another process is at it."""
    if not Upload.objects.due().exists():
        return None
    until = take_turn()
    if until is None:
        return None
    try:
        upload = take()
        if upload is not None:
            make(upload)
        return upload
    finally:
        ChoreTime.objects.filter(name=TURN, busy_until=until).update(busy_until=None, done_at=timezone.now())


def take_turn():
    """Until when it is ours."""
    now = timezone.now()
    ChoreTime.objects.get_or_create(name=TURN)
    mine = ChoreTime.objects.filter(Q(busy_until=None) | Q(busy_until__lt=now), name=TURN)
    return now + LEASE if mine.update(busy_until=now + LEASE) else None


def take() -> Upload | None:
    Upload.objects.due().filter(n_tries__gte=N_TRIES).update(state=State.FAILED)  # each try ended a process
    upload = Upload.objects.due().first()
    if upload is None:
        return None
    ours = Upload.objects.due().filter(pk=upload.pk, n_tries=upload.n_tries)
    return upload if ours.order_by().update(n_tries=F("n_tries") + 1, due_at=timezone.now() + LEASE) else None


def make(upload: Upload) -> None:
    try:
        with default_storage.open(upload.file.name) as file:
            data = file.read()
        made = copies(data, upload.kind, settings.UPLOAD_WIDTHS)
        put_all(upload, made)
    except Exception as error:  # of a storage that is other people's, or no memory: it is tried again later
        logger.warning("No smaller copies of the upload %s this time: %r", upload.pk, error)
        if upload.n_tries + 1 >= N_TRIES:
            Upload.objects.filter(pk=upload.pk).update(state=State.FAILED)
        return
    keep(upload, made)


def put_all(upload: Upload, made: list[Copy]) -> None:
    for copy in made:
        name = upload.variant_name(copy.kind, copy.width)
        if default_storage.exists(name):  # of somebody who was killed: perhaps not all of it
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
    upload.state = State.READY
    throw_away(sorted(before - now if still_there else before | now))


def show(upload: Upload) -> None:
    """What shows the picture learns of its copies."""
    for row in showing.rows(upload):
        # Its words may have changed since it was found, and whoever changes them waits until this is done.
        current = type(row)._base_manager.select_for_update().filter(pk=row.pk).first()
        if current is not None:
            current.render_anew()
