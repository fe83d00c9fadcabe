"""Posts and pages with their comments, as exports to other programs need them, in batches."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import unquote

from django.db.models import QuerySet

from blog.models import Comment, LiveEntry, Page, Post
from blog.posts.models.live_entry import entries_as_markdown, entries_of, html_with_entries
from blog.posts.querysets import UNPUBLISHED

BATCH = 100
MAX_NAME = 150
"""Bytes of a file name's slug; file systems take 255 with what is added to it."""


@dataclass
class Document:
    row: Post | Page
    tags: list[str] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)
    """Paths of old URLs that redirect to it."""
    comments: list[Comment] = field(default_factory=list)
    """Oldest first."""
    entries: list[LiveEntry] = field(default_factory=list)
    """Of a live post, the oldest first."""

    @property
    def text(self) -> str:
        """Markdown."""
        return self.row.text + entries_as_markdown(self.entries)

    @property
    def html(self) -> str:
        return html_with_entries(self.row, self.entries) if isinstance(self.row, Post) else self.row.html

    @property
    def is_post(self) -> bool:
        return isinstance(self.row, Post)

    @property
    def is_draft(self) -> bool:
        return self.row.status in UNPUBLISHED if isinstance(self.row, Post) else not self.row.is_published

    @property
    def is_hidden(self) -> bool:
        """Whether a site generator, which knows public posts only, must take it for a draft."""
        return self.is_draft or self.visibility != Post.Visibility.PUBLIC

    @property
    def visibility(self) -> str:
        return self.row.visibility if isinstance(self.row, Post) else Post.Visibility.PUBLIC

    @property
    def date(self) -> datetime:
        """When it was published, or else written."""
        moment = self.row.published_at if isinstance(self.row, Post) else None
        return (moment or self.row.created_at).astimezone(UTC)

    @property
    def path(self) -> str:
        """Of its URL, not percent-encoded."""
        return unquote(self.row.url)

    @property
    def file_name(self) -> str:
        """Its slug, cut and numbered where file systems could not take it."""
        slug = self.row.slug
        encoded = slug.encode()
        return slug if len(encoded) <= MAX_NAME else f"{encoded[:MAX_NAME].decode(errors='ignore')}-{self.row.pk}"

    def comment_data(self) -> list[dict]:
        """For the themes of static sites, and for an import (docs/exporting.md)."""
        return [
            {
                "id": comment.pk,
                "parent": comment.parent_id,
                "name": comment.name,
                "date": comment.created_at.astimezone(UTC).isoformat(),
                "text": comment.text,
                "html": comment.html,
            }
            | ({"user": comment.user.username} if comment.user and comment.user.is_staff else {})
            | ({"edited": comment.edited_at.astimezone(UTC).isoformat()} if comment.edited_at else {})
            | ({"pinned": True} if comment.pinned else {})
            for comment in self.comments
        ]


def documents(*, all_comments: bool = False) -> Iterator[Document]:
    """All posts and pages, drafts too; no activities. With visible comments, or with pending and removed ones, too."""
    rows = Post.objects.select_related("author", "topic").prefetch_related("tags", "redirects")
    yield from posts(rows, all_comments=all_comments)
    for batch in batches(Page.objects.prefetch_related("redirects")):
        for page in batch:
            yield Document(page, aliases=old_paths(page))


def old_paths(row: Post | Page) -> list[str]:
    """Without wildcards, for which the generators have no field."""
    return sorted(redirect.path for redirect in row.redirects.all() if not redirect.path.endswith("*"))


def posts(rows: QuerySet, *, all_comments: bool = False) -> Iterator[Document]:
    for batch in batches(rows):
        threads = defaultdict(list)
        comments = Comment.objects.filter(post__in=batch)
        if not all_comments:
            comments = comments.filter(state=Comment.State.VISIBLE)
        for comment in comments.select_related("user").order_by("created_at", "pk"):
            threads[comment.post_id].append(comment)
        entries = entries_of(batch)
        for post in batch:
            yield Document(
                post,
                tags=sorted(tag.name for tag in post.tags.all()),
                aliases=old_paths(post),
                comments=threads[post.pk],
                entries=entries.get(post.pk, []),
            )


def batches(rows: QuerySet) -> Iterator[list]:
    last = 0
    while batch := list(rows.order_by("pk").filter(pk__gt=last)[:BATCH]):
        last = batch[-1].pk
        yield batch
