"""All posts of one import at a glance: their addresses are settled before any text is turned, for texts link."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from django.urls import reverse

from blog.posts.models import Page, Post
from blog.transfer.dates import from_name
from blog.transfer.reading import Written, slug_of
from blog.transfer.sources.plain import Links

CONTENT = {"_posts", "_drafts", "source", "content", "posts", "post", "blog"}
"""Folders that a link may name though only what is in them is imported."""

KINDS = {True: Page, False: Post}


@dataclass
class Known:
    """A row of an earlier import, as far as it takes to know it again."""

    pk: int
    is_page: bool
    slug: str
    title: str
    moment: datetime | None


@dataclass
class Card:
    """One file to be imported."""

    path: Path
    relative: PurePosixPath
    is_page: bool
    title: str
    slug: str
    known: Known | None

    @property
    def url(self) -> str:
        return reverse("page" if self.is_page else "post", args=[self.slug])


@dataclass
class Index:
    cards: list[Card] = field(default_factory=list)
    rows: dict[str, list[Known]] = field(default_factory=lambda: defaultdict(list))
    taken: dict[bool, set[str]] = field(default_factory=dict)
    by_key: dict[str, Card | None] = field(default_factory=dict)
    """Paths and file names; None where two files share one."""

    def __post_init__(self) -> None:
        for is_page, model in KINDS.items():
            self.taken[is_page] = set()
            moment = "created_at" if is_page else "published_at"
            for pk, slug, title, at, origin in model.objects.values_list("pk", "slug", "title", moment, "origin"):
                self.taken[is_page].add(slug)
                if origin:
                    self.rows[origin.partition(":")[2]].append(Known(pk, is_page, slug, title, at))

    def add(self, written: Written) -> None:
        """Settle its address: that of its row, or one that nobody has."""
        is_page = written.place.is_page
        known = self.find(written)
        if known:
            is_page = known.is_page  # a row does not turn from a post into a page under its readers' feet
        wanted = slug_of(written) or KINDS[is_page]._meta.model_name
        if known and re.fullmatch(re.escape(wanted) + r"(?:-\d+)?", known.slug):
            slug = known.slug
        else:
            slug = self.free(wanted, is_page)
        card = Card(written.path, written.relative, is_page, written.title, slug, known)
        self.cards.append(card)
        for key in keys_of(written.source.bare(written.relative)):
            self.by_key[key] = None if key in self.by_key else card

    def find(self, written: Written) -> Known | None:
        """The row this file made. Where two sites have a file of one name, title or date tell them apart."""
        rows = self.rows.get(written.origin.partition(":")[2], [])
        for known in rows:
            if known.title == written.title[:200] or (written.moment and known.moment == written.moment):
                rows.remove(known)
                return known
        for known in rows:
            if shares_text(KINDS[known.is_page].objects.values_list("text", flat=True).get(pk=known.pk), written.body):
                rows.remove(known)
                return known
        return None

    def free(self, wanted: str, is_page: bool) -> str:
        slug, n = wanted, 1
        while slug in self.taken[is_page]:
            n += 1
            slug = f"{wanted}-{n}"
        self.taken[is_page].add(slug)
        return slug

    def links(self, card: Card) -> Links:
        def by_path(written: str) -> str | None:
            path, hash_, part = written.partition("#")
            if not path:
                return hash_ + part if part else None
            found = self.lookup(path, card.relative.parent)
            return found.url + hash_ + part if found else None

        def by_name(name: str) -> tuple[str, str] | None:
            found = self.lookup(name, card.relative.parent)
            return (found.url, found.title) if found else None

        return Links(card.title, card.url, by_path, by_name)

    def lookup(self, written: str, folder: PurePosixPath) -> Card | None:
        path = unquote(written).strip().strip("/").lower().removeprefix("./")
        if not path:
            return None
        bare = re.sub(r"\.(?:md|markdown|html?)$", "", path)
        first, _, rest = bare.partition("/")
        below = rest if first in CONTENT else bare
        return self.by_key.get(f"{str(folder).lower()}/{bare}") or self.by_key.get(bare) or self.by_key.get(below)


def keys_of(bare: PurePosixPath) -> set[str]:
    """The whole path, its ends, and the name without date: `source/_posts/2019-01-02-tea`, …, `tea`."""
    parts = [part.lower() for part in bare.parts]
    if parts[-1] in ("index", "_index") and len(parts) > 1:
        keys = {"/".join(parts[n:]) for n in range(len(parts))} | {"/".join(parts[n:-1]) for n in range(len(parts) - 1)}
        return keys - {parts[-1]}
    keys = {"/".join(parts[n:]) for n in range(len(parts))}
    return keys | {from_name(parts[-1], None)[1]}


def shares_text(one: str, other: str) -> bool:
    """Half of the lines are the same."""
    lines, others = ({line.strip() for line in text.split("\n") if len(line) > 8} for text in (one, other))
    return bool(lines and others) and len(lines & others) * 2 >= min(len(lines), len(others))
