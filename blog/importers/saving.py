"""Save a document and its comments in one transaction."""

from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from blog.cache_purging import purge_pages
from blog.importers.comments.saving import add_comments
from blog.importers.documents import Document, Reply, digest
from blog.importers.errors import NotImported
from blog.importers.report import Report
from blog.posts.models import Page, Post, Redirect, Tag, Topic
from blog.posts.slugs import MAX_PATH, free_slug
from frodo import display_names


@dataclass
class ImportContext:
    """Who the authors are, and what the import has found or created already."""

    author: User
    """Of posts whose author is not found."""
    authors: dict[str, str] = field(default_factory=dict)
    """User names here, by login, name or e-mail address on the old site."""
    taxonomies: dict[tuple[type[Tag] | type[Topic], str], Any] = field(default_factory=dict)
    """Tags and topics by normalized name."""
    users: dict[str, User] = field(default_factory=dict)
    """Staff by user name, name and e-mail address; no reader becomes an author by a name."""
    mapped: dict[str, User] = field(default_factory=dict)
    staff_emails: dict[str, User] = field(default_factory=dict)
    claimed: set[str] = field(default_factory=set)
    """Old paths to which this import has given a redirect, case-folded."""

    def __post_init__(self) -> None:
        staff = list(User.objects.filter(is_staff=True).order_by("-pk"))
        self.staff_emails = {user.email.lower(): user for user in staff if user.email}
        for key in ("email", "name", "username"):
            self.users |= {getattr(user, key).casefold(): user for user in staff if getattr(user, key)}
        named = {user.username: user for user in User.objects.filter(username__in=self.authors.values())}
        self.mapped = {old.casefold(): named[name] for old, name in self.authors.items()}
        self.users |= self.mapped

    def user_named(self, names: list[str]) -> User | None:
        return next((self.users[name.casefold()] for name in names if name.casefold() in self.users), None)

    def commenter(self, reply: Reply) -> User | None:
        """Whom the export calls an author, or who has an author's e-mail address; a guest's name alone is nobody's."""
        email = reply.email.strip()
        mapped = (self.mapped.get(key.casefold()) for key in (reply.user, email, reply.name) if key)
        return next(filter(None, mapped), None) or self.user_named([reply.user]) or self.staff_emails.get(email.lower())

    def taxonomy(self, model: type[Tag] | type[Topic], name: str) -> Any:
        """The tag or topic of that name, however it is spelled; None for a name without letters."""
        key = model, display_names.key(name)
        if not key[1]:
            return None
        if key not in self.taxonomies:
            self.taxonomies[key] = model.objects.get_or_make(name)
        return self.taxonomies[key]


def save(
    document: Document,
    row: Post | Page | None,
    context: ImportContext,
    report: Report,
    *,
    images: dict[str, str],
    dry_run: bool = False,
) -> None:
    """Create or update the row and add its comments. A dry run does the same and undoes it, so its numbers are exact.

    `images` are the names in media of those that were downloaded for it, by URL. Raises NotImported where the post was
    edited here.
    """
    is_new, is_unchanged = row is None, row is not None and row.imported.get("source") == document.digest()
    is_committed = False
    try:
        with transaction.atomic():
            if not is_unchanged:
                # A dry run copies no images, and a cover's file is asked for its size.
                saved = replace(document, cover="") if dry_run else document
                row, n_redirects = save_row(saved, row, context, images)
                report.redirects += n_redirects
            if document.comments and isinstance(row, Post):
                add_comments(row, document.comments, report.comments, context.commenter)
            if dry_run:
                transaction.set_rollback(True)
        is_committed = not dry_run
    finally:
        if not is_committed:
            context.taxonomies.clear()  # some may have been created in this transaction
    if document.comments and document.is_page:
        report.comments.left_out["page"] += len(document.comments)
        report.comments.found += len(document.comments)
    report.unchanged += is_unchanged
    report.created += is_new
    report.updated += not is_new and not is_unchanged
    report.pages += document.is_page
    report.posts += not document.is_page
    report.drafts += document.is_draft
    if not document.is_page and not document.is_draft and document.moment:
        report.scheduled += document.moment > timezone.now()


