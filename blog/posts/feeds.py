"""Atom, RSS and JSON feeds of the blog, a tag or a topic."""

from datetime import datetime
from typing import Any, NamedTuple, TextIO, cast
from urllib.parse import unquote

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, Stylesheet, SyndicationFeed
from django.utils.html import escape
from django.utils.translation import override
from django.utils.xmlutils import SimplerXMLGenerator

from accounts.models import User
from blog.posts.counts import find_author
from blog.posts.models import Post, Redirect, Tag, Topic
from blog.posts.models.live_entry import entries_of, html_with_entries
from blog.posts.models.taxonomy import Taxonomy
from blog.posts.querysets import FEED, PostQuerySet
from frodo.page_cache import shared
from frodo.site_frame import site_root
from frodo.site_settings import site
from frodo.site_urls import absolute, absolute_html
from frodo.text import clean_values

TAXONOMIES = {"tag": Tag, "topic": Topic}


def find_subject(kind: str, slug: str) -> Taxonomy | User | None:
    """What a feed is about: a tag or topic with posts, or an author."""
    if kind == "author":
        return find_author(slug)
    return TAXONOMIES[kind].objects.visible().filter(slug=slug).first() if kind else None


class Channel(NamedTuple):
    """What a feed contains: all posts, or those of a tag, topic, author or language; and the site's origin."""

    root: str
    feed_url: str
    taxonomy: Taxonomy | User | None = None
    language: str = ""

    @property
    def title(self) -> str:
        of = self.taxonomy or dict(settings.LANGUAGES).get(self.language)
        return f"{of} · {site.SITE_NAME}" if of else site.SITE_NAME

    @property
    def description(self) -> str:
        if isinstance(self.taxonomy, User):
            return self.taxonomy.bio
        return self.taxonomy.description if self.taxonomy else site.SITE_DESCRIPTION

    @property
    def link(self) -> str:
        if isinstance(self.taxonomy, User):
            return self.root + reverse("author", args=[self.taxonomy.username])
        if self.taxonomy:
            return self.root + self.taxonomy.url
        return self.root + (reverse("language_home", kwargs={"language": self.language}) if self.language else "/")

    @property
    def guid(self) -> str:
        """Stable ID of the feed, which survives a change of the slug."""
        if self.taxonomy is None:
            return self.link
        names = {Tag: "tags", Topic: "topics", User: "home"}
        return f"{self.root}{reverse(names[type(self.taxonomy)])}#{self.taxonomy.pk}"

    @property
    def hub(self) -> str:
        """The WebSub hub that is told of this feed's changes (blog.posts.announcements)."""
        return "" if self.taxonomy or self.language else settings.WEBSUB_HUB

    def posts(self) -> PostQuerySet:
        posts = Post.objects.published().in_language(self.language)
        if isinstance(self.taxonomy, Tag):
            posts = posts.tagged(self.taxonomy)
        elif isinstance(self.taxonomy, Topic):
            posts = posts.filter(topic=self.taxonomy)
        elif isinstance(self.taxonomy, User):
            posts = posts.by_author(self.taxonomy)
        return posts.newest().for_feed()[: site.POSTS_PER_FEED]


def stable_id(pk: int, root: str) -> str:
    """Stable ID of an entry, which survives a change of the slug."""
    return root + reverse("post", args=[pk])


def content_of(html: str, description: str, url: str) -> str:
    """What a feed carries of a post's text: the whole, or its summary."""
    return f"<p>{escape(description)}</p>" if site.FEED_SUMMARIES else absolute_html(html, url)


class SafeFeed(SyndicationFeed):
    """Removes characters that XML cannot carry. Django raises an error for some of them, and writes the others."""

    content_type = "application/xml; charset=utf-8"
    """Browsers show this one with its stylesheet; `application/atom+xml` they download or show as text."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*clean_values(args), **clean_values(kwargs))

    def add_item(self, *args: Any, **kwargs: Any) -> None:
        super().add_item(*clean_values(args), **clean_values(kwargs))


class SafeAtom(SafeFeed, Atom1Feed):
    def write(self, outfile: TextIO, encoding: str) -> None:
        """As Django's, which writes a stylesheet for RSS only."""
        handler = SimplerXMLGenerator(cast(Any, outfile), encoding, short_empty_elements=True)
        handler.startDocument()
        for stylesheet in self.feed["stylesheets"] or []:
            handler.processingInstruction("xml-stylesheet", str(stylesheet))
        handler.startElement("feed", cast(Any, self.root_attributes()))
        self.add_root_elements(handler)
        if hub := self.feed.get("hub"):
            handler.addQuickElement("link", None, {"rel": "hub", "href": hub})
        self.write_items(handler)
        handler.endElement("feed")


class AtomWithText(SafeAtom):
    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["content"], {"type": "html", "xml:lang": item["language"]})


class RssWithText(SafeFeed, Rss201rev2Feed):
    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        super().add_root_elements(handler)
        if hub := self.feed.get("hub"):
            handler.addQuickElement("atom:link", None, {"rel": "hub", "href": hub})

    def rss_attributes(self) -> dict:
        """With the language, by which its stylesheet speaks to who opens it."""
        names = {"xmlns:content": "http://purl.org/rss/1.0/modules/content/", "xml:lang": self.feed["language"]}
        return {**super().rss_attributes(), **names}

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content:encoded", item["content"])


def root_of(post: Post) -> str:
    return post.root  # type: ignore[attr-defined]  # set by PostFeed.items


