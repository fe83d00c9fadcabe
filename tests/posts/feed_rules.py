"""What the W3C's feed validator finds fault with, errors and warnings, as far as a program can say by itself.

From RFC 4287 (Atom), the RSS 2.0 specification with the RSS Advisory Board's best practices, JSON Feed 1.1, and the
validator's documentation (https://validator.w3.org/feed/docs/). Each function returns the faults of one feed.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, fromstring

ATOM = "{http://www.w3.org/2005/Atom}"
XML = "{http://www.w3.org/XML/1998/namespace}"
DC = "{http://purl.org/dc/elements/1.1/}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"

LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", re.IGNORECASE)
MIME = re.compile(r"[^\s/;]+/[^\s/;]+(\s*;.*)?")
EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
RFC_822 = re.compile(r"(\w{3}, )?\d{1,2} \w{3} \d{4} \d\d:\d\d(:\d\d)? (GMT|UT|[+-]\d{4})")
URI_CHARACTERS = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+")
RELS = {"alternate", "enclosure", "hub", "next", "previous", "related", "replies", "self", "via"}
NOT_FOR_FEEDS = {"applet", "base", "embed", "form", "iframe", "link", "meta", "object", "script", "style"}
"""Elements that feed readers remove, of which the validator warns."""

FEED_ELEMENTS = {
    **dict.fromkeys(("id", "title", "updated"), (1, 1)),
    **dict.fromkeys(("generator", "icon", "logo", "rights", "subtitle"), (0, 1)),
    **dict.fromkeys(("author", "category", "contributor", "entry", "link"), (0, None)),
}
ENTRY_ELEMENTS = {
    **dict.fromkeys(("id", "title", "updated"), (1, 1)),
    **dict.fromkeys(("content", "published", "rights", "source", "summary"), (0, 1)),
    **dict.fromkeys(("author", "category", "contributor", "link"), (0, None)),
}
CHANNEL_ELEMENTS = {
    **dict.fromkeys(("title", "link", "description"), (1, 1)),
    **dict.fromkeys(
        "language copyright managingEditor webMaster pubDate lastBuildDate generator docs cloud ttl image".split(),
        (0, 1),
    ),
    **dict.fromkeys(("category", "item", f"{ATOM}link"), (0, None)),
}
ITEM_ELEMENTS = {
    **dict.fromkeys(("title", "link", "guid"), (1, 1)),
    **dict.fromkeys(
        ("description", "author", "comments", "enclosure", "pubDate", "source", f"{CONTENT}encoded"), (0, 1)
    ),
    **dict.fromkeys(("category", f"{DC}creator"), (0, None)),
}
JSON_FEED = {
    *"version title home_page_url feed_url description user_comment next_url icon favicon authors language".split(),
    *("expired", "hubs", "items"),
}
JSON_ITEM = {
    *"id url external_url title content_html content_text summary image banner_image date_published".split(),
    *("date_modified", "authors", "tags", "language", "attachments"),
}


def is_url(text: str | None) -> bool:
    parts = urlsplit(text or "")
    return parts.scheme in ("http", "https") and bool(parts.netloc) and bool(URI_CHARACTERS.fullmatch(text or ""))


def number_of(parent: Element, allowed: dict[str, tuple[int, int | None]], what: str) -> Iterator[str]:
    """Elements that the format does not know, miss, or come too often."""
    found = Counter(child.tag for child in parent)
    yield from (f"{what}: unknown element {tag}" for tag in found if tag not in allowed)
    for tag, (least, most) in allowed.items():
        if found[tag] < least or (most is not None and found[tag] > most):
            yield f"{what}: {found[tag]} of {tag}"


class Markup(HTMLParser):
    """Finds what content of a feed must not have."""

    def __init__(self, what: str) -> None:
        super().__init__()
        self.what, self.faults = what, []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in NOT_FOR_FEEDS:
            self.faults.append(f"{self.what}: <{tag}>")
        for name, value in attrs:
            if name.startswith("on") or name == "style":
                self.faults.append(f"{self.what}: attribute {name}")
            urls = [part.split()[0] for part in re.split(r",\s+", value or "")] if name == "srcset" else [value or ""]
            if name in ("href", "src", "srcset", "poster", "cite"):
                self.faults += [f"{self.what}: relative {name} {url}" for url in urls if not is_absolute(url)]


def is_absolute(url: str) -> bool:
    return bool(urlsplit(url).scheme) or url.startswith("//")


def markup(html: str | None, what: str) -> list[str]:
    reader = Markup(what)
    reader.feed(html or "")
    return reader.faults


def date_3339(text: str | None, what: str) -> Iterator[str]:
    if not RFC_3339.fullmatch(text or ""):
        yield f"{what}: {text!r} is no date of RFC 3339"
    elif datetime.fromisoformat(text) > datetime.now(UTC) + timedelta(days=1):
        yield f"{what}: {text} is to come"


def date_822(text: str | None, what: str) -> Iterator[str]:
    if not RFC_822.fullmatch(text or ""):
        yield f"{what}: {text!r} is no date of RFC 822"
    elif parsedate_to_datetime(text) > datetime.now(UTC) + timedelta(days=1):
        yield f"{what}: {text} is to come"


def media_type(response, allowed: set[str]) -> Iterator[str]:
    kind = response["Content-Type"].partition(";")[0]
    if kind not in allowed:
        yield f"media type {kind}"


# Atom


def atom_faults(response, url: str) -> list[str]:
    feed = fromstring(response.content)
    return list(_atom_faults(feed, url, response))


def _atom_faults(feed: Element, url: str, response) -> Iterator[str]:
    yield from media_type(response, {"application/atom+xml", "application/xml", "text/xml"})
    if feed.tag != f"{ATOM}feed":
        yield f"root {feed.tag}"
    yield from number_of(feed, {ATOM + name: number for name, number in FEED_ELEMENTS.items()}, "feed")
    yield from atom_metadata(feed, "feed")
    if [link.get("href") for link in feed.findall(f"{ATOM}link[@rel='self']")] != [url]:
        yield "feed: no rel=self with the URL of the feed"
    entries = feed.findall(f"{ATOM}entry")
    ids = Counter(entry.findtext(f"{ATOM}id") for entry in entries)
    yield from (f"id {found} of {n} entries" for found, n in ids.items() if n > 1)
    for entry in entries:
        what = f"entry {entry.findtext(f'{ATOM}id')}"
        yield from number_of(entry, {ATOM + name: number for name, number in ENTRY_ELEMENTS.items()}, what)
        yield from atom_metadata(entry, what)
        if entry.find(f"{ATOM}author") is None and feed.find(f"{ATOM}author") is None:
            yield f"{what}: no author"
        if entry.find(f"{ATOM}content") is None and entry.find(f"{ATOM}link[@rel='alternate']") is None:
            yield f"{what}: neither content nor a link to it"


def atom_metadata(element: Element, what: str) -> Iterator[str]:
    """What feeds and entries share."""
    if not is_url(element.findtext(f"{ATOM}id")):
        yield f"{what}: id is no URI"
    for name in ("updated", "published"):
        for date in element.findall(ATOM + name):
            yield from date_3339(date.text, f"{what} {name}")
    for name in ("title", "subtitle", "summary", "content", "rights"):
        for text in element.findall(ATOM + name):
            kind = text.get("type", "text")
            if kind not in ("text", "html"):
                yield f"{what}: {name} of type {kind}"
            if name == "title" and not (text.text or "").strip():
                yield f"{what}: empty title"
            if kind == "html":
                yield from markup(text.text, f"{what} {name}")
    for child in element.iter():
        language = child.get(f"{XML}lang")
        if language is not None and not LANGUAGE.fullmatch(language):
            yield f"{what}: language {language!r}"
    seen = Counter()
    for link in element.findall(f"{ATOM}link"):
        rel = link.get("rel", "alternate")
        if rel not in RELS and not is_url(rel):
            yield f"{what}: link of relation {rel}"
        if not is_url(link.get("href")):
            yield f"{what}: link to {link.get('href')}"
        if link.get("type") and not MIME.fullmatch(link.get("type")):
            yield f"{what}: link of type {link.get('type')}"
        if link.get("length") is not None and not link.get("length").isdecimal():
            yield f"{what}: link of length {link.get('length')}"
        if rel == "alternate":
            seen[link.get("type"), link.get("hreflang")] += 1
    yield from (f"{what}: {n} alternate links of {kind}" for kind, n in seen.items() if n > 1)
    for person in (*element.findall(f"{ATOM}author"), *element.findall(f"{ATOM}contributor")):
        if not (person.findtext(f"{ATOM}name") or "").strip():
            yield f"{what}: a person without a name"
        if person.find(f"{ATOM}uri") is not None and not is_url(person.findtext(f"{ATOM}uri")):
            yield f"{what}: a person at {person.findtext(f'{ATOM}uri')}"
        if person.find(f"{ATOM}email") is not None and not EMAIL.fullmatch(person.findtext(f"{ATOM}email") or ""):
            yield f"{what}: a person with the e-mail address {person.findtext(f'{ATOM}email')}"
    if not all(category.get("term") for category in element.findall(f"{ATOM}category")):
        yield f"{what}: category without a term"


# RSS


def rss_faults(response, url: str) -> list[str]:
    return list(_rss_faults(fromstring(response.content), url, response))


def _rss_faults(rss: Element, url: str, response) -> Iterator[str]:
    yield from media_type(response, {"application/rss+xml", "application/xml", "text/xml"})
    if (rss.tag, rss.get("version"), [child.tag for child in rss]) != ("rss", "2.0", ["channel"]):
        yield "root"
    channel = rss.find("channel")
    yield from number_of(channel, CHANNEL_ELEMENTS, "channel")
    if not (channel.findtext("title") or "").strip() or not is_url(channel.findtext("link")):
        yield "channel: title or link"
    if not LANGUAGE.fullmatch(channel.findtext("language", "en")):
        yield f"channel: language {channel.findtext('language')!r}"
    if [link.get("href") for link in channel.findall(f"{ATOM}link[@rel='self']")] != [url]:
        yield "channel: no rel=self with the URL of the feed"
    for name in ("pubDate", "lastBuildDate"):
        for date in channel.findall(name):
            yield from date_822(date.text, f"channel {name}")
    items = channel.findall("item")
    guids = Counter(item.findtext("guid") for item in items)
    yield from (f"guid {found} of {n} items" for found, n in guids.items() if n > 1)
    for item in items:
        yield from rss_item_faults(item)


def rss_item_faults(item: Element) -> Iterator[str]:
    what = f"item {item.findtext('guid')}"
    yield from number_of(item, ITEM_ELEMENTS, what)
    if not is_url(item.findtext("link")):
        yield f"{what}: link {item.findtext('link')}"
    if not (item.findtext("title") or "").strip():
        yield f"{what}: empty title"
    guid = item.find("guid")
    if guid is not None:
        if guid.get("isPermaLink", "true") not in ("true", "false"):
            yield f"{what}: isPermaLink"
        if guid.get("isPermaLink", "true") == "true" and not is_url(guid.text):
            yield f"{what}: a permalink that is no URL"
    for date in item.findall("pubDate"):
        yield from date_822(date.text, f"{what} pubDate")
    if item.find("author") is not None and not EMAIL.search(item.findtext("author") or ""):
        yield f"{what}: author without an e-mail address"
    if item.find("author") is not None and item.find(f"{DC}creator") is not None:
        yield f"{what}: author and dc:creator"
    for creator in item.findall(f"{DC}creator"):
        if not (creator.text or "").strip():
            yield f"{what}: empty dc:creator"
    for enclosure in item.findall("enclosure"):
        length = enclosure.get("length", "")
        if not is_url(enclosure.get("url")) or not MIME.fullmatch(enclosure.get("type", "")):
            yield f"{what}: enclosure {enclosure.attrib}"
        if not length.isdecimal() or int(length) < 1:
            yield f"{what}: enclosure of length {length}"
    for name in ("description", f"{CONTENT}encoded"):
        for text in item.findall(name):
            yield from markup(text.text, f"{what} {name}")


# JSON Feed


def json_feed_faults(response, url: str) -> list[str]:
    return list(_json_feed_faults(json.loads(response.content), url, response))


def _json_feed_faults(feed: dict, url: str, response) -> Iterator[str]:
    yield from media_type(response, {"application/feed+json", "application/json"})
    yield from (f"feed: unknown {name}" for name in feed if name not in JSON_FEED and not name.startswith("_"))
    if feed.get("version") != "https://jsonfeed.org/version/1.1" or not feed.get("title"):
        yield "feed: version or title"
    if feed.get("feed_url") != url or not is_url(feed.get("home_page_url")):
        yield f"feed: {feed.get('feed_url')}, {feed.get('home_page_url')}"
    if not LANGUAGE.fullmatch(feed.get("language", "en")):
        yield f"feed: language {feed['language']}"
    for hub in feed.get("hubs", ()):
        if not hub.get("type") or not is_url(hub.get("url")):
            yield f"feed: hub {hub}"
    ids = Counter(item.get("id") for item in feed["items"])
    yield from (f"id {found} of {n} items" for found, n in ids.items() if n > 1)
    for item in feed["items"]:
        yield from json_item_faults(item)


def json_item_faults(item: dict) -> Iterator[str]:
    what = f"item {item.get('id')}"
    yield from (f"{what}: unknown {name}" for name in item if name not in JSON_ITEM and not name.startswith("_"))
    if not isinstance(item.get("id"), str) or not item["id"]:
        yield f"{what}: id"
    if not isinstance(item.get("content_html", item.get("content_text")), str):
        yield f"{what}: no content"
    yield from markup(item.get("content_html"), f"{what} content_html")
    for name in ("url", "external_url", "image", "banner_image"):
        if name in item and not is_url(item[name]):
            yield f"{what}: {name} {item[name]}"
    for name in ("date_published", "date_modified"):
        if name in item:
            yield from date_3339(item[name], f"{what} {name}")
    if any(not {"name", "url", "avatar"} & author.keys() for author in item.get("authors", ())):
        yield f"{what}: authors {item['authors']}"
    if not all(isinstance(tag, str) and tag for tag in item.get("tags", ())):
        yield f"{what}: tags {item['tags']}"
    if not LANGUAGE.fullmatch(item.get("language", "en")):
        yield f"{what}: language {item['language']}"
    for attachment in item.get("attachments", ()):
        if not is_url(attachment.get("url")) or not MIME.fullmatch(attachment.get("mime_type", "")):
            yield f"{what}: attachment {attachment}"
