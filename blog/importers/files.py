"""The files below a folder, and nothing that is not below it."""

import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from blog.importers.errors import NotImported, NotText
from frodo import charsets
from frodo.text import clean_text

MARKDOWN = (".md", ".markdown", ".mdown", ".mkd", ".mkdn", ".mdx", ".qmd", ".rmd", ".rmarkdown")
SOURCES = (".qmd", ".rmd", ".rmarkdown", ".ipynb")
"""What a Markdown or HTML file of the same name is made from."""
HTML = (".html", ".htm", ".xhtml")
OTHER = (".textile", ".rst", ".ipynb", ".org", ".adoc", ".asciidoc", ".ad", ".pandoc", ".pdc", ".wiki")
"""In which generators write posts, too, and we do not read."""
TOOLS = {"node_modules", "bower_components"}
MAX_BYTES = 5_000_000
MAX_DEPTH = 30
NOT_CONTENT = TOOLS | {"vendor", "themes", "public", "_site", "resources", "scaffolds", "archetypes"}
"""What generators and package managers keep beside posts; read only when it is itself what is imported."""


def text_files(folder: Path, *, only_posts: bool = False) -> Iterator[Path]:
    """All that may be posts by their endings, in a fixed order. Links to folders are not followed.

    In a folder that holds `only_posts`, as in `_posts`, no name of a folder means that it belongs to a tool.
    """
    yield from walk(folder, 0, TOOLS if only_posts or {"_posts", "_drafts"} & set(folder.parts) else NOT_CONTENT)


def walk(folder: Path, depth: int, skipped: set[str]) -> Iterator[Path]:
    try:
        with os.scandir(folder) as entries:
            ordered = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return
    for entry in ordered:
        if entry.name.startswith(".") or entry.name == "__MACOSX":
            continue
        if entry.is_dir(follow_symlinks=False):
            if depth < MAX_DEPTH and entry.name not in skipped:
                yield from walk(Path(entry.path), depth + 1, TOOLS if entry.name in ("_posts", "_drafts") else skipped)
        elif is_text_name(entry.name):
            yield Path(entry.path)


def is_text_name(name: str) -> bool:
    """Whether a file may be a post by its suffix."""
    return name.lower().endswith((*MARKDOWN, *HTML, *OTHER))


def is_below(path: Path, folder: Path) -> bool:
    """Links followed; a link in circles is below nothing."""
    try:
        return path.resolve(strict=True).is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):
        return False


def read(path: Path, boundary: Path, most: int = MAX_BYTES) -> bytes:
    if path.is_symlink() and not is_below(path, boundary):
        raise NotImported(_("This is a link to a file outside the folder. Copy the file itself into the folder."))
    try:
        size = path.stat().st_size
        if size > most:
            message = _("The file has %(size).1f MB; a post may have %(most)d. Split it, or move data out of it.")
            raise NotImported(message % {"size": size / 1e6, "most": most // 1_000_000})
        if not path.is_file():
            raise OSError("not a file")
        return path.read_bytes()
    except OSError as error:
        message = _("The file cannot be opened (%(problem)s). Check its permissions.")
        raise NotImported(message % {"problem": error.strerror or str(error)}) from error


def name_of(path: Path, base: Path) -> str:
    """A path below `base` as text that any database takes, with slashes."""
    return printable(path.relative_to(base).as_posix())


def printable(name: str) -> str:
    """A file's name in valid Unicode and NFC: macOS hands out NFD, other systems whatever they were given."""
    return unicodedata.normalize("NFC", os.fsencode(name).decode("utf-8", "backslashreplace"))


def decode(data: bytes) -> tuple[str, str]:
    """Return the text with plain newlines and the name of its encoding. Raises NotText."""
    text, encoding = charsets.decode(data)
    if not encoding:
        raise NotText
    return clean(text), encoding


def clean(text: str) -> str:
    """Without carriage returns, byte order marks and characters that no output format can carry."""
    return clean_text(text.replace("\r\n", "\n").replace("\r", "\n").replace("\ufeff", ""))
