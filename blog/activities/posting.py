"""What the author does to activities: each deed is one transaction, numbered and told."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils import timezone
from django.utils.text import Truncator, format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from blog.activities import stream
from blog.activities.models import TITLE_LENGTH, Activity, ActivityLink, ActivityPhoto
from blog.events.recording import record
from blog.uploads.models import Upload
from blog.uploads.refusals import InUse
from blog.uploads.storing import remove
from blog.waking import due
from frodo import names
from frodo.errors import Refused
from frodo.racing import ChangedMeanwhile, anything, taken_up_again

MOST_CHARACTERS = 5000
MOST_LINKS = 10
MOST_PHOTOS = 20

LONGEST_URL = ActivityLink._meta.get_field("url").max_length
Expected = Callable[[Activity], bool]
is_url = URLValidator(schemes=["http", "https"])


class Nothing(Refused):
    code = "empty"
    message = _("There is nothing in it: no words, no link, no photo.")
    field = "text"


class TooLong(Refused):
    code = "too_long"
    message = format_lazy(_("Up to {n} characters are allowed; a post may be longer."), n=MOST_CHARACTERS)
    field = "text"


class NoLink(Refused):
    code = "invalid_link"
    message = _("A link begins with https:// or http://, and names a host.")
    field = "links"


class TooManyLinks(Refused):
    code = "too_many_links"
    message = format_lazy(_("Up to {n} links are allowed."), n=MOST_LINKS)
    field = "links"


class NoPhoto(Refused):
    code = "no_such_upload"
    message = _("There is no such picture among the uploads.")
    field = "photos"


class TooManyPhotos(Refused):
    code = "too_many_photos"
    message = format_lazy(_("Up to {n} photos are allowed."), n=MOST_PHOTOS)
    field = "photos"


class Gone(Refused):
    code = "not_found"
    message = _("It is not there any more.")
    status = 404


@taken_up_again
@transaction.atomic
def post_activity(
    author: User,
    *,
    text: str = "",
    links: Iterable[str] = (),
    photos: Iterable[int] = (),
    language: str = "",
    published_at: datetime | None = None,
    comments_open: bool = True,
) -> Activity:
    """At once, or at a time to come; `photos` are keys of uploads.

    What its links lead to is looked at afterwards, by another thread.
    """
    activity = Activity(author_id=author.pk, status=Activity.Status.PUBLISHED, published_at=published_at)
    activity.text, activity.comments_open = tidy(text), comments_open
    if language:
        activity.language = language
    wanted, pictures = checked(links), chosen(photos)
    check(activity, wanted, pictures)
    activity.save()
    put_links(activity, wanted)
    put_photos(activity, pictures)
    if activity.is_visible:
        stream.tell_whole(stream.POSTED, activity)
    return activity


@taken_up_again
@transaction.atomic
def edit_activity(
    activity: Activity,
    *,
    text: str | None = None,
    links: Iterable[str] | None = None,
    photos: Iterable[int] | None = None,
    is_expected: Expected = anything,
    **fields,
) -> Activity:
    """Change what is given; `fields` are `language`, `published_at` and `comments_open`.

    Raises ChangedMeanwhile where the row is not `is_expected`.
    """
    activity = locked(activity, is_expected)
    was_visible, told_before = activity.is_visible, activity.last_event
    if text is not None:
        activity.text = tidy(text)
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
            activity.tell_readers()
        stream.retell_own(activity)
        stream.tell_whole(stream.EDITED if was_visible else stream.POSTED, activity)
    elif was_visible:
        stream.tell_removed(activity.pk)
    return activity


@taken_up_again
@transaction.atomic
def remove_activity(activity: Activity, *, is_expected: Expected = anything) -> None:
    """With its comments. Pages that show it are told."""
    activity = locked(activity, is_expected)
    pk, was_visible = activity.pk, activity.is_visible
    put_links(activity, ())
    activity.delete()
    if was_visible:
        stream.tell_removed(pk)


@transaction.atomic
def show_without_cards(activity: Activity, urls: Iterable[str]) -> None:
    """Let these be shown as links, without what was read of their pages; of the others it is read again."""
    activity = locked(activity)
    removed = ActivityLink.State.REMOVED
    n = activity.link_rows.filter(url__in=urls).exclude(state=removed).update(state=removed)
    again = activity.link_rows.filter(state=removed).exclude(url__in=urls)
    if again.update(state=ActivityLink.State.WAITING, n_tries=0, due_at=timezone.now()):
        transaction.on_commit(due.set)
    if n:
        tell_card(activity)


def tell_card(activity: Activity) -> None:
    """A link looks otherwise: its own page is told, and the list."""
    if activity.is_visible:
        record(activity, stream.CARD, {"activity": stream.as_dict(activity)})
        stream.tell_whole(stream.CARD, activity)


def edited(activity: Activity) -> list:
    """All that can be edited of it; whatever else changes, such as counts, makes no other version of it."""
    links = list(activity.link_rows.values_list("url", flat=True))
    photos = list(activity.photo_rows.values_list("upload", flat=True))
    return [activity.text, activity.language, activity.published_at, activity.comments_open, links, photos]


def locked(activity: Activity, is_expected: Expected = anything) -> Activity:
    """As it is now, its row locked as by all who write to a thread."""
    found = Activity.objects.select_for_update().filter(pk=activity.pk).first()
    if found is None:
        raise Gone
    if not is_expected(found):
        raise ChangedMeanwhile(found)
    return found


def tidy(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def checked(links: Iterable[str]) -> list[str]:
    """Each once, in order."""
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
    if photos:
        activity.title = Truncator(photos[0].alt or _("Photo")).chars(TITLE_LENGTH)
    elif links:
        activity.title = Truncator(urlsplit(links[0])._replace(scheme="").geturl()[2:]).chars(TITLE_LENGTH)


def check_words(text: str, links: Sequence, photos: Sequence) -> None:
    if len(text) > MOST_CHARACTERS:
        raise TooLong
    if not (names.can_be_seen(text) or links or photos):
        raise Nothing


def put_links(activity: Activity, urls: Sequence[str]) -> None:
    """Let these be its links, in this order; of those it has already, what was read stays."""
    known = {link.url: link for link in activity.link_rows.select_related("image")}
    for url in known.keys() - set(urls):
        known[url].delete()
        if image := known[url].image:
            transaction.on_commit(partial(throw_away, image))
    for order, url in enumerate(urls):
        link = known.get(url) or ActivityLink(activity=activity, url=url)
        if link.pk is None or link.order != order:
            link.order = order
            link.save()
    if urls:
        transaction.on_commit(due.set)  # whoever works in the background looks at them now


def throw_away(image: Upload) -> None:
    """Read of a page that no link leads to any more; unless the author has put it to other uses."""
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
