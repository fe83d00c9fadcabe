from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC
from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from blog.media import picture_of
from blog.posts.models.post import Post
from frodo.async_models import AsyncModel
from frodo.markdown import render_fragment


class LiveEntry(AsyncModel):
    """One entry of a live post. Its key is its permanent link: `/post/<slug>/#entry-12`."""

    public: ClassVar[Iterable[str]] = ("id", "html", "author_name", "created_at", "updated_at")
    details: ClassVar[Iterable[str]] = ("text", "plain")
    brief: ClassVar[Iterable[str]] = (*public, "plain")

    post = models.ForeignKey(Post, models.CASCADE, related_name="entries")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    author_name = models.CharField(max_length=150)
    text = models.TextField(_("text"), validators=[MaxLengthValidator(20_000)], help_text=_("Markdown."))
    html = models.TextField(editable=False, default="")
    plain = models.TextField(editable=False, default="")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(null=True, blank=True)
    """When it was edited; null if it never was."""

    class Meta:
        verbose_name = _("live entry")
        verbose_name_plural = _("live entries")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.plain[:60]

    def save(self, **kwargs: Any) -> None:
        self.render()
        super().save(**kwargs)

    def render(self) -> None:
        self.html, self.plain = render_fragment(self.text, pictures=picture_of, language=self.post.language)

    @property
    def anchor(self) -> str:
        return f"entry-{self.pk}"


def entries_of(posts: Iterable[Post]) -> dict[int, list[LiveEntry]]:
    """Entries by post, the oldest first. No query if none of the posts is or was live."""
    keys = [post.pk for post in posts if post.live]
    entries = defaultdict(list)
    for entry in LiveEntry.objects.filter(post__in=keys) if keys else ():
        entries[entry.post_id].append(entry)
    return entries


def html_with_entries(post: Post, entries: Iterable[LiveEntry]) -> str:
    """HTML of a post with its entries, for feeds and exports."""
    return post.html + format_html_join(
        "",
        '\n<h3><a href="{}#{}"><time datetime="{}">{}</time></a></h3>\n{}',
        (
            (post.url, each.anchor, each.created_at.isoformat(), heading(each), mark_safe(each.html))  # noqa: S308 - sanitised
            for each in entries
        ),
    )


def entries_as_markdown(entries: Iterable[LiveEntry]) -> str:
    """Markdown of entries, for exports."""
    return "".join(f"\n\n### {each.created_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC\n\n{each.text}" for each in entries)


def add_plain_entries(posts: Iterable[Post]) -> None:
    """Add the entries to `plain`, for search. The posts must not be saved afterwards."""
    posts = list(posts)
    entries = entries_of(posts)
    for post in posts:
        if post.pk in entries:
            post.plain = "\n".join((post.plain, *(each.plain for each in entries[post.pk])))


def heading(entry: LiveEntry) -> str:
    return date_format(timezone.localtime(entry.created_at), "DATETIME_FORMAT")
