"""Link previews: title, description and image of a page."""

import asyncio
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit

from frodo.charsets import decode_html
from frodo.http_client import fetch
from frodo.http_client.html_head import head_of

PAGES = ("text/html", "application/xhtml+xml")
MOST_BYTES = 512 * 1024
"""Bytes read of a page; metadata is at its beginning."""
LONGEST_TITLE, LONGEST_DESCRIPTION, LONGEST_SITE, LONGEST_URL = 200, 400, 100, 2000
TURNING = frozenset("\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff")
"""Invisible characters that change text direction."""


@dataclass(frozen=True, slots=True)
class LinkPreview:
    title: str = ""
    description: str = ""
    picture_url: str = ""
    site: str = ""


async def read_link_preview(url: str) -> LinkPreview:
    """Fetch a link preview from another host, so in the background only. Raises NotFetched."""
    found = await fetch(
        url, accept=(*PAGES, "image/*;q=0.8", "*/*;q=0.5"), bodies=PAGES, most_bytes=MOST_BYTES, may_cut=True
    )
    return await asyncio.to_thread(link_preview_from, found.body, found.type, found.url, found.charset)


def link_preview_from(body: bytes, type: str, url: str, charset: str = "") -> LinkPreview:
    """A preview from the beginning of a page, or from the name of another file."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    if type not in PAGES:
        is_picture = type.startswith("image/")
        return LinkPreview(title=short(file_name(url), LONGEST_TITLE), picture_url=url if is_picture else "", site=host)
    head = head_of(decode_html(body[:MOST_BYTES], charset))

    def metadata(*names: str) -> str:
        return next((text for name in names if (text := head.metadata.get(name))), "")

    picture = metadata("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src", "image")
    return LinkPreview(
        title=short(metadata("og:title", "twitter:title"), LONGEST_TITLE) or short(head.title, LONGEST_TITLE),
        description=short(metadata("og:description", "twitter:description", "description"), LONGEST_DESCRIPTION),
        picture_url=address(picture or head.links.get("image_src", ""), url),
        site=short(metadata("og:site_name", "application-name"), LONGEST_SITE) or host,
    )


def short(text: str, longest: int) -> str:
    """One line without invisible characters, cut between words."""
    text = " ".join("".join(map(printable, text[: longest * 10])).split())
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    words, _space, last = cut.rpartition(" ")
    return (words if words and len(last) < 30 else cut).rstrip(" ,;:.，；：、。") + "…"


def printable(character: str) -> str:
    kind = unicodedata.category(character)
    if character in TURNING or kind in ("Cs", "Cn", "Co"):
        return ""
    return " " if kind in ("Cc", "Zl", "Zp") else character


def address(text: str, page: str) -> str:
    """An absolute http(s) URL, or empty."""
    text = text.strip()
    if not text or any(ord(character) < 32 for character in text):
        return ""
    try:
        url = urljoin(page, text)
        parts = urlsplit(url)
    except ValueError:
        return ""
    is_fine = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
    return url if is_fine and len(url) <= LONGEST_URL else ""


def file_name(url: str) -> str:
    """The file name of a URL, or its host."""
    parts = urlsplit(url)
    return unquote(parts.path.rstrip("/").rpartition("/")[2]) or parts.hostname or ""
