"""Images that a text names: put into media once, under a name made of their content; and the text's URLs rewritten."""

import html
import os
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from blog.importers import fields, files
from blog.importers.errors import NotImported
from blog.importers.markup import Placeholders
from blog.importers.markup.snippets import destination
from blog.importers.report import Report

MOST_BYTES = 30_000_000
MOST_PIXELS = 80_000_000
EXTENSIONS = {"PNG": "png", "JPEG": "jpg", "MPO": "jpg", "GIF": "gif", "WEBP": "webp", "AVIF": "avif", "BMP": "bmp"}
DECODERS = ("PNG", "JPEG", "GIF", "WEBP", "AVIF", "BMP")
"""Of Pillow's; no other is asked what a file may be."""
NAME = re.compile(r"\.(?:png|jpe?g|jfif|gif|webp|avif|bmp|svg|ico|tiff?|heic)$", re.IGNORECASE)

TITLE = r"(?P<title>\s+(?:\"[^\"\n]{0,999}\"|'[^'\n]{0,999}'|\([^()\n]{0,999}\)))?"
INLINE = re.compile(
    r"(?P<open>\]\(\s*)(?:<(?P<angle>[^<>\n]+)>|(?P<bare>(?:[^\s()<>\\]|\\\S|\((?:[^\s()\\]|\\\S)*\))+))"
    r"(?P<size>\s+=\d*x\d*)?" + TITLE + r"\s*\)"
)
SPACED = re.compile(
    r"(?P<open>!\[[^\]\n]{0,500}\]\(\s*)(?P<bare>[^()<>\"'\s](?:[^()<>\"'\n]|\([^()<>\"'\n]{0,100}\)){1,500}\.\w{3,4})"
    + TITLE
    + r"\s*\)"
)
DEFINED = re.compile(r"^(?P<open> {0,3}\[[^\]\n]+\]:[ \t]*)(?:<(?P<angle>[^<>\n]+)>|(?P<bare>\S+))", re.MULTILINE)
HTML_TAG = re.compile(
    r"<(?P<name>img|source|video|audio|a|embed)\b(?:[^\"'<>]|\"[^\"<]{0,4000}\"|'[^'<]{0,4000}'){1,500}>", re.IGNORECASE
)
ATTRIBUTE = re.compile(
    r"(?P<open>[\s\"'](?P<name>(?:data-)?src(?:set)?|data-original|poster|href)\s*=\s*)"
    r"(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[^\s\"'<>=`]+))",
    re.IGNORECASE,
)
ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
"""A backslash before punctuation, in Markdown."""


@dataclass
class ImageStore:
    """Puts the images of one import into media."""

    boundary: Path
    """No file outside of it is copied."""
    report: Report
    dry_run: bool = False
    known: dict[Path, str | None] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    listings: dict[Path, dict[str, Path]] = field(default_factory=dict)

    def existing(self, path: Path) -> Path | None:
        """The file of that name, whichever Unicode form the disk has it in."""
        if os.path.lexists(path):
            return path
        parent = self.existing(path.parent) if path != path.parent else None
        if parent is None or path.name == "..":
            return None
        if parent not in self.listings:
            names = os.listdir(parent) if parent.is_dir() else []
            self.listings[parent] = {files.printable(name): parent / name for name in names}
        return self.listings[parent].get(files.printable(path.name))

    def add_file(self, path: Path) -> str | None:
        """The name in media of an image file; None if it is not fit to be one."""
        path = path.resolve()
        if path not in self.known:
            if len(self.known) > 50_000:
                self.known.clear()
            try:
                data = files.read(path, self.boundary, MOST_BYTES)
            except NotImported:
                data = b""
            self.known[path] = self.add(data, files.name_of(path, self.boundary.resolve()))
        return self.known[path]

    def add(self, data: bytes, label: str) -> str | None:
        """The name in media of an image's bytes; None if they are none. `label` names it in the report."""
        extension = extension_of(data)
        if not extension:
            self.report.images_unfit[label] += 1
            return None
        digest = sha256(data).hexdigest()
        name = f"imported/{digest[:2]}/{digest[2:26]}.{extension}"
        if name not in self.names:
            self.save(name, data)
            self.names.add(name)
        return name

    def save(self, name: str, data: bytes) -> None:
        """An import killed while writing leaves half a file: only a whole one counts as there."""
        if default_storage.exists(name):
            if default_storage.size(name) == len(data):
                self.report.images_unchanged += 1
                return
            if not self.dry_run:
                default_storage.delete(name)
        self.report.images_copied += 1
        if not self.dry_run:
            default_storage.save(name, ContentFile(data))


