"""Create, update, delete and publish posts, pages, tags and topics: one transaction each. Detect their language."""

import re
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any, TypeVar, cast

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from blog.posts import permissions, revisions, trash
from blog.posts.models import Page, Post, Tag, Topic
from blog.posts.models.taxonomy import Taxonomy
from blog.posts.querysets import UNPUBLISHED, PostQuerySet
from frodo.conflict_retry import EditConflict, anything, retry_on_conflict
from frodo.errors import ServiceError
from frodo.site_settings import site

Entry = Post | Page | Tag | Topic
S = TypeVar("S", Tag, Topic)

POST_FIELDS = (
    *("title", "slug", "text", "summary", "language", "published_at", "topic_id", "topic_order"),
    *("cover_link", "pinned", "comments_open", "approval", "author_id", "live"),
    *(
        "visibility",
        "password",
        "translation_of_id",
        "shares_comments",
        "canonical_url",
        "seo_title",
        "seo_description",
    ),
)
PAGE_FIELDS = ("title", "slug", "text", "language", "is_published", "in_menu", "menu_order", *POST_FIELDS[-3:])
TAXONOMY_FIELDS = ("name", "slug", "description")


class NotForContributors(ServiceError):
    code = "cannot_publish"
    message = _("Contributors write drafts. Editors and the author publish them.")
    status = 403


class NotYours(ServiceError):
    code = "not_yours"
    message = _("Contributors can change only their own drafts.")
    status = 403


class UnknownTaxonomy(ServiceError):
    code = "invalid"

    def __init__(self, field: str, name: str) -> None:
        super().__init__()
        self.field, self.name = field, name

    def __str__(self) -> str:
        return _("“%(name)s” does not exist, and contributors cannot create it.") % {"name": self.name}


def edited(entry: Entry) -> list:
    """The values that an edit can change, for conditional requests."""
    if isinstance(entry, Taxonomy):
        return [getattr(entry, name) for name in TAXONOMY_FIELDS]
    if isinstance(entry, Page):
        return [getattr(entry, name) for name in PAGE_FIELDS]
    tags = sorted(tag.pk for tag in entry.tags.all())
    status = entry.status if entry.status in UNPUBLISHED else ""  # whether its time has come is no edit
    return [*(getattr(entry, name) for name in POST_FIELDS), str(entry.cover), status, tags]


@retry_on_conflict
@transaction.atomic
def create(model: type[Entry], data: dict, *, user: User) -> Entry:
    """Create an entry. `data`: values by field; `tags` and `topic` by slug or name. Raises ValidationError and
    ServiceError.
    """
    entry = model()
    if isinstance(entry, Post):
        entry.author = user
    if isinstance(entry, Post | Page):
        data = {"language": language_of(data["title"], data.get("text", ""), site.LANGUAGE_CODE), **data}
    return save(entry, data, user)


@retry_on_conflict
@transaction.atomic
def change(entry: Entry, data: dict, *, user: User, is_expected: Callable[[Entry], bool] = anything) -> Entry:
    """Change an entry. Raises EditConflict if it is not `is_expected`."""
    return save(locked(entry, user, is_expected), data, user)


@retry_on_conflict
@transaction.atomic
def delete(entry: Entry, *, user: User, is_expected: Callable[[Entry], bool] = anything) -> None:
    """Posts and pages go to the trash, from which the admin restores them; tags and topics are gone."""
    found = locked(entry, user, is_expected)
    if isinstance(found, Post | Page):
        trash.put(found)
    else:
        found.delete()


def locked(entry: Entry, user: User, is_expected: Callable[[Entry], bool]) -> Entry:
    entry = type(entry)._base_manager.select_for_update().get(pk=entry.pk)
    if isinstance(entry, Post) and not permissions.may_change(user, entry):
        raise NotYours
    if not is_expected(entry):
        raise EditConflict(entry)
    return entry


