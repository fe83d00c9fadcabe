"""Pictures that a text names and the folder holds: put into media once, under a name made of their content."""

import re
import warnings
from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, UnidentifiedImageError

from blog.transfer import files
from blog.transfer.markup.shelter import Shelter
from blog.transfer.markup.writing import address
from blog.transfer.refusals import NotImported

MOST_BYTES = 30_000_000
MOST_PIXELS = 80_000_000
ENDINGS = {"PNG": "png", "JPEG": "jpg", "MPO": "jpg", "GIF": "gif", "WEBP": "webp", "AVIF": "avif", "BMP": "bmp"}
DECODERS = ("PNG", "JPEG", "GIF", "WEBP", "AVIF", "BMP")
"""Of Pillow's; no other is asked what a file may be."""
NAME = re.compile(r"\.(?:png|jpe?g|jfif|gif|webp|avif|bmp|svg|ico|tiff?|heic)$", re.IGNORECASE)

TITLE = r"(?P<title>\s+(?:\"[^\"\n]{0,999}\"|'[^'\n]{0,999}'|\([^()\n]{0,999}\)))?"
INLINE = re.compile(
    r"(?P<open>\]\(\s*)(?:<(?P<angle>[^<>\n]+)>|(?P<bare>[^\s()<>]+(?:\([^\s()]*\)[^\s()<>]*)*))"
    r"(?P<size>\s+=\d*x\d*)?" + TITLE + r"\s*\)"
)
SPACED = re.compile(
    r"(?P<open>!\[[^\]\n]{0,500}\]\(\s*)(?P<bare>[^()<>\"'\s][^()<>\"'\n]{0,300} [^()<>\"'\n]{1,300}\.\w{3,4})"
    + TITLE
    + r"\s*\)"
)
DEFINED = re.compile(r"^(?P<open> {0,3}\[[^\]\n]+\]:[ \t]*)(?:<(?P<angle>[^<>\n]+)>|(?P<bare>\S+))", re.MULTILINE)
IN_HTML = re.compile(
    r"(?P<open><(?:img|source|video)\b[^<>]{0,2000}?\s(?:src|data-src|poster)\s*=\s*)(?P<mark>[\"'])(?P<bare>[^\"'<>]*)(?P=mark)",
    re.IGNORECASE,
)


@dataclass
class Album:
    """The pictures of one import."""

    boundary: Path
    dry_run: bool = False
    copied: int = 0
    already: int = 0
    missing: Counter = field(default_factory=Counter)
    """Addresses for which there is no picture."""
    unfit: Counter = field(default_factory=Counter)
    """Files that are no pictures, are too large, or lie outside."""
    known: dict[Path, str | None] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    def take(self, path: Path) -> str | None:
        """The name in media of a picture file; None if it is not fit to be one."""
        path = path.resolve()
        if path not in self.known:
            if len(self.known) > 50_000:
                self.known.clear()
            self.known[path] = self.copy(path)
        return self.known[path]

    def copy(self, path: Path) -> str | None:
        try:
            data = files.read(path, self.boundary, MOST_BYTES)
        except NotImported:
            data = b""
        ending = ending_of(data)
        if not ending:
            self.unfit[files.name_of(path, self.boundary.resolve())] += 1
            return None
        digest = sha256(data).hexdigest()
        name = f"imported/{digest[:2]}/{digest[2:26]}.{ending}"
        if name not in self.names:
            self.names.add(name)
            self.store(name, data)
        return name

    def store(self, name: str, data: bytes) -> None:
        """An import killed while writing leaves half a file: only a whole one counts as there."""
        if default_storage.exists(name):
            if default_storage.size(name) == len(data):
                self.already += 1
                return
            if not self.dry_run:
                default_storage.delete(name)
        self.copied += 1
        if not self.dry_run:
            default_storage.save(name, ContentFile(data))


def ending_of(data: bytes) -> str | None:
    """Says what a picture is by its content, whatever it is called."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data), formats=DECODERS) as image:
                if image.width * image.height > MOST_PIXELS:
                    return None
                kind = image.format or ""
                image.verify()
    except (OSError, UnidentifiedImageError, ValueError, SyntaxError, EOFError):
        return None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return None
    return ENDINGS.get(kind)


@dataclass
class Frame:
    """Where the pictures of one text are."""

    album: Album
    folders: list[Path]
    roots: list[Path]
    prefix: str = ""

    def rehang(self, text: str) -> str:
        """The text with the addresses of its own pictures replaced by those in media."""
        shelter = Shelter()
        text = shelter.hold_code(text)
        for pattern in (SPACED, INLINE, DEFINED, IN_HTML):
            text = pattern.sub(lambda found: shelter.hold(new) if (new := self.replaced(found)) else found[0], text)
        return shelter.restore(text)

    def replaced(self, found: re.Match) -> str | None:
        groups = found.groupdict()
        written = groups.get("angle") or groups["bare"]
        is_picture = found.re in (SPACED, IN_HTML) or bool(NAME.search(urlsplit_path(written)))
        is_picture = is_picture or self.after_mark(found)
        url = self.url(written) if is_picture else None
        if url is None:
            return None
        if found.re is IN_HTML:
            return f"{groups['open']}{groups['mark']}{url}{groups['mark']}"
        closing = "" if found.re is DEFINED else (groups.get("title") or "") + ")"
        return groups["open"] + address(url) + closing

    def after_mark(self, found: re.Match) -> bool:
        """Whether `](…)` closes a `![`."""
        text, position = found.string, found.start()
        opening = text.rfind("[", max(0, position - 300), position)
        return found.re is INLINE and opening > 0 and text[opening - 1] == "!"

    def url(self, written: str) -> str | None:
        name = self.name(written)
        return default_storage.url(name) if name else None

    def name(self, written: str) -> str | None:
        """The picture's name in media; None for another site's, a missing or an unfit one."""
        path = self.find(written)
        return self.album.take(path) if path else None

    def find(self, written: str) -> Path | None:
        written = written.strip()
        if is_elsewhere(written):
            return None
        path = unquote(urlsplit_path(written)).replace("\\", "/")
        for folder, below in self.candidates(path):
            if "\0" in below or len(below) > 1000:
                break
            candidate = folder / below
            if files.is_below(candidate, self.album.boundary) and candidate.is_file():
                return candidate
        if path:
            self.album.missing[written] += 1
        return None

    def candidates(self, path: str):
        below = path.lstrip("/")
        if not below:
            return
        if not path.startswith("/"):
            yield from ((folder, path) for folder in self.folders)
        prefix = self.prefix.strip("/")
        if prefix and below.startswith(prefix + "/"):
            yield from ((folder, below.removeprefix(prefix + "/")) for folder in self.roots)
        yield from ((folder, below) for folder in self.roots)


def urlsplit_path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def is_elsewhere(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return True
    drive = len(parts.scheme) == 1  # C:\pictures\tea.png
    return bool(parts.netloc) or url.startswith(("//", "#")) or (bool(parts.scheme) and not drive)