def extension_of(data: bytes) -> str | None:
    """By the image's content, whatever it is called."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data), formats=DECODERS) as image:
                if image.width * image.height > MOST_PIXELS:
                    return None
                kind = image.format or ""
                image.verify()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return None
    return EXTENSIONS.get(kind)


@dataclass
class UrlRewriter:
    """Replaces the URLs of images and links in one text by those on this site."""

    images: ImageStore
    folders: list[Path]
    """Where a relative path is looked for."""
    roots: list[Path]
    """Where a path from the site's root is looked for."""
    prefix: str = ""
    host: str = ""
    """The old site's own; an absolute URL of it is one of its files."""
    find_page: Callable[[str], str | None] = lambda _path: None
    """A Markdown file's path to the URL of its post."""
    known: dict[str, str] = field(default_factory=dict)
    """Names in media of the images that an earlier import downloaded for this text, by URL."""
    used: dict[str, str] = field(default_factory=dict)
    """The same of this import."""

    def rewrite(self, text: str) -> str:
        placeholders = Placeholders()
        text = placeholders.store_code(text)

        def replace(match: re.Match) -> str:
            new = self.destination(match)
            return placeholders.store(new) if new else match[0]

        for pattern in (SPACED, INLINE, DEFINED):
            text = pattern.sub(replace, text)
        text = HTML_TAG.sub(lambda tag: ATTRIBUTE.sub(lambda match: self.attribute(match, tag["name"]), tag[0]), text)
        return placeholders.restore(text)

    def destination(self, match: re.Match) -> str | None:
        """The part of a link or image from `](` on with its new URL; None where the URL stays."""
        groups = match.groupdict()
        old = groups.get("angle") or groups["bare"]
        if match.re is SPACED and " " not in old:
            return None  # INLINE matches it, too
        url = self.url_of(old, is_image=match.re is SPACED or is_image(match))
        if url is None:
            return None
        closing = "" if match.re is DEFINED else (groups.get("title") or "") + ")"
        return groups["open"] + destination(url) + closing

    def attribute(self, match: re.Match, tag: str) -> str:
        old = html.unescape(match["double"] or match["single"] or match["bare"] or "")
        name = match["name"].lower()
        if (name == "href") != (tag.lower() == "a"):
            return match[0]
        if name.endswith("srcset"):
            # A comma within a URL is not followed by a space, one between two of them is, or by a descriptor.
            parts = [part.strip().split(maxsplit=1) for part in re.split(r",\s+|(?<=[wx]),", old) if part.strip()]
            urls = [[self.url_of(first, is_image=True) or first, *rest] for first, *rest in parts]
            url = ", ".join(" ".join(words) for words in urls)
        else:
            url = self.url_of(old, is_image=name != "href") or old
        return match[0] if url == old else f'{match["open"]}"{html.escape(url)}"'

    def url_of(self, url: str, *, is_image: bool) -> str | None:
        """Where it is here; None for what is not an image or a post of the imported site."""
        path = path_of(url)
        if is_image or NAME.search(path):
            return self.image_url(url)
        if not path.lower().endswith(files.MARKDOWN) or is_elsewhere(url):
            return None
        page = self.find_page(ESCAPE.sub(r"\1", url))
        if page is None:
            self.images.report.links_missing[url] += 1
        return page

    def image_url(self, url: str) -> str | None:
        name = self.image(url)
        return default_storage.url(name) if name else None

    def image(self, url: str) -> str | None:
        """The image's name in media; None for another site's, a missing or an unfit one."""
        url = url.strip()
        path = path_of(url)
        if is_elsewhere(url):
            if not self.host or host_of(url) != self.host:
                return None
            path = path or "/"
        for spelling in dict.fromkeys((ESCAPE.sub(r"\1", path), path)):
            if file := self.find_path(unquote(spelling).replace("\\", "/")):
                return self.images.add_file(file)
        if path:
            self.images.report.images_missing[url] += 1
        return None

    def cover(self, urls: list[str]) -> tuple[str, str]:
        """The name in media of the first that is an image of the site, or else the first that is an absolute URL."""
        link = ""
        for url in filter(None, urls):
            absolute = f"https:{url}" if url.startswith("//") else url
            if name := self.image(absolute):
                return name, ""
            link = link or fields.url(absolute)
        return "", link

    def find_path(self, path: str) -> Path | None:
        for folder, below in self.candidates(path):
            if "\0" in below or len(below) > 1000:
                break
            candidate = self.images.existing(folder / below)
            if candidate and files.is_below(candidate, self.images.boundary) and candidate.is_file():
                return candidate
        return None

    def candidates(self, path: str) -> Iterator[tuple[Path, str]]:
        below = path.lstrip("/")
        if not below:
            return
        if not path.startswith("/"):
            yield from ((folder, path) for folder in self.folders)
        prefix = self.prefix.strip("/")
        if prefix and below.startswith(prefix + "/"):
            yield from ((folder, below.removeprefix(prefix + "/")) for folder in self.roots)
        yield from ((folder, below) for folder in self.roots)


def is_image(match: re.Match) -> bool:
    """Whether `](…)` closes a `![`."""
    text, position = match.string, match.start()
    opening = text.rfind("[", max(0, position - 300), position)
    return match.re is INLINE and opening > 0 and text[opening - 1] == "!"


def path_of(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def host_of(url: str) -> str:
    """In lower case; empty for a path and for what is no URL."""
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


def is_elsewhere(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return True
    drive = len(parts.scheme) == 1  # C:\pictures\tea.png
    return bool(parts.netloc) or url.startswith(("//", "#")) or (bool(parts.scheme) and not drive)
