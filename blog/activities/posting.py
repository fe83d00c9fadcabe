"""What the author does to activities: each deed is one transaction, numbered and told."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils import timezone
from django.utils.text import Truncator, format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from blog.activities import stream
from blog.activities.models import TITLE_LENGTH, Activity, ActivityLink
from blog.events.recording import record
from blog.letters.queueing import due
from frodo import names
from frodo.errors import Refused

MOST_CHARACTERS = 5000
MOST_LINKS = 10

LONGEST_URL = ActivityLink._meta.get_field("url").max_length
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


class Gone(Refused):
    code = "not_found"
    message = _("It is not there any more.")
    status = 404


@transaction.atomic
def post_activity(
    author: User,
    *,
    text: str = "",
    links: Iterable[str] = (),
    language: str = "",
    published_at: datetime | None = None,
    comments_open: bool = True,
) -> Activity:
    """At once, or at a time to come. What its links lead to is looked at afterwards, by another thread."""
    activity = Activity(author=author, status=Activity.Status.PUBLISHED, published_at=published_at)
    activity.text, activity.comments_open = tidy(text), comments_open
    if language:
        activity.language = language
    wanted = checked(links)
    check(activity, wanted)
    activity.save()
    put_links(activity, wanted)
    if activity.is_visible:
        stream.tell_whole(stream.POSTED, activity)
    return activity


@transaction.atomic
def edit_activity(
    activity: Activity, *, text: str | None = None, links: Iterable[str] | None = None, **fields
) -> Activity:
    """Change what is given; `fields` are `language`, `published_at` and `comments_open`."""
    activity = locked(activity)
    was_visible, told_before = activity.is_visible, activity.last_event
    if text is not None:
        activity.text = tidy(text)
    for name, value in fields.items():
        setattr(activity, name, value)
    before = [link.url for link in activity.links.all()]
    wanted = before if links is None else checked(links)
    check(activity, wanted)
    if wanted != before:
        activity.updated_at = timezone.now()
        put_links(activity, wanted)
    activity.save()
    if activity.is_visible:
        if wanted != before and activity.last_event == told_before:
            activity.tell_readers()
        stream.tell_whole(stream.EDITED if was_visible else stream.POSTED, activity)
    elif was_visible:
        stream.tell_removed(activity.pk)
    return activity


@transaction.atomic
def remove_activity(activity: Activity) -> None:
    """With its comments. Pages that show it are told."""
    activity = locked(activity)
    pk, was_visible = activity.pk, activity.is_visible
    activity.delete()
    if was_visible:
        stream.tell_removed(pk)


@transaction.atomic
def show_without_cards(activity: Activity, urls: Iterable[str]) -> None:
    """Let these be shown as links, without what was read of their pages; of the others it is read again."""
    activity = locked(activity)
    removed = ActivityLink.State.REMOVED
    n = activity.links.filter(url__in=urls).exclude(state=removed).update(state=removed)
    again = activity.links.filter(state=removed).exclude(url__in=urls)
    if again.update(state=ActivityLink.State.WAITING, n_tries=0, due_at=timezone.now()):
        transaction.on_commit(due.set)
    if n:
        tell_card(activity)


def tell_card(activity: Activity) -> None:
    """A link looks otherwise: its own page is told, and the list."""
    if activity.is_visible:
        record(activity, stream.CARD, {"activity": stream.as_dict(activity)})
        stream.tell_whole(stream.CARD, activity)


def locked(activity: Activity) -> Activity:
    """As it is now, its row locked as by all who write to a thread."""
    found = Activity.objects.select_for_update().filter(pk=activity.pk).first()
    if found is None:
        raise Gone
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


def check(activity: Activity, links: Sequence[str]) -> None:
    check_words(activity.text, links)
    if links:
        activity.title = Truncator(urlsplit(links[0])._replace(scheme="").geturl()[2:]).chars(TITLE_LENGTH)


def check_words(text: str, links: Sequence[str]) -> None:
    if len(text) > MOST_CHARACTERS:
        raise TooLong
    if not (names.can_be_seen(text) or links):
        raise Nothing


def put_links(activity: Activity, urls: Sequence[str]) -> None:
    """Let these be its links, in this order; of those it has already, what was read stays."""
    known = {link.url: link for link in activity.links.all()}
    for url in known.keys() - set(urls):
        known[url].delete()
    for order, url in enumerate(urls):
        link = known.get(url) or ActivityLink(activity=activity, url=url)
        if link.pk is None or link.order != order:
            link.order = order
            link.save()
    if urls:
        transaction.on_commit(due.set)  # whoever works in the background looks at them now
