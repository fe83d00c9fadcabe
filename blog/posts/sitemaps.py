from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from blog.posts.models import Page, Post, Tag, Topic


class SiteMap(Sitemap):
    """Under SITE_URL where it is set, else under the address that was asked."""

    def get_protocol(self, protocol=None) -> str:
        return urlsplit(settings.SITE_URL).scheme or super().get_protocol(protocol)

    def get_domain(self, site=None) -> str:
        return urlsplit(settings.SITE_URL).netloc or super().get_domain(site)


class PostMap(SiteMap):
    """Posts, and whatever else has a page as posts have."""

    def items(self):
        found = Post.threads.published().of_any_kind()
        return found.order_by("-published_at", "-id").only("slug", "updated_at")

    def lastmod(self, post: Post):
        return post.updated_at


class PageMap(SiteMap):
    def items(self):
        return Page.objects.published().order_by("pk").only("slug", "updated_at")

    def lastmod(self, page: Page):
        return page.updated_at


class TagMap(SiteMap):
    def items(self):
        return Tag.objects.with_counts().order_by("pk")


class TopicMap(SiteMap):
    def items(self):
        return Topic.objects.with_counts().order_by("pk")


class ListMap(SiteMap):
    """The pages that are lists of the others."""

    def items(self) -> list[str]:
        return ["home", "activities", "tags", "topics", "archives"]

    def location(self, name: str) -> str:
        return reverse(name)


sitemaps = {"posts": PostMap, "pages": PageMap, "tags": TagMap, "topics": TopicMap, "lists": ListMap}
