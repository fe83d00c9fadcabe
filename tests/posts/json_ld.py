"""Structured data of a page, and what schema.org and search engines find wrong with it."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

TEXT, URL, DATE, NUMBER = "text", "URL", "date", "number"
PERSON = {"name": TEXT, "url": URL, "sameAs": URL, "description": TEXT}
POSTING = {
    **dict.fromkeys(("headline", "description", "articleBody", "inLanguage", "keywords"), TEXT),
    **dict.fromkeys(("url", "mainEntityOfPage", "image"), URL),
    **dict.fromkeys(("datePublished", "dateModified"), DATE),
    "commentCount": NUMBER,
    "author": {"Person"},
}
TYPES = {
    "Person": (PERSON, {"name"}),
    "ProfilePage": ({"mainEntity": {"Person"}}, {"mainEntity"}),
    "BlogPosting": (POSTING, {"headline", "author", "datePublished", "url"}),
    "SocialMediaPosting": (POSTING, {"headline", "author", "datePublished", "url"}),
    "LiveBlogPosting": (
        {**POSTING, "coverageStartTime": DATE, "coverageEndTime": DATE, "liveBlogUpdate": {"BlogPosting"}},
        {"headline", "author", "datePublished", "url", "liveBlogUpdate"},
    ),
}
"""The properties of each type that we use, with what they hold, and those that must be there."""


def json_ld_of(page: str) -> dict:
    """The structured data in a page, of which there is one piece."""
    [text] = all_json_ld(page)
    return json.loads(text)


def all_json_ld(page: str) -> list[str]:
    return re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)


def json_ld_faults(page: str) -> Iterator[str]:
    for text in all_json_ld(page):
        data = json.loads(text)
        if data.pop("@context", None) != "https://schema.org":
            yield "@context"
        yield from faults(data, "")


def faults(data: dict, path: str) -> Iterator[str]:
    kind = data.get("@type")
    if kind not in TYPES:
        yield f"{path}: type {kind}"
        return
    known, required = TYPES[kind]
    path = f"{path}/{kind}"
    yield from (f"{path}: no {name}" for name in required - data.keys())
    for name, value in data.items():
        if name == "@type":
            continue
        if name not in known:
            yield f"{path}: {kind} has no {name}"
            continue
        for one in value if isinstance(value, list) else [value]:
            yield from value_faults(known[name], one, f"{path}.{name}")


def value_faults(expected: str | set[str], value: object, path: str) -> Iterator[str]:
    if isinstance(expected, set):
        if not isinstance(value, dict) or value.get("@type") not in expected:
            yield f"{path}: {value!r} is no {' or '.join(expected)}"
        else:
            yield from faults(value, path)
    elif not is_a(expected, value):
        yield f"{path}: {value!r} is no {expected}"


def is_a(expected: str, value: object) -> bool:
    if expected == NUMBER:
        return isinstance(value, int)
    if not isinstance(value, str) or not value.strip():
        return False
    if expected == URL:
        return urlsplit(value).scheme in ("http", "https") and bool(urlsplit(value).netloc)
    if expected == DATE:
        try:
            return datetime.fromisoformat(value).tzinfo is not None
        except ValueError:
            return False
    return True
