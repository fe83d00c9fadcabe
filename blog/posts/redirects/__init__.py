"""Redirects from old URLs: CSV, how often they are used, paths that are not found, and their admin."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self, cast
from urllib.parse import quote, unquote

from django.db import models
from django.urls import resolve

from blog.posts.slugs import normal_decoded

if TYPE_CHECKING:
    from blog.posts.models import Redirect


MAX_DEPTH = 20
"""Of a path, in segments, for which wildcards are looked up."""
FOR_A_REDIRECT = (
    *("path", "url", "n_uses", "last_used_at"),
    *(f"post__{name}" for name in ("title", "slug", "kind", "status", "visibility", "published_at")),
    *("page__title", "page__slug", "page__is_published", "tag__name", "tag__slug", "topic__name", "topic__slug"),
)
BELOW_AN_ENTRY = re.compile(r"(/(?:post|p|tag|topic)/[^/]+)/(.+)")
"""The rest of a path below an entry, such as feeds and further pages."""


class RedirectQuerySet(models.QuerySet):
    def for_list(self) -> Self:
        return self.select_related("post", "page", "tag", "topic").only(*FOR_A_REDIRECT)

    def find(self, path: str) -> str | None:
        """The URL that `path`, percent-decoded, leads to now; None where there is none."""
        found = self.match(path)
        return found and found[1]

    def match(self, path: str) -> tuple["Redirect", str] | None:
        """The redirect from `path` and the URL that it leads to; of wildcards, the one with the longest prefix."""
        wanted = normal_decoded(path)
        below = BELOW_AN_ENTRY.fullmatch(path)
        tried = [(wanted, ""), (f"{wanted}.html", ""), *([(below[1], below[2])] if below else [])]
        wildcards = prefixes(wanted)
        rows = self.filter(path__in=[path for path, _rest in (*tried, *wildcards)]).for_list()
        found: dict[str, Any] = {row.path: row for row in cast("Iterable[Redirect]", rows)}
        for path, rest in tried:
            if (row := found.get(path)) and (url := url_of(row, rest)):
                return row, url
        for path, rest in wildcards:
            if (row := found.get(path)) and (url := url_of(row, "")):
                return row, url[:-1] + quote(rest) if url.endswith("*") else url
        return None


def prefixes(path: str) -> list[tuple[str, str]]:
    """Wildcards that `/a/b` may match, each with what its `*` stands for: `/a/b/*`, `/a/*`, `/*`."""
    steps = path.split("/")[1:] if path else []
    return [("/".join(["", *steps[:n], "*"]), "/".join(steps[n:])) for n in range(min(len(steps), MAX_DEPTH), -1, -1)]


def is_private(entry: object) -> bool:
    """A redirect would tell its slug."""
    return getattr(entry, "visibility", "") == "private"


def url_of(redirect: "Redirect", rest: str) -> str | None:
    entry = redirect.entry
    if entry is None:
        return None if rest else redirect.url
    if not entry.is_visible or is_private(entry) or (rest and resolve(unquote(entry.url) + rest).url_name is None):
        return None
    return entry.url + quote(rest)