def save(entry: Entry, data: dict, user: User) -> Entry:
    data = dict(data)
    tags = data.pop("tags", None)
    if isinstance(entry, Post):
        if permissions.only_drafts(user):
            refuse_publishing(entry, data)
        if "topic" in data:
            data["topic"] = taxonomy(Topic, data["topic"], user) if data["topic"] else None
        if "translation_of" in data:
            data["translation_of"] = original(data["translation_of"], user) if data["translation_of"] else None
    for name, value in data.items():
        setattr(entry, name, value)
    check(entry)
    with revisions.recording(entry, user) if isinstance(entry, Post | Page) else nullcontext():
        entry.save()
    if tags is not None:
        cast(Post, entry).tags.set([taxonomy(Tag, name, user) for name in dict.fromkeys(tags)])
        entry.forget()
    return entry


def refuse_publishing(post: Post, data: dict) -> None:
    for name in set(data) & set(permissions.PUBLISHER_FIELDS):
        is_review = name == "status" and data[name] in UNPUBLISHED
        if not is_review and data[name] != current(post, name):
            raise NotForContributors


def current(entry: Entry, name: str) -> Any:
    """A value as the API takes it."""
    value = getattr(entry, name)
    return value.slug if isinstance(value, Post | Topic) else value


def original(slug: str, user: User) -> Post:
    """The post that another one is a translation of."""
    found = permissions.seen_by(user, Post.objects.filter(slug=slug)).first()
    if found is None:
        raise ValidationError({"translation_of": _("There is no post with this slug.")})
    return found


def taxonomy(model: type[S], name: str, user: User) -> S:
    """The tag or topic of this name or slug, created if missing."""
    found = model.objects.named(name.strip())
    if found is None:
        field = "tags" if model is Tag else "topic"
        if permissions.only_drafts(user):
            raise UnknownTaxonomy(field, name.strip())
        try:
            check(model(name=name), field=field)
        except ValidationError:
            found = model.objects.named(name.strip())
            if found is None:  # else somebody has made it since
                raise
        else:
            found = model.objects.get_or_make(name)
    return found


def check(entry: models.Model, *, field: str = "") -> None:
    """Validate the model, except columns that are not written."""
    computed = [each.name for each in entry._meta.concrete_fields if not each.editable]
    try:
        entry.full_clean(exclude=[*computed, "author"])
    except ValidationError as error:
        raise (ValidationError({field: error.messages}) if field else error) from error


@transaction.atomic
def publish(posts: PostQuerySet) -> int:
    """Publish drafts now or at their time. Returns how many."""
    drafts = list(posts.filter(status__in=UNPUBLISHED))
    for post in drafts:
        post.status = Post.Status.PUBLISHED
        post.save(update_fields=["status", "published_at"])
    return len(drafts)


def unpublish(posts: PostQuerySet) -> int:
    """Unpublish published and scheduled posts, and return submitted ones. Returns how many."""
    return update_each(posts.exclude(status=Post.Status.DRAFT), status=Post.Status.DRAFT)


@transaction.atomic
def update_each(posts: PostQuerySet, **fields: Any) -> int:
    """Set fields of each post, and save it so that signals are sent."""
    found = list(posts)
    for post in found:
        for name, value in fields.items():
            setattr(post, name, value)
        post.save(update_fields=[*fields])
    return len(found)


HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
LATIN = re.compile(r"[A-Za-z]{2,}")
NO_WORDS = re.compile(r"https?://\S+|\]\([^)]*\)|<[^>]+>")
CODE = re.compile(r"^(```|~~~).*?^\1|`[^`\n]+`", re.DOTALL | re.MULTILINE)
TEXT_START = 20_000
"""Characters of a text that show its language and, to imports, its title."""


def written_in(words: str, default: str) -> str:
    """The language of a text without code; the default if it is short."""
    words = NO_WORDS.sub("", words[:TEXT_START])
    han, latin = len(HAN.findall(words)), len(LATIN.findall(words))
    if han + latin < 5:
        return default
    return "zh-hans" if han > latin / 2 else "en"


def language_of(title: str, text: str, default: str) -> str:
    """The language of a Markdown text."""
    return written_in(f"{title}\n{CODE.sub('', text[:TEXT_START])}", default)
