"""An Entry becomes a row, in one transaction."""

from dataclasses import dataclass, field

from django.db import transaction
from django.urls import reverse

from accounts.models import User
from blog.invalidation import purge_pages
from blog.posts.models import OldAddress, Page, Post, Tag, Topic
from blog.posts.slugs import free_slug
from blog.transfer.entry import Entry, digest
from blog.transfer.refusals import EditedHere


@dataclass
class Shelves:
    """Tags or topics by name, whatever its letters; each is asked for once."""

    model: type
    known: dict = field(default_factory=dict)

    def get(self, name: str):
        key = name.casefold()
        if not self.known:
            self.known = {row.name.casefold(): row for row in self.model.objects.all()}
        if key not in self.known:
            # The database may hold two spellings for one that Python tells apart.
            self.known[key] = self.model.objects.filter(name__iexact=name).first() or self.model.objects.create(
                name=name
            )
        return self.known[key]


@dataclass
class Desk:
    """Who writes, and where things are put."""

    author: User
    tags: Shelves = field(default_factory=lambda: Shelves(Tag))
    topics: Shelves = field(default_factory=lambda: Shelves(Topic))
    users: dict[str, User] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for user in User.objects.order_by("-pk"):
            self.users[user.name.casefold()] = user
        for user in User.objects.order_by("-pk"):
            self.users[user.username.casefold()] = user

    def author_of(self, entry: Entry) -> User:
        return self.users.get(entry.author.casefold(), self.author)

    def forget(self) -> None:
        """What a transaction that failed has made is gone."""
        self.tags.known.clear()
        self.topics.known.clear()


def save(entry: Entry, row: Post | Page | None, slug: str, desk: Desk) -> int:
    """Create or change the row; says how many old addresses were new."""
    try:
        with transaction.atomic():
            if row is None:
                row = Page() if entry.is_page else Post()
            elif is_edited(row):
                raise EditedHere
            fill(row, entry, slug, desk)
            row.save()
            if isinstance(row, Post):
                row.tags.set([desk.tags.get(name) for name in entry.tags])
            times = {"created_at": entry.moment, "updated_at": entry.updated}
            # As the database gives them back: it may keep less of a time than Python does.
            imported = {"source": entry.digest(), "row": row_digest(type(row).objects.get(pk=row.pk))}
            type(row).objects.filter(pk=row.pk).update(imported=imported, **times)
            return keep_addresses(row, entry)
    except BaseException:
        desk.forget()
        raise


def fill(row: Post | Page, entry: Entry, slug: str, desk: Desk) -> None:
    row.origin, row.title, row.text, row.language = entry.origin, entry.title, entry.text, entry.language
    row.slug = slug
    if type(row).objects.filter(slug=slug).exclude(pk=row.pk).exists():
        row.slug = free_slug(type(row), slug)
    row.front_matter = entry.front_matter
    if isinstance(row, Page):
        row.is_published, row.in_menu = not entry.is_draft, entry.in_menu
        return
    row.summary, row.pinned, row.comments_open = entry.summary, entry.pinned, entry.comments_open
    row.author = desk.author_of(entry)
    row.topic = desk.topics.get(entry.series) if entry.series else None
    row.cover, row.cover_link = entry.cover, entry.cover_link
    row.published_at = entry.moment
    row.status = Post.Status.DRAFT if entry.is_draft else Post.Status.PUBLISHED


def is_edited(row: Post | Page) -> bool:
    return bool(row.imported) and row.imported.get("row") != row_digest(row)


def row_digest(row: Post | Page) -> str:
    """Of what an author may change here."""
    names = ("title", "slug", "text", "language")
    if isinstance(row, Post):
        names += ("summary", "pinned", "comments_open", "cover_link", "author_id", "published_at")
        extra = {"cover": row.cover.name or "", "draft": row.status == Post.Status.DRAFT}
        extra["tags"] = sorted(row.tags.values_list("name", flat=True))
    else:
        extra = {"published": row.is_published, "menu": row.in_menu}
    return digest({name: getattr(row, name) for name in names} | extra)


def keep_addresses(row: Post | Page, entry: Entry) -> int:
    """Those no other post has. A page that exists is always found before an old address."""
    here = reverse(row.url_name, args=["-"])[: -len("-/")] + row.slug
    wanted = [path for path in entry.old_addresses if path != here]
    taken = set(OldAddress.objects.filter(path__in=wanted).values_list("path", flat=True))
    seen = {path.casefold() for path in taken}
    target = {"page": row} if isinstance(row, Page) else {"post": row}
    new = []
    for path in wanted:
        if path not in taken and path.casefold() not in seen:
            seen.add(path.casefold())
            new.append(OldAddress(path=path, **target))
    OldAddress.objects.bulk_create(new)
    return len(new)


@transaction.atomic
def order_topics() -> None:
    """The posts of each topic by their place in the series where it is said, then by date."""
    for topic in Topic.objects.filter(posts__origin__gt="").distinct():
        rows = topic.posts.only("id", "topic_order", "front_matter", "published_at", "topic_id")
        ordered = sorted(rows, key=lambda post: (place_in_series(post.front_matter), post.published_at, post.pk))
        for n, post in enumerate(ordered, 1):
            if post.topic_order != n:
                Post.objects.filter(pk=post.pk).update(topic_order=n)
                purge_pages()


def place_in_series(front_matter: dict) -> float:
    said = front_matter.get("series_order", front_matter.get("series_weight"))
    return said if isinstance(said, (int, float)) and not isinstance(said, bool) else float("inf")
