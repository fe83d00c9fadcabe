"""A folder of Markdown files, and what all generators have in common with it."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path, PurePosixPath

from django.utils import timezone

from blog.transfer import addresses, dates, fields
from blog.transfer.front_matter import FrontMatter
from blog.transfer.refusals import MadeByItself
from blog.transfer.site import Site

LISTS = {"tags", "categories", "archives", "archive", "category", "tag", "search", "tagcloud", "404"}
PATTERN = re.compile(r"(?:^|[/_-]):\w")
STYLES = {"date", "pretty", "ordinal", "weekdate", "none"}
"""Permalinks that are rules and not addresses."""


@dataclass
class Place:
    """What a file's place and front matter say it is."""

    name: str
    """The part of its path that names it: of `2019/2019-01-02-tea.md`, `tea`."""
    is_page: bool = False
    is_draft: bool = False
    in_menu: bool = False
    dated: datetime | None = None
    """The date in its file name."""
    folders: list[str] = field(default_factory=list)
    """Folders that are categories."""


@dataclass
class Facts:
    """What an old address is made of."""

    relative: PurePosixPath
    front_matter: FrontMatter
    place: Place
    moment: datetime | None
    """Its own date, in the old site's zone; None where the file's time was taken."""
    title: str
    categories: list[str]


@dataclass
class Links:
    """How a text finds itself and the other posts of the same import."""

    title: str
    url: str

    by_path: Callable[[str], str | None]
    """A path or file name to an address."""
    by_name: Callable[[str], tuple[str, str] | None]
    """A file name to an address and a title."""


class Plain:
    """Nothing is known but front matter; every file is a post unless it says it is a page."""

    tags_apart = False
    """Whether a string of tags is a list parted by spaces."""
    understood: frozenset[str] = frozenset()
    """Front matter that becomes a part of the text."""

    def __init__(self, site: Site) -> None:
        self.site, self.config = site, site.config
        self.zone: tzinfo = dates.zone_of(fields.first(site.config, "timezone", "time_zone")) or (
            timezone.get_default_timezone()
        )

    def content(self) -> Path:
        """The folder in which all that is to be imported lies."""
        return self.site.base

    def place(self, relative: PurePosixPath, written: FrontMatter) -> Place:
        dated, name = dates.from_name(self.name_of(relative), self.zone)
        data = written.data
        kind = fields.word(fields.first(data, "layout", "type")).lower()
        if self.is_list(relative, kind) and not written.body.strip():
            raise MadeByItself
        return Place(name, is_page=kind in ("page", "index", "about"), is_draft=self.is_draft(data), dated=dated)

    def name_of(self, relative: PurePosixPath) -> str:
        """`index.md` is called after its folder."""
        bare = self.bare(relative)
        if bare.name.lower() in ("index", "_index", "readme") and len(relative.parts) > 1:
            return bare.parent.name
        return bare.name

    def bare(self, relative: PurePosixPath) -> PurePosixPath:
        """Its path without the ending."""
        return relative.with_name(relative.name.rsplit(".", 1)[0])

    def is_list(self, relative: PurePosixPath, kind: str) -> bool:
        return kind in LISTS or self.name_of(relative).lower() in LISTS

    def is_draft(self, data: dict) -> bool:
        draft = fields.truth(fields.first(data, "draft"))
        published = fields.truth(data.get("published"))
        status = fields.word(fields.first(data, "status")).lower()
        return draft is True or published is False or status in ("draft", "private", "pending")

    def categories(self, data: dict) -> list[str]:
        singular = fields.names(fields.first(data, "category"))
        return singular + fields.names(fields.first(data, "categories"), apart=self.tags_apart)

    def tags(self, data: dict) -> list[str]:
        return fields.names(fields.first(data, "tag")) + fields.names(
            fields.first(data, "tags", "keywords_tags"), apart=self.tags_apart
        )

    def old_addresses(self, facts: Facts) -> list[str]:
        """Where the old site had it, by its own rules."""
        return []

    def said_addresses(self, facts: Facts) -> list[str]:
        """Addresses the front matter names."""
        data = facts.front_matter.data
        said = []
        for key in ("url", "permalink", "aliases", "alias", "redirect_from"):
            value = data.get(key)
            said += [value] if isinstance(value, str) else fields.names(value) if isinstance(value, list) else []
        return [address for address in map(str, said) if address not in STYLES and not PATTERN.search(address)]

    def said_slug(self, data: dict) -> str:
        """The slug that front matter asks for."""
        slug = fields.word(data.get("slug"))
        if slug:
            return addresses.slug_in(slug)
        said = fields.word(data.get("permalink") or data.get("url"))
        return "" if said in STYLES or PATTERN.search(said) else addresses.slug_in(said)

    def picture_folders(self, relative: PurePosixPath) -> list[Path]:
        """Where a relative picture is looked for, in order."""
        return [self.site.base / relative.parent]

    def root_folders(self) -> list[Path]:
        """Where a picture with a path from the site's root is looked for."""
        return [self.site.base]

    def url_prefix(self) -> str:
        """What addresses of the old site began with."""
        return ""

    def to_markdown(self, text: str, data: dict, links: Links, left: Counter) -> str:
        return text
