"""Create, update and delete activities: one transaction each, with an event."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils import timezone
from django.utils.text import Truncator, format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from blog.activities import events
from blog.activities.models import TITLE_LENGTH, Activity, ActivityLink, ActivityPhoto
from blog.events import record
from blog.media.errors import InUse
from blog.media.models import Upload
from blog.media.services import remove
from blog.posts.services import written_in
from frodo import display_names, jobs
from frodo.conflict_retry import EditConflict, anything, retry_on_conflict
from frodo.errors import ServiceError
from frodo.markdown import render_fragment
from frodo.site_settings import site

MOST_CHARACTERS = 5000
MOST_LINKS = 10
MOST_PHOTOS = 20

LONGEST_URL = ActivityLink._meta.get_field("url").max_length or 0
Expected = Callable[[Activity], bool]
is_url = URLValidator(schemes=["http", "https"])


class EmptyActivity(ServiceError):
    code = "empty"
    message = _("Enter some text, or add a link or a photo.")
    field = "text"


class TooLong(ServiceError):
    code = "too_long"
    message = format_lazy(_("Up to {n} characters are allowed; a post may be longer."), n=MOST_CHARACTERS)
    field = "text"


class NoLink(ServiceError):
    code = "invalid_link"
    message = _("A link must begin with https:// or http:// and contain a host.")
    field = "links"


class TooManyLinks(ServiceError):
    code = "too_many_links"
    message = format_lazy(_("Up to {n} links are allowed."), n=MOST_LINKS)
    field = "links"


class NoPhoto(ServiceError):
    code = "no_such_upload"
    message = _("This image was not found among the uploads.")
    field = "photos"


class TooManyPhotos(ServiceError):
    code = "too_many_photos"
    message = format_lazy(_("Up to {n} photos are allowed."), n=MOST_PHOTOS)
    field = "photos"


class Gone(ServiceError):
    code = "not_found"
    message = _("It no longer exists.")
    status = 404


@retry_on_conflict
@transaction.atomic
def create_activity(
    author: User,
    *,
    text: str = "",
    links: Iterable[str] = (),
    photos: Iterable[int] = (),
    language: str = "",
    published_at: datetime | None = None,
    comments_open: bool = True,
) -> Activity:
    """Create an activity, published now or scheduled; `photos` are keys of uploads.

    Link previews are fetched afterwards by a job.
    """
    activity = Activity(author_id=author.pk, status=Activity.Status.PUBLISHED, published_at=published_at)
    activity.text, activity.comments_open = normalize_text(text), comments_open
    activity.language = language or written_in(activity.text, site.LANGUAGE_CODE)
    wanted, pictures = checked(links), chosen(photos)
    check(activity, wanted, pictures)
    activity.save()
    put_links(activity, wanted)
    put_photos(activity, pictures)
    if activity.is_visible:
        events.record_activity(events.POSTED, activity)
    return activity


@retry_on_conflict
@transaction.atomic
def update_activity(
    activity: Activity,
    *,
    text: str | None = None,
    links: Iterable[str] | None = None,
    photos: Iterable[int] | None = None,
    is_expected: Expected = anything,
    **fields: Any,
) -> Activity:
    """Change the given values; `fields` are `language`, `published_at` and `comments_open`.

    Raises EditConflict if the activity is not `is_expected`.
    """
    activity = locked(activity, is_expected)
    was_visible, told_before = activity.is_visible, activity.last_event
    if text is not None:
        activity.text = normalize_text(text)
    for name, value in fields.items():
        setattr(activity, name, value)
    before = [link.url for link in activity.link_rows.all()], [row.upload_id for row in activity.photo_rows.all()]
    wanted = before[0] if links is None else checked(links)
    pictures = chosen(before[1] if photos is None else photos)
    check(activity, wanted, pictures)
    is_changed = (wanted, [picture.pk for picture in pictures]) != before
    if is_changed:
        activity.updated_at = timezone.now()
        put_links(activity, wanted)
        put_photos(activity, pictures)
    activity.save()
    if activity.is_visible:
        if is_changed and activity.last_event == told_before:
            activity.record_update()
        events.rewrite_own_events(activity)
        events.record_activity(events.EDITED if was_visible else events.POSTED, activity)
    elif was_visible:
        events.record_removal(activity.pk)
    return activity


@retry_on_conflict
@transaction.atomic
def delete_activity(activity: Activity, *, is_expected: Expected = anything) -> None:
    """Delete an activity with its comments, and update open pages."""
    activity = locked(activity, is_expected)
    pk, was_visible = activity.pk, activity.is_visible
    put_links(activity, ())
    activity.delete()
    if was_visible:
        events.record_removal(pk)


@transaction.atomic
def remove_previews(activity: Activity, urls: Iterable[str]) -> None:
    """Remove the previews of these links; fetch those of the others again."""
    activity = locked(activity)
    removed = ActivityLink.State.REMOVED
    n = activity.link_rows.filter(url__in=urls).exclude(state=removed).update(state=removed)
    for link in activity.link_rows.filter(state=removed).exclude(url__in=urls):
        link.state = ActivityLink.State.WAITING
        link.save(update_fields=["state"])
        jobs.enqueue("fetch_link_preview", link.pk, link=link.pk)
    if n:
        update_link_preview(activity)


def update_link_preview(activity: Activity) -> None:
    """Record that a link preview changed."""
    if activity.is_visible:
        record(activity, events.CARD, {"activity": events.as_dict(activity)})
        events.record_activity(events.CARD, activity)


def edited(activity: Activity) -> list:
    """The values that an edit can change, for conditional requests."""
    links = list(activity.link_rows.values_list("url", flat=True))
    photos = list(activity.photo_rows.values_list("upload", flat=True))
    return [activity.text, activity.language, activity.published_at, activity.comments_open, links, photos]


def locked(activity: Activity, is_expected: Expected = anything) -> Activity:
    """The current row, locked."""
    found = Activity.objects.select_for_update().filter(pk=activity.pk).first()
    if found is None:
        raise Gone
    if not is_expected(found):
        raise EditConflict(found)
    return found


def normalize_text(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def checked(links: Iterable[str]) -> list[str]:
    """Without duplicates, in order."""
    found = list(dict.fromkeys(link.strip() for link in links if link.strip()))
    if len(found) > MOST_LINKS:
        raise TooManyLinks
    for url in found:
        try:
            is_url(url)
        except ValidationError as error:
            raise NoLink from error
        if len(url) > LONGEST_URL:
            raise NoLink
    return found


def chosen(photos: Iterable[int]) -> list[Upload]:
    """Each once, in order."""
    keys = list(dict.fromkeys(photos))
    if len(keys) > MOST_PHOTOS:
        raise TooManyPhotos
    found = Upload.objects.in_bulk([key for key in keys if 0 < key < 2**63])
    if len(found) < len(keys):
        raise NoPhoto
    return [found[key] for key in keys]


def check(activity: Activity, links: Sequence[str], photos: Sequence[Upload]) -> None:
    check_words(activity.text, links, photos)
    activity.title = ""
    if photos:
        activity.title = Truncator(photos[0].alt or str(_("Photo"))).chars(TITLE_LENGTH)
    elif links:
        activity.title = Truncator(urlsplit(links[0])._replace(scheme="").geturl()[2:]).chars(TITLE_LENGTH)


def check_words(text: str, links: Sequence, photos: Sequence) -> None:
    if len(text) > MOST_CHARACTERS:
        raise TooLong
    if not (links or photos or shows_something(text)):
        raise EmptyActivity


def shows_something(text: str) -> bool:
    return display_names.can_be_seen(text) and not display_names.is_blank_html(render_fragment(text)[0])


def put_links(activity: Activity, urls: Sequence[str]) -> None:
    """Set the links in this order; existing previews stay."""
    known = {link.url: link for link in activity.link_rows.select_related("image")}
    for url in known.keys() - set(urls):
        known[url].delete()
        if image := known[url].image:
            transaction.on_commit(partial(delete_files, image))
    for order, url in enumerate(urls):
        link = known.get(url) or ActivityLink(activity=activity, url=url)
        is_new = link.pk is None
        if is_new or link.order != order:
            link.order = order
            link.save()
        if is_new:
            jobs.enqueue("fetch_link_preview", link.pk, link=link.pk)


def delete_files(image: Upload) -> None:
    """Delete images of previews that no link has any more, unless they are used elsewhere."""
    with suppress(InUse):
        remove(image)


def put_photos(activity: Activity, photos: Sequence[Upload]) -> None:
    rows = {row.upload_id: row for row in activity.photo_rows.all()}
    for key in rows.keys() - {photo.pk for photo in photos}:
        rows[key].delete()
    for order, photo in enumerate(photos):
        row = rows.get(photo.pk) or ActivityPhoto(activity=activity, upload=photo)
        if row.pk is None or row.order != order:
            row.order = order
            row.save()
