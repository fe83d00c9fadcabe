"""Feeds of activities. The blog's own feed does not contain them."""

from collections.abc import Iterator
from datetime import datetime

from asgiref.sync import sync_to_async
from django.http import HttpRequest, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.feedgenerator import Enclosure, SyndicationFeed
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import override

from blog.activities.models import Activity
from blog.activities.querysets import FEED, ActivityQuerySet
from blog.posts.feeds import AtomWithText, Channel, RssWithText, SiteFeed
from frodo.page_cache import shared
from frodo.site_frame import site_root
from frodo.site_settings import site
from frodo.site_urls import absolute, absolute_html
from frodo.text import clean_values


def newest() -> ActivityQuerySet:
    return Activity.objects.published().newest().for_list()[: site.POSTS_PER_FEED]


def title() -> str:
    return _("Activities on %(SITE_NAME)s") % {"SITE_NAME": site.SITE_NAME}


def content(activity: dict, root: str) -> str:
    """Text, photos and links as HTML with absolute URLs."""
    html = render_to_string("activities/_feed.html", {"activity": activity})
    return absolute_html(html, root + activity["url"])


def attached(activity: dict, root: str) -> Iterator[dict]:
    for photo in activity["photos"]:
        url = absolute(photo["url"], root)
        yield {"url": url, "type": f"image/{photo['kind']}", "size": str(photo["n_bytes"])}


class ActivityFeed(SiteFeed):
    def get_object(self, request: HttpRequest) -> Channel:
        root = site_root(request)
        return Channel(root, root + request.path)

    def title(self, channel: Channel) -> str:
        return title()

    def link(self, channel: Channel) -> str:
        return channel.root + reverse("activities")

    def description(self, channel: Channel) -> str:
        return channel.description

    subtitle = description

    def feed_url(self, channel: Channel) -> str:
        return channel.feed_url

    def items(self, channel: Channel) -> list[dict]:
        found = Activity.to_dicts_sync(newest(), FEED, "photos", native=True)
        return [{**activity, "root": channel.root} for activity in found]

    def item_title(self, activity: dict) -> str:
        return activity["title"]

    def item_description(self, activity: dict) -> str:
        return escape(activity["description"])  # readers take it for HTML

    def item_link(self, activity: dict) -> str:
        return activity["root"] + activity["url"]

    def item_author_name(self, activity: dict) -> str:
        return activity["author"]["name"]

    def item_pubdate(self, activity: dict) -> datetime:
        return activity["published_at"]

    def item_updateddate(self, activity: dict) -> datetime:
        return activity["updated_at"]

    def item_enclosures(self, activity: dict) -> list[Enclosure]:
        return [Enclosure(photo["url"], photo["size"], photo["type"]) for photo in attached(activity, activity["root"])]

    def item_extra_kwargs(self, activity: dict) -> dict:
        return {"content": content(activity, activity["root"]), "language": activity["language"]}


class Rss(ActivityFeed):
    feed_type: type[SyndicationFeed] = RssWithText

    def item_enclosures(self, activity: dict) -> list[Enclosure]:
        """RSS allows one enclosure."""
        return super().item_enclosures(activity)[:1]


class Atom(ActivityFeed):
    feed_type: type[SyndicationFeed] = AtomWithText


@shared()
async def json_feed(request: HttpRequest) -> JsonResponse:
    """JSON Feed 1.1; items have no title: https://www.jsonfeed.org/version/1.1/."""
    root = site_root(request)
    activities = await Activity.to_dicts(newest(), FEED, "photos")
    with override(site.LANGUAGE_CODE):
        feed_title = title()
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed_title,
        "home_page_url": root + reverse("activities"),
        "feed_url": root + request.path,
        "language": site.LANGUAGE_CODE,
        "items": await sync_to_async(lambda: [json_item(activity, root) for activity in activities])(),
    }
    return JsonResponse(
        clean_values(feed), content_type="application/feed+json", json_dumps_params={"ensure_ascii": False}
    )


def json_item(activity: dict, root: str) -> dict:
    url = root + activity["url"]
    item = {
        "id": url,
        "url": url,
        "content_html": content(activity, root),
        "date_published": activity["published_at"],
        "date_modified": activity["updated_at"],
        "authors": [{"name": activity["author"]["name"]}],
        "language": activity["language"],
    }
    if activity["links"]:
        item["external_url"] = activity["links"][0]["url"]
    if photos := list(attached(activity, root)):
        item["image"] = photos[0]["url"]
        item["attachments"] = [
            {"url": photo["url"], "mime_type": photo["type"], "size_in_bytes": int(photo["size"])} for photo in photos
        ]
    return item