def posts_of(channel: Channel) -> list[Post]:
    """With the entries of live posts as a part of their text; they are not to be saved."""
    posts = list(channel.posts())
    entries = entries_of(posts)
    for post in posts:
        post.html = html_with_entries(post, entries.get(post.pk, ()))
    return posts


class SiteFeed(Feed):
    """In the site's language, which it names, and not in the reader's: programs fetch it for many."""

    @property
    def language(self) -> str:  # type: ignore[override]  # the admin can change it
        return site.LANGUAGE_CODE

    def get_feed(self, obj: Any, request: HttpRequest) -> SyndicationFeed:
        with override(site.LANGUAGE_CODE):
            return super().get_feed(obj, request)

    def stylesheets(self, obj: Any) -> list[Stylesheet]:
        """For a person who opens a feed in a browser. CSS, because browsers are about to drop XSLT."""
        return [Stylesheet(static("css/feed.css"), mimetype="text/css", media=cast(Any, None))]


class PostFeed(SiteFeed):
    """Django's Feed object serves all requests; what belongs to one request is in the Channel."""

    def get_object(self, request: HttpRequest, taxonomy: str = "", slug: str = "", language: str = "") -> Channel:
        root = site_root(request)
        found = find_subject(taxonomy, slug)
        if taxonomy and found is None:
            raise Http404
        return Channel(root, root + request.path, found, language)

    def get_feed(self, channel: Channel, request: HttpRequest) -> SyndicationFeed:
        feed = super().get_feed(channel, request)
        if channel.language:
            feed.feed["language"] = channel.language
        return feed

    def title(self, channel: Channel) -> str:
        return channel.title

    def description(self, channel: Channel) -> str:
        return channel.description

    subtitle = description

    def feed_extra_kwargs(self, channel: Channel) -> dict:
        return {"hub": channel.hub}

    def link(self, channel: Channel) -> str:
        return channel.link

    def feed_url(self, channel: Channel) -> str:
        return channel.feed_url

    def feed_guid(self, channel: Channel) -> str:
        return channel.guid

    def items(self, channel: Channel) -> list[Post]:
        posts = posts_of(channel)
        for post in posts:
            post.root = channel.root  # type: ignore[attr-defined]  # the feed's other methods are given nothing but the post
        return posts

    def item_title(self, post: Post) -> str:
        return post.title

    def item_description(self, post: Post) -> str:
        return escape(post.description)  # readers take it for HTML

    def item_link(self, post: Post) -> str:
        return root_of(post) + post.url

    item_guid_is_permalink = False

    def item_guid(self, post: Post) -> str:
        return stable_id(post.pk, root_of(post))

    def item_author_name(self, post: Post) -> str:
        return post.author.name

    def item_pubdate(self, post: Post) -> datetime | None:
        return post.published_at

    def item_updateddate(self, post: Post) -> datetime:
        return post.updated_at

    def item_categories(self, post: Post) -> list[str]:
        return [tag.name for tag in post.tags.all()]

    def item_extra_kwargs(self, post: Post) -> dict:
        return {"content": content_of(post.html, post.description, root_of(post) + post.url), "language": post.language}


class Rss(PostFeed):
    feed_type: type[SyndicationFeed] = RssWithText


class Atom(PostFeed):
    feed_type: type[SyndicationFeed] = AtomWithText


@shared()
def usual_url(request: HttpRequest, feed: str, taxonomy: str = "", slug: str = "", language: str = "") -> HttpResponse:
    """Redirect the usual feed URLs of other software; renamed tags and topics are resolved in the same step."""
    names = {"slug": slug, "taxonomy": taxonomy, "language": language}
    url = reverse(feed, kwargs={name: value for name, value in names.items() if value})
    if taxonomy and find_subject(taxonomy, slug) is None:
        moved = Redirect.objects.find(unquote(url))
        if moved is None:
            raise Http404
        url = moved
    return HttpResponsePermanentRedirect(url)


@shared(shows_comments=False)
async def json_feed(request: HttpRequest, taxonomy: str = "", slug: str = "", language: str = "") -> JsonResponse:
    """JSON Feed 1.1, https://www.jsonfeed.org/version/1.1/."""
    root = site_root(request)
    found = await sync_to_async(find_subject)(taxonomy, slug)
    if taxonomy and found is None:
        raise Http404
    channel = Channel(root, root + request.path, found, language)
    posts = await Post.to_dicts(await sync_to_async(posts_of)(channel), FEED)
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "description": channel.description,
        "home_page_url": channel.link,
        "feed_url": channel.feed_url,
        "language": language or site.LANGUAGE_CODE,
        **({"hubs": [{"type": "WebSub", "url": channel.hub}]} if channel.hub else {}),
        "items": await sync_to_async(lambda: [json_item(post, root) for post in posts])(),
    }
    return JsonResponse(
        clean_values(feed), content_type="application/feed+json", json_dumps_params={"ensure_ascii": False}
    )


def json_item(post: dict, root: str) -> dict:
    url = root + post["url"]
    item = {
        "id": stable_id(post["id"], root),
        "url": url,
        "title": post["title"],
        "summary": post["description"],
        "content_html": content_of(post["html"], post["description"], url),
        "date_published": post["published_at"],
        "date_modified": post["updated_at"],
        "authors": [{"name": post["author"]["name"]}],
        "tags": [tag["name"] for tag in post["tags"]],
        "language": post["language"],
    }
    if post["cover_url"]:
        item["image"] = absolute(post["cover_url"], url)
    return item