def save_row(
    document: Document, row: Post | Page | None, context: ImportContext, images: dict[str, str]
) -> tuple[Post | Page, int]:
    """The row, and how many redirects are new."""
    if row is None:
        row = Page() if document.is_page else Post()
    elif is_edited(row):
        raise NotImported(
            _(
                "The file has changed, but the post was edited here since it was imported; neither is overwritten. "
                "Copy the change over by hand, or delete the post and import again."
            )
        )
    fill(row, document, context)
    row.save()
    if isinstance(row, Post):
        row.tags.set(filter(None, [context.taxonomy(Tag, name) for name in document.tags]))
    # As the database gives them back: it may keep less of a time than Python does.
    imported: dict[str, Any] = {"source": document.digest(), "row": row_digest(type(row).objects.get(pk=row.pk))}
    if images:
        imported["images"] = images
    times = {"created_at": document.moment, "updated_at": document.updated}
    type(row).objects.filter(pk=row.pk).update(imported=imported, **times)
    return row, add_redirects(row, document, context.claimed)


def fill(row: Post | Page, document: Document, context: ImportContext) -> None:
    for name in ("title", "text", "language", "front_matter", "canonical_url", "seo_title", "seo_description"):
        setattr(row, name, getattr(document, name))
    row.origin, row.slug = document.key, document.slug
    if type(row).objects.filter(slug=row.slug).exclude(pk=row.pk).exists():
        row.slug = free_slug(type(row), row.slug)
    if isinstance(row, Page):
        row.is_published, row.in_menu = not document.is_draft, document.in_menu
        return
    for name in ("summary", "pinned", "comments_open", "cover", "cover_link", "password"):
        setattr(row, name, getattr(document, name))
    row.author = context.user_named(document.author_names) or context.author
    row.topic = context.taxonomy(Topic, document.series)
    row.published_at = None if document.is_draft and document.is_undated else document.moment
    row.visibility = document.visibility or Post.Visibility.PUBLIC
    row.status = Post.Status.DRAFT if document.is_draft else Post.Status.PUBLISHED


def is_edited(row: Post | Page) -> bool:
    return bool(row.imported) and row.imported.get("row") != row_digest(row)


def row_digest(row: Post | Page) -> str:
    """Of what an author may change here."""
    names = ["title", "slug", "text", "language", "canonical_url", "seo_title", "seo_description"]
    if isinstance(row, Post):
        names += ["summary", "pinned", "comments_open", "cover_link", "author_id", "published_at"]
        names += ["visibility", "password", "status"]
        extra = {"cover": row.cover.name or "", "tags": sorted(row.tags.values_list("name", flat=True))}
    else:
        names += ["is_published", "in_menu"]
        extra = {}
    return digest({name: getattr(row, name) for name in names} | extra)


def add_redirects(row: Post | Page, document: Document, claimed: set[str]) -> int:
    """From the old paths that no other redirect has. What is at a URL by itself is found first."""
    here = row.path_of(row.slug)
    wanted = [path for path in document.old_paths if path != here and len(path) <= MAX_PATH]
    taken = {path.casefold() for path in Redirect.objects.filter(path__in=wanted).values_list("path", flat=True)}
    target = {"page": row} if isinstance(row, Page) else {"post": row}
    new: dict[str, Redirect] = {}
    for path in wanted:
        key = path.casefold()
        if key not in taken and key not in claimed:
            new.setdefault(key, Redirect(path=path, **target))
    Redirect.objects.bulk_create(new.values())
    claimed.update(new)
    return len(new)


@transaction.atomic
def order_topics() -> None:
    """The posts of each topic by their place in the series where the file has one, then by date."""
    for topic in Topic.objects.filter(posts__origin__gt="").distinct():
        rows = topic.posts.only("id", "topic_order", "front_matter", "published_at", "created_at", "topic_id")
        ordered = sorted(
            rows, key=lambda post: (place_in_series(post.front_matter), post.published_at or post.created_at, post.pk)
        )
        for n, post in enumerate(ordered, 1):
            if post.topic_order != n:
                Post.objects.filter(pk=post.pk).update(topic_order=n)
                purge_pages()


def place_in_series(front_matter: dict) -> float:
    place = front_matter.get("series_order", front_matter.get("series_weight"))
    return place if isinstance(place, (int, float)) and not isinstance(place, bool) else float("inf")
