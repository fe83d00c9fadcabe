"""Writing by programs: posts, pages, tags and topics, made, changed and taken away, each in one transaction."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from blog.posts import rights
from blog.posts.languages import language_of
from blog.posts.models import Page, Post, Tag, Topic
from blog.posts.models.shelf import Shelf
from frodo.errors import Refused
from frodo.racing import ChangedMeanwhile, anything, taken_up_again

Entry = Post | Page | Tag | Topic

OF_A_POST = (
    *("title", "slug", "text", "summary", "language", "published_at", "topic_id", "topic_order"),
    *("cover_link", "pinned", "comments_open", "approval", "author_id"),
)
OF_A_PAGE = ("title", "slug", "text", "language", "is_published", "in_menu", "menu_order")
OF_A_SHELF = ("name", "slug", "description")


class NotForContributors(Refused):
    code = "cannot_publish"
    message = _("A contributor writes drafts; when they appear, the author and editors decide.")
    status = 403


class NotYours(Refused):
    code = "not_yours"
    message = _("A contributor changes own drafts only.")
    status = 403


class UnknownShelf(Refused):
    code = "invalid"

    def __init__(self, field: str, name: str) -> None:
        super().__init__()
        self.field, self.name = field, name

    def __str__(self) -> str:
        return _("There is no “%(name)s” yet, and a contributor does not make new ones.") % {"name": self.name}


def edited(entry: Entry) -> list:
    """All that can be edited of it; whatever else changes, such as counts, makes no other version of it."""
    if isinstance(entry, Shelf):
        return [getattr(entry, name) for name in OF_A_SHELF]
    if isinstance(entry, Page):
        return [getattr(entry, name) for name in OF_A_PAGE]
    tags = sorted(tag.pk for tag in entry.tags.all())
    return [*(getattr(entry, name) for name in OF_A_POST), str(entry.cover), entry.status == Post.Status.DRAFT, tags]


@taken_up_again
@transaction.atomic
def create(model: type[Entry], said: dict, *, user: User) -> Entry:
    """`said`: values by field; `tags` and `topic` by slug or name. Raises ValidationError and Refused."""
    entry = model()
    if isinstance(entry, Post):
        entry.author = user
    if isinstance(entry, Post | Page):
        said = {"language": language_of(said["title"], said.get("text", ""), settings.LANGUAGE_CODE), **said}
    return save(entry, said, user)


@taken_up_again
@transaction.atomic
def change(entry: Entry, said: dict, *, user: User, is_expected: Callable[[Entry], bool] = anything) -> Entry:
    """Raises ChangedMeanwhile where the row is not `is_expected`."""
    return save(locked(entry, user, is_expected), said, user)


@taken_up_again
@transaction.atomic
def delete(entry: Entry, *, user: User, is_expected: Callable[[Entry], bool] = anything) -> None:
    locked(entry, user, is_expected).delete()


def locked(entry: Entry, user: User, is_expected: Callable[[Entry], bool]) -> Entry:
    entry = type(entry)._base_manager.select_for_update().get(pk=entry.pk)
    if isinstance(entry, Post) and not rights.may_change(user, entry):
        raise NotYours
    if not is_expected(entry):
        raise ChangedMeanwhile(entry)
    return entry


def save(entry: Entry, said: dict, user: User) -> Entry:
    said = dict(said)
    tags = said.pop("tags", None)
    if isinstance(entry, Post):
        if rights.only_drafts(user):
            refuse_publishing(entry, said)
        if "topic" in said:
            said["topic"] = shelf(Topic, said["topic"], user) if said["topic"] else None
    for name, value in said.items():
        setattr(entry, name, value)
    check(entry)
    entry.save()
    if tags is not None:
        entry.tags.set([shelf(Tag, name, user) for name in dict.fromkeys(tags)])
        entry.forget()
    return entry


def refuse_publishing(post: Post, said: dict) -> None:
    for name in set(said) & set(rights.OF_PUBLISHERS):
        if said[name] != current(post, name):
            raise NotForContributors


def current(post: Post, name: str):
    if name == "topic":
        return post.topic and post.topic.slug
    return getattr(post, name)


def shelf(model: type[Shelf], name: str, user: User) -> Shelf:
    """The one with this slug, or this name; a new one where there is none."""
    name = name.strip()
    found = model.objects.filter(slug=name).first() or model.objects.filter(name=name).first()
    if found is None:
        if rights.only_drafts(user):
            raise UnknownShelf("tags" if model is Tag else "topic", name)
        found = model(name=name)
        check(found, field="tags" if model is Tag else "topic")
        found.save()
    return found


def check(entry: models.Model, *, field: str = "") -> None:
    """What the model says of its own values, but for columns that nobody writes."""
    computed = [each.name for each in entry._meta.concrete_fields if not each.editable]
    try:
        entry.full_clean(exclude=[*computed, "author"])
    except ValidationError as error:
        raise (ValidationError({field: error.messages}) if field else error) from error
