"""What posts state in front matter, by whichever names themes and generators use; and their title in the text."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime

from django.utils import timezone

from blog.importers.fields import Fields, plain, truth
from blog.importers.images import NAME, path_of
from blog.importers.markup import Placeholders
from blog.posts.services import TEXT_START
from frodo.text import MARKS

DATE = ("date", "publishdate", "pubdate", "published_at", "created", "created_at", "created_time")
UPDATED = ("updated", "lastmod", "last_modified_at", "modified", "updated_at", "date_updated", "update_date")
SUMMARY = ("description", "excerpt", "summary", "subtitle_seo")
COMMENTS = ("comments", "comment", "comments_open")
NO_COMMENTS = ("disablecomments", "disable_comments", "hidecomments")
PINNED = ("sticky", "pinned", "pin", "top", "istop")
COVER = (
    "cover", "cover_image", "coverimage", "featured_image", "featuredimage", "feature_image", "featureimage",
    "image", "images", "thumbnail", "banner", "banner_img", "index_img", "header_img", "headerimg", "top_img", "img",
    "photo", "og_image", "header",
)  # fmt: skip
IN_COVER = ("image", "path", "src", "url", "relative_path", "teaser", "overlay_image", "feature")
HIDING_IF_TRUE = ("encrypt", "encrypted", "hidden", "hide", "private", "unlisted", "secret", "protected")
"""Fields by which a post is kept from readers."""
HIDING_IF_FALSE = ("visible", "listed", "public")
PASSWORDS = ("password", "passwd", "passphrase")
HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(?P<text>.+?)[ \t#]*$|^(?P<under>\S.*)\n=+[ \t]*$", re.MULTILINE)
LETTER = rf"[\w{MARKS}]"
MARKUP = re.compile(rf"!?\[([^\]]*)\]\([^)]*\)|\{{[#:][^}}]*\}}|(?<!{LETTER})[*_]{{1,3}}|[*_]{{1,3}}(?!{LETTER})|`+")


def is_draft(data: Fields) -> bool:
    is_published = not data.is_false("published") and not data.is_false("publish")
    return data.is_true("draft") or not is_published or data.word("status").lower() == "draft"


def hidden_by(data: Fields, parse_date: Callable[[object], datetime | None]) -> str:
    """The field that keeps a post from readers, or from all but a few of them."""
    for key in PASSWORDS:
        if data.first(key) is not None and not data.is_false(key):
            return key
    for key in HIDING_IF_TRUE:
        if data.is_true(key):
            return key
    for key in HIDING_IF_FALSE:
        if data.is_false(key) or data.word(key).lower() == "private":
            return key
    if data.word("visibility").lower() not in ("", "public"):
        return "visibility"
    if data.word("status").lower() in ("private", "pending"):
        return "status"
    now = timezone.now()
    for key, is_past in (("expirydate", True), ("unpublishdate", True), ("publishdate", False), ("pubdate", False)):
        moment = parse_date(data.first(key))
        if moment and (moment < now) is is_past:
            return key
    build = data.table("build", "_build")
    for key in ("render", "list"):
        if build.first(key) is False or build.word(key) in ("never", "link"):
            return f"build.{key}"
    return ""


def is_pinned(data: Fields) -> bool:
    value = data.first(*PINNED)
    if isinstance(value, str) and value.strip("-").isdecimal():
        value = int(value)
    return value > 0 if isinstance(value, (int, float)) else truth(value) is True


def comments_open(data: Fields) -> bool:
    value = data.first(*COMMENTS)
    if isinstance(value, dict):
        value = value.get("enable", value.get("enabled"))
    return truth(value) is not False and not data.is_true(*NO_COMMENTS)


def cover_urls(data: Fields) -> Iterator[str]:
    for key in COVER:
        value = data.first(key)
        if isinstance(value, dict):
            value = Fields(value).first(*IN_COVER)
        if isinstance(value, list):
            value = next((item for item in value if isinstance(item, str)), None)
        if isinstance(value, str) and (NAME.search(path_of(value)) or value.startswith(("http", "//", "/"))):
            yield value.strip()


def title_of(text: str) -> tuple[str, str]:
    """The heading that the text begins with, and the text without it."""
    placeholders = Placeholders()
    start = placeholders.store_code(text[:TEXT_START])
    heading = HEADING.search(start)
    if heading is None or start[: heading.start()].strip():
        return "", text
    title = placeholders.restore(MARKUP.sub(r"\1", plain(heading["text"] or heading["under"])))
    title = title.replace("`", "").strip()
    if not title:
        return "", text
    return title, placeholders.restore(start[heading.end() :]).lstrip("\n") + text[TEXT_START:]
