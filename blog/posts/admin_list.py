"""The list of posts in the admin: cover, status and times of each."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from blog.media import uploads_of
from blog.posts.models import Post
from blog.site.admin import Meaning, chip, thumbnail
from frodo.text import StrOrPromise

MEANINGS: dict[str, Meaning] = {"published": "good", "scheduled": "waiting", "pending": "waiting"}


def status_chip(post: Post) -> SafeString:
    """In the trash, the status that it gets back."""
    status = post.before_trash.get("status", post.status)
    return chip(Post.Status(status).label, MEANINGS.get(status, ""))


class PostListAdmin(admin.ModelAdmin):
    """The columns of the list of posts."""

    list_display = ["headline", "status_chips", "published_at", "author", "language", "n_comments", "n_views"]
    empty_text: StrOrPromise = _("Write your first post. It stays a draft until you publish it.")

    def prepare_list(self, request: HttpRequest, posts: list[Post]) -> None:
        """Finds the thumbnails of all covers at once; a list without covers keeps no place for them."""
        Post.complete(posts)  # the numbers of shared comments
        uploads = uploads_of(str(post.cover.name) for post in posts if post.cover)
        urls = {name: upload.smallest_url for name, upload in uploads.items()}
        for post in posts:
            vars(post)["thumbnail_url"] = urls.get(str(post.cover.name)) or post.cover_url
        has_covers = any(vars(post)["thumbnail_url"] for post in posts)
        for post in posts:
            vars(post)["has_thumbnail"] = has_covers

    @admin.display(description=_("title"), ordering="title")
    def headline(self, post: Post) -> SafeString:
        if not getattr(post, "has_thumbnail", False):
            return format_html("{}", post.title)
        return format_html(
            '<span class="headline">{} <span>{}</span></span>', thumbnail(vars(post)["thumbnail_url"]), post.title
        )

    @admin.display(description=_("status"), ordering="status")
    def status_chips(self, post: Post) -> SafeString:
        chips = [status_chip(post), *([chip(_("Pinned"))] if post.pinned else [])]
        if post.visibility != Post.Visibility.PUBLIC:
            chips.append(chip(post.get_visibility_display()))
        return format_html_join(" ", "{}", ((each,) for each in chips))
