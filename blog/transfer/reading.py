"""A file becomes an Entry: its fields understood, its text in our Markdown, its pictures in media."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from django.conf import settings
from django.utils import timezone

from blog.posts.slugs import slug_for
from blog.transfer import addresses, covers, dates, fields, files, front_matter, guesses
from blog.transfer.encodings import clean, decode
from blog.transfer.entry import Entry
from blog.transfer.front_matter import FrontMatter
from blog.transfer.markup.shelter import Shelter
from blog.transfer.pictures import Album, Frame
from blog.transfer.refusals import NothingInIt
from blog.transfer.sources.plain import Facts, Links, Place, Plain

LONGEST_TITLE = 200
LONGEST_TEXT_COLUMN = 4_000_000
MORE = re.compile(r"<!--+\s*more\s*--+>", re.IGNORECASE)

DATE = ("date", "publishdate", "pubdate", "published_at", "created", "created_at", "created_time")
UPDATED = ("updated", "lastmod", "last_modified_at", "modified", "updated_at", "date_updated", "update_date")
SUMMARY = ("description", "excerpt", "summary", "subtitle_seo")
COMMENTS = ("comments", "comment", "comments_open")
NO_COMMENTS = ("disablecomments", "disable_comments", "hidecomments")
PINNED = ("sticky", "pinned", "pin", "top", "istop")

UNDERSTOOD = {
    "title", "date", "slug", "tags", "tag", "draft", "published", "description", "comments", "summary",
    "updated", "lastmod", "last_modified_at", "lang", "language", "sticky", "pinned", "pin",
}  # fmt: skip
"""Fields that a post's own columns say again; all others are kept as they are."""


@dataclass
class Written:
    """A file as far as it is read before the others are known."""

    path: Path
    relative: PurePosixPath
    source: Plain
    encoding: str = "utf-8"
    front_matter: FrontMatter = field(default_factory=FrontMatter)
    place: Place | None = None
    title: str = ""
    body: str = ""
    moment: datetime | None = None
    """The date it says of itself."""

    @property
    def origin(self) -> str:
        return f"{self.source.site.format}:{files.name_of(self.path, self.source.site.base)}"[-500:]


def read(path: Path, source: Plain) -> Written:
    """Open, decode, part fields from text, and settle title and date; raises NotImported."""
    site = source.site
    text, encoding = decode(files.read(path, site.boundary))
    relative = PurePosixPath(files.name_of(path, site.base))
    written = Written(path, relative, source, encoding, front_matter.split(text))
    if not text.strip():
        raise NothingInIt
    written.place = source.place(relative, written.front_matter)
    data = written.front_matter.data
    written.moment = dates.read(fields.first(data, *DATE), source.zone) or written.place.dated
    written.title, written.body = fields.plain(data.get("title")), written.front_matter.body
    if not written.title:
        written.title, written.body = guesses.title_of(written.body)
    written.title = " ".join(clean(written.title).split()) or guesses.title_from_name(written.place.name) or "…"
    return written


def slug_of(written: Written) -> str:
    """What its address shall be: said, or from the file name, or from the title."""
    data = written.front_matter.data
    return written.source.said_slug(data) or slug_for(clean(written.place.name)) or slug_for(written.title)


def entry_of(written: Written, slug: str, links: Links, album: Album, left: Counter) -> Entry:
    data, place, source = written.front_matter.data, written.place, written.source
    frame = Frame(album, source.picture_folders(written.relative), source.root_folders(), source.url_prefix())
    text = frame.rehang(source.to_markdown(written.body, data, links, left))
    text = our_more(text).strip("\n")
    moment = written.moment or file_time(written.path)
    updated = dates.read(fields.first(data, *UPDATED), source.zone) or moment
    categories = fields.distinct([*place.folders, *source.categories(data)])
    series = fields.distinct(fields.names(fields.first(data, "series")))
    facts = Facts(
        written.relative,
        written.front_matter,
        place,
        written.moment and written.moment.astimezone(source.zone),
        written.title,
        categories,
    )
    cover, cover_link = covers.cover_of(data, frame)
    return Entry(
        origin=written.origin,
        title=written.title[:LONGEST_TITLE],
        slug=slug,
        text=text[:LONGEST_TEXT_COLUMN],
        language=guesses.language_of(text, fields.first(data, "lang", "language", "locale"), settings.LANGUAGE_CODE),
        moment=moment,
        updated=max(moment, updated),
        is_page=place.is_page,
        is_draft=place.is_draft,
        in_menu=place.in_menu and not place.is_draft,
        summary=clean(fields.plain(fields.first(data, *SUMMARY))),
        pinned=is_pinned(data),
        comments_open=comments_open(data),
        tags=fields.distinct([*source.tags(data), *categories, *series[1:]]),
        series=series[0] if series else "",
        author=author_of(data),
        cover=cover,
        cover_link=cover_link,
        front_matter=kept(data, written, place),
        old_addresses=old_addresses(source, facts),
    )


def old_addresses(source: Plain, facts: Facts) -> list[str]:
    said, prefix = source.said_addresses(facts), source.url_prefix()
    below = [f"{prefix}/{address}" for address in said if prefix and "//" not in address]
    # What is made of file names is not encoded yet: `#` and `%` in it mean themselves.
    own = [quote(address) for address in source.old_addresses(facts)]
    return addresses.normal_all([*said, *below, *own])


def our_more(text: str) -> str:
    """`<!-- more -->` in its one spelling."""
    if not MORE.search(text):
        return text
    shelter = Shelter()
    return shelter.restore(MORE.sub("<!--more-->", shelter.hold_code(text)))


def file_time(path: Path) -> datetime:
    seconds = int(path.stat().st_mtime)
    return min(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds), timezone.now())


def is_pinned(data: dict) -> bool:
    value = fields.first(data, *PINNED)
    if isinstance(value, str) and value.strip("-").isdecimal():
        value = int(value)
    return value > 0 if isinstance(value, (int, float)) else fields.truth(value) is True


def comments_open(data: dict) -> bool:
    said = fields.first(data, *COMMENTS)
    if isinstance(said, dict):
        said = said.get("enable", said.get("enabled"))
    return fields.truth(said) is not False and fields.truth(fields.first(data, *NO_COMMENTS)) is not True


def author_of(data: dict) -> str:
    author = fields.first(data, "author", "authors")
    return next(iter(fields.names(author)), "")


def kept(data: dict, written: Written, place: Place) -> dict:
    """Front matter that no column says again."""
    understood = UNDERSTOOD | written.source.understood
    rest = {key: value for key, value in data.items() if str(key).lower() not in understood}
    if place.is_page:
        rest |= {key: data[key] for key in ("tags", "tag", "description", "date", "comments") if key in data}
    if "date" in data and written.moment is None:
        rest["date"] = data["date"]
    if len(written.title) > LONGEST_TITLE:
        rest["title"] = written.title
    return rest
