"""The job "fetch_link_preview"."""

import logging
from functools import partial

from asgiref.sync import async_to_sync
from django.db import transaction

from blog.activities.cards import LinkPreview, read_link_preview
from blog.activities.models import Activity, ActivityLink
from blog.activities.services import delete_files, update_link_preview
from blog.media.models import Upload
from blog.media.services import store
from frodo import jobs
from frodo.errors import ServiceError
from frodo.http_client import NotFetched, fetch
from frodo.images import MEDIA_TYPES

logger = logging.getLogger(__name__)

MOST_BYTES = 5 * 1024**2
"""Bytes of a preview's image."""

State = ActivityLink.State


def fetch_link_preview(link: int) -> None:
    found = ActivityLink.objects.waiting().filter(pk=link).first()
    if found is None:
        return
    try:
        card = async_to_sync(read_link_preview)(found.url)
    except NotFetched as error:
        if error.is_transient:
            raise jobs.Retry(error.code, error.retry_after or 0) from error
        logger.info("The link %s stays without a card: %s", link, error.code)
        give_up(link)
        return
    keep(found, card, read_picture(card) if card.title else None)


def give_up(link: int) -> None:
    ActivityLink.objects.waiting().filter(pk=link).update(state=State.FAILED)


def read_picture(card: LinkPreview) -> Upload | None:
    """Store the image of a preview; without it if it is rejected."""
    if not card.picture_url:
        return None
    try:
        found = async_to_sync(fetch)(card.picture_url, most_bytes=MOST_BYTES, accept=MEDIA_TYPES, bodies=MEDIA_TYPES)
        return store(found.body, user=None, name=card.site)
    except ServiceError as error:
        logger.info("A card has no picture: %s", error.code)
        return None


@transaction.atomic
def keep(link: ActivityLink, card: LinkPreview, image: Upload | None) -> None:
    """Save the preview if the link still exists, and update open pages."""
    activity = Activity.objects.select_for_update().filter(pk=link.activity_id).first()
    ours = ActivityLink.objects.waiting().filter(pk=link.pk)
    read = {"title": card.title, "description": card.description, "site": card.site, "image": image}
    if activity is not None and ours.update(state=State.READY, **read):
        update_link_preview(activity)
    elif image is not None:
        transaction.on_commit(partial(delete_files, image))
