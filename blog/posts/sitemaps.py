from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap, views
from django.contrib.sitemaps.views import SitemapIndexItem
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import cached_property

from accounts.models import User
from blog.posts.counts import authors, counts
from blog.posts.models import Page, Post, Tag, Topic
from blog.site.models import BlogrollLink
from frodo.page_cache import shared
from frodo.site_frame import site_root
from frodo.site_settings import site

LLMS_POSTS = 200
MAX_ENTRIES = 10_000
"""Of one file; beyond, `/sitemap.xml` is an index of several. sitemaps.org allows 50,000, but such a file would be
larger than what the page cache keeps."""


class SiteMap(Sitemap):
    """Its template adds images. Origin of URLs: SITE_URL, or the requested host."""

    limit = MAX_ENTRIES

    @cached_property
    def paginator(self) -> Paginator:
        """Paginator that counts once."""
        return Paginator(cast(QuerySet, self.items()), self.limit)

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.SITE_URL).scheme or super().get_protocol(protocol)

    def get_domain(self, site: Any = None) -> str:
        return urlsplit(settings.SITE_URL).netloc or super().get_domain(site)


def published_elsewhere(model: type[Post] | type[Page]) -> QuerySet:
    """Those whose canonical URL is another one: a sitemap lists canonical URLs only. They are few."""
    return model._base_manager.filter(canonical_url__gt="").values("pk")


class ActivityMap(SiteMap):
    kind = Post.Kind.ACTIVITY

    def items(self) -> QuerySet:
        return (
            Post.threads.filter(kind=self.kind)
            .published()
            .newest()
            .only(*("slug", "updated_at", "published_at", "cover", "cover_link"))
        )

    def lastmod(self, post: Post) -> datetime:
        return post.updated_at


class PostMap(ActivityMap):
    kind = Post.Kind.POST

    def items(self) -> QuerySet:
        return super().items().exclude(pk__in=published_elsewhere(Post))

    def get_urls(self, page: int | str = 1, site: Any = None, protocol: str | None = None) -> list[dict[str, Any]]:
        """With the URLs of translations, https://developers.google.com/search/docs/specialty/international."""
        urls = super().get_urls(page, site, protocol)
        root = f"{self.get_protocol(protocol)}://{self.get_domain(site)}"
        groups = groups_of_translations()
        for url in urls:
            group = groups.get(url["item"].pk, ())
            url["alternates"] = [{"location": root + other.url, "lang_code": other.language} for other in group]
        return urls


def groups_of_translations() -> dict[int, list[Post]]:
    """All versions of a text, by the key of each."""
    # Not "is not null", for which SQLite would read all posts.
    translations = Post.threads.published().filter(translation_of__gt=0).order_by()
    versions: dict[int, list[Post]] = defaultdict(list)
    for post in translations.only("slug", "language", "translation_of"):
        if original := post.translation_of_id:
            versions[original].append(post)
    for post in Post.threads.published().filter(pk__in=list(versions)).only("slug", "language"):
        versions[post.pk].append(post)
    groups = (sorted(group, key=lambda post: post.language) for group in versions.values() if len(group) > 1)
    return {post.pk: group for group in groups for post in group}


class AuthorMap(SiteMap):
    def items(self) -> QuerySet:
        return authors().order_by("pk")

    def location(self, user: User) -> str:
        return reverse("author", args=[user.username])


class PageMap(SiteMap):
    def items(self) -> QuerySet:
        pages = Page.objects.published().exclude(pk__in=published_elsewhere(Page))
        return pages.order_by("pk").only("slug", "updated_at")

    def lastmod(self, page: Page) -> datetime:
        return page.updated_at


class TagMap(SiteMap):
    def items(self) -> QuerySet:
        return Tag.objects.filter(pk__in=counts().tags).order_by("pk")


class TopicMap(SiteMap):
    def items(self) -> QuerySet:
        return Topic.objects.filter(pk__in=counts().topics).order_by("pk")


class ListMap(SiteMap):
    """Pages that list others."""

    def items(self) -> list[tuple[str, str]]:
        """Names of URLs, each with the language of the posts or ""."""
        languages = counts().languages
        names = ["home", "activities", "tags", "topics", "archives"]
        names += ["blogroll"] if BlogrollLink.objects.exists() else []
        in_one = [(name, code) for code in languages for name in ("home", "archives")] if len(languages) > 1 else []
        return [*((name, "") for name in names), *in_one]

    def location(self, item: tuple[str, str]) -> str:
        name, language = item
        return reverse(f"language_{name}", kwargs={"language": language}) if language else reverse(name)


sitemaps: dict[str, type[SiteMap]] = {
    "posts": PostMap,
    "activities": ActivityMap,
    "authors": AuthorMap,
    "pages": PageMap,
    "tags": TagMap,
    "topics": TopicMap,
    "lists": ListMap,
}


def sitemap(request: HttpRequest) -> HttpResponse:
    """All URLs in one file, or an index of files beyond MAX_ENTRIES. Sync."""
    sites = {section: section_map() for section, section_map in sitemaps.items()}
    if sum(section_map.paginator.count for section_map in sites.values()) <= MAX_ENTRIES:
        return views.sitemap(request, {**sites})
    root, files = site_root(request), []
    for section, section_map in sites.items():
        paginator = section_map.paginator
        address = root + reverse("sitemap_section", args=[section])
        files += [address if n == 1 else f"{address}?p={n}" for n in paginator.page_range if paginator.count]
    context = {"sitemaps": [SitemapIndexItem(address) for address in files]}
    return TemplateResponse(request, "sitemap_index.xml", context, content_type="application/xml")


def sitemap_section(request: HttpRequest, section: str) -> HttpResponse:
    return views.sitemap(request, {**sitemaps}, section)


@shared()
async def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        *(["Disallow: /admin/"] if settings.ADMIN_PATH == "admin" else []),  # another path is not for all to know
        f"Disallow: {reverse('search')}",
        "Disallow: /api/",
        f"Sitemap: {site_root(request)}{reverse('sitemap')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@shared(shows_comments=False)
async def llms(request: HttpRequest) -> HttpResponse:
    """Pages and the newest posts for language models, https://llmstxt.org/; off unless the site settings allow it."""
    if not site.LLMS_TXT:
        raise Http404
    root = site_root(request)
    pages = [page async for page in Page.objects.published().only("title", "slug", "lead")]
    posts = [post async for post in Post.objects.published().newest().for_list()[:LLMS_POSTS]]
    lines = [f"# {site.SITE_NAME}", *([f"\n> {site.SITE_DESCRIPTION}"] if site.SITE_DESCRIPTION else [])]
    for heading, entries in (("Posts", posts), ("Pages", pages)):
        lines += [f"\n## {heading}\n"] if entries else []
        lines += [
            f"- [{bracketed(entry.title)}]({root}{entry.url}): {' '.join(entry.lead.split())}" for entry in entries
        ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def bracketed(title: str) -> str:
    return " ".join(title.replace("[", "(").replace("]", ")").split())


@shared()
def favicon(request: HttpRequest) -> HttpResponse:
    """The theme's icon at /favicon.ico."""
    found = finders.find("img/favicon.ico")
    if found is None:
        raise Http404
    return HttpResponse(Path(found).read_bytes(), content_type="image/x-icon")
