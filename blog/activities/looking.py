"""Looking at the pages that links of activities lead to: once each, in the background, and told to open pages."""

import logging
from datetime import timedelta
from functools import partial

from asgiref.sync import async_to_sync
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from blog.activities.cards import Card, read_card
from blog.activities.models import Activity, ActivityLink
from blog.activities.posting import tell_card, throw_away
from blog.uploads.models import Upload
from blog.uploads.storing import store
from frodo.errors import Refused
from frodo.outside import NotFetched, fetch

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
"""Longer than reading a page and its picture may take. Whose process died is looked at again after it."""
PAUSES = [timedelta(minutes=n) for n in (2, 30)]
"""After which a page that may answer another time is asked again; then it is shown as a link and left alone."""
MOST_TRIES = 5
"""Of those, too, that ended a process."""
MOST_BYTES = 5 * 1024**2
"""Of a card's picture."""
PICTURES = ("image/avif", "image/webp", "image/jpeg", "image/png", "image/gif")

State = ActivityLink.State


def look_at_next() -> bool:
    """Read what waits longest; whether there was any."""
    link = take()
    if link is None:
        return False
    try:
        look_at(link)
    except Exception:  # of a media store, or of a page that nobody has thought of: the others are looked at
        logger.exception("The link %s was not looked at", link.pk)
    return True


def take() -> ActivityLink | None:
    """One that waits, and for now ours alone."""
    waiting = ActivityLink.objects.waiting()
    for pk in waiting.order_by("due_at", "id").values_list("pk", flat=True)[:20]:
        mine = waiting.filter(pk=pk)
        if mine.filter(n_tries__gte=MOST_TRIES).update(state=State.FAILED):
            continue
        if mine.update(busy_until=timezone.now() + LEASE, n_tries=F("n_tries") + 1):
            return ActivityLink.objects.get(pk=pk)
    return None


def look_at(link: ActivityLink) -> None:
    try:
        card = async_to_sync(read_card)(link.url)
    except NotFetched as error:
        put_off(link, error)
        return
    image = read_picture(card) if card.title else None
    keep(link, card, image)


def put_off(link: ActivityLink, error: NotFetched) -> None:
    ours = ActivityLink.objects.filter(pk=link.pk, state=State.WAITING)
    if error.may_pass and link.n_tries <= len(PAUSES):
        pause = PAUSES[link.n_tries - 1]
        if error.retry_after:
            pause = max(pause, timedelta(seconds=error.retry_after))
        ours.update(busy_until=None, due_at=timezone.now() + pause)
    else:
        logger.info("The link %s stays without a card: %s", link.pk, error.code)
        ours.update(busy_until=None, state=State.FAILED)


def read_picture(card: Card) -> Upload | None:
    """By the door that all pictures come through; a card does without one that is refused there."""
    if not card.picture_url:
        return None
    try:
        found = async_to_sync(fetch)(card.picture_url, most_bytes=MOST_BYTES, accept=PICTURES, bodies=PICTURES)
        return store(found.body, user=None, name=card.site)
    except Refused as error:
        logger.info("A card has no picture: %s", error.code)
        return None


@transaction.atomic
def keep(link: ActivityLink, card: Card, image: Upload | None) -> None:
    """What was read, if the link is still wanted; and open pages are told."""
    activity = Activity.objects.select_for_update().filter(pk=link.activity_id).first()
    ours = ActivityLink.objects.filter(pk=link.pk, state=State.WAITING)
    read = {"title": card.title, "description": card.description, "site": card.site, "image": image}
    if ours.update(state=State.READY, busy_until=None, **read):
        tell_card(activity)
    elif image is not None:
        transaction.on_commit(partial(throw_away, image))
