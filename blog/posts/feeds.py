"""Atom, RSS and JSON Feed, of the whole blog, a tag or a topic."""

from typing import NamedTuple

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest, JsonResponse
from django.shortcuts import aget_object_or_404, get_object_or_404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed
from django.utils.html import escape

from blog.absolute import absolute_html
from blog.context import site_root
from blog.posts.models import Post, Tag, Topic
from blog.posts.querysets import PostQuerySet
from blog.posts.shown import FEED
from frodo.page_cache import shared

SHELVES = {"tag": Tag, "topic": Topic}


class Channel(NamedTuple):
    """What one feed is about: everything, or a tag or topic; and the site's own address."""

    root: str
    feed_url: str
    shelf: Tag | Topic | None = None

    @property
    def title(self) -> str:
        return f"{self.shelf} · {settings.SITE_NAME}" if self.shelf else settings.SITE_NAME

    @property
    def description(self) -> str:
        return self.shelf.description if self.shelf else settings.SITE_DESCRIPTION

    @property
    def link(self) -> str:
        return self.root + (self.shelf.url if self.shelf else reverse("home"))

    def posts(self) -> PostQuerySet:
        posts = Post.objects.published()
        if isinstance(self.shelf, Tag):
            posts = posts.tagged(self.shelf.slug)
        elif isinstance(self.shelf, Topic):
            posts = posts.filter(topic=self.shelf)
        return posts.newest().for_feed()[: settings.POSTS_PER_FEED]


def stable_id(pk: int, root: str) -> str:
    """An address that stays when the slug changes, so that no feed reader shows a post twice."""
    return root + reverse("post", args=[pk])


class AtomWithText(Atom1Feed):
    def add_item_elements(self, handler, item) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["content"], {"type": "html", "xml:lang": item["language"]})


class RssWithText(Rss201rev2Feed):
    def rss_attributes(self) -> dict:
        return {**super().rss_attributes(), "xmlns:content": "http://purl.org/rss/1.0/modules/content/"}

    def add_item_elements(self, handler, item) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content:encoded", item["content"])


class PostFeed(Feed):
    """Django's Feed is one object for all requests; what belongs to one request travels in the Channel."""

    language = settings.LANGUAGE_CODE

    def get_object(self, request: HttpRequest, shelf: str = "", slug: str = "") -> Channel:
        root = site_root(request)
        found = get_object_or_404(SHELVES[shelf], slug=slug) if shelf else None
        return Channel(root, root + request.path, found)

    def title(self, channel: Channel) -> str:
        return channel.title

    def description(self, channel: Channel) -> str:
        return channel.description

    subtitle = description

    def link(self, channel: Channel) -> str:
        return channel.link

    def feed_url(self, channel: Channel) -> str:
        return channel.feed_url

    def items(self, channel: Channel) -> list[Post]:
        posts = list(channel.posts())
        for post in posts:
            post.root = channel.root
        return posts

    def item_title(self, post: Post) -> str:
        return post.title

    def item_description(self, post: Post) -> str:
        return escape(post.description)  # readers take it for HTML

    def item_link(self, post: Post) -> str:
        return post.root + post.url

    item_guid_is_permalink = False

    def item_guid(self, post: Post) -> str:
        return stable_id(post.pk, post.root)

    def item_author_name(self, post: Post) -> str:
        return post.author.name

    def item_pubdate(self, post: Post):
        return post.published_at

    def item_updateddate(self, post: Post):
        return post.updated_at

    def item_categories(self, post: Post) -> list[str]:
        return [tag.name for tag in post.tags.all()]

    def item_extra_kwargs(self, post: Post) -> dict:
        return {"content": absolute_html(post.html, post.root, post.url), "language": post.language}


class Rss(PostFeed):
    feed_type: type[SyndicationFeed] = RssWithText


class Atom(PostFeed):
    feed_type: type[SyndicationFeed] = AtomWithText


@shared()
async def json_feed(request: HttpRequest, shelf: str = "", slug: str = "") -> JsonResponse:
    """JSON Feed 1.1, https://www.jsonfeed.org/version/1.1/."""
    root = site_root(request)
    found = await aget_object_or_404(SHELVES[shelf], slug=slug) if shelf else None
    channel = Channel(root, root + request.path, found)
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "description": channel.description,
        "home_page_url": channel.link,
        "feed_url": channel.feed_url,
        "language": settings.LANGUAGE_CODE,
        "items": [json_item(post, root) for post in await Post.to_dicts(channel.posts(), FEED)],
    }
    return JsonResponse(feed, content_type="application/feed+json", json_dumps_params={"ensure_ascii": False})


def json_item(post: dict, root: str) -> dict:
    url = root + post["url"]
    item = {
        "id": stable_id(post["id"], root),
        "url": url,
        "title": post["title"],
        "summary": post["description"],
        "content_html": absolute_html(post["html"], root, post["url"]),
        "date_published": post["published_at"],
        "date_modified": post["updated_at"],
        "authors": [{"name": post["author"]["name"]}],
        "tags": [tag["name"] for tag in post["tags"]],
        "language": post["language"],
    }
    if post["cover_url"]:
        item["image"] = post["cover_url"] if "://" in post["cover_url"] else root + post["cover_url"]
    return item
