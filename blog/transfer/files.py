"""The files below a folder, and nothing that is not below it."""

import os
from collections.abc import Iterator
from pathlib import Path

from blog.transfer.refusals import LeadsOutside, TooLarge, Unreadable

MARKDOWN = (".md", ".markdown", ".mdown", ".mkd", ".mkdn", ".mdx", ".qmd", ".rmd")
MOST_BYTES = 5_000_000
DEEPEST = 30
ASIDE = {
    "node_modules",
    "vendor",
    "themes",
    "public",
    "_site",
    "resources",
    "scaffolds",
    "archetypes",
    "bower_components",
}
"""What generators and package managers keep beside posts; looked into only when asked for by name."""


def markdown_files(folder: Path) -> Iterator[Path]:
    """In a fixed order. Links to folders are not followed, so nothing runs in circles."""
    yield from walk(folder, 0)


def walk(folder: Path, depth: int) -> Iterator[Path]:
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return
    for entry in found:
        if entry.name.startswith(".") or entry.name == "__MACOSX":
            continue
        if entry.is_dir(follow_symlinks=False):
            if depth < DEEPEST and entry.name not in ASIDE:
                yield from walk(Path(entry.path), depth + 1)
        elif entry.name.lower().endswith(MARKDOWN):
            yield Path(entry.path)


def is_below(path: Path, folder: Path) -> bool:
    """Links followed; a link in circles is below nothing."""
    try:
        return path.resolve(strict=True).is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):
        return False


def read(path: Path, boundary: Path, most: int = MOST_BYTES) -> bytes:
    if path.is_symlink() and not is_below(path, boundary):
        raise LeadsOutside
    try:
        size = path.stat().st_size
        if size > most:
            raise TooLarge(size, most)
        if not path.is_file():
            raise Unreadable("not a file")
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(error.strerror or str(error)) from error


def name_of(path: Path, base: Path) -> str:
    """A path below `base` as text that any database takes, with slashes."""
    relative = path.relative_to(base).as_posix()
    return os.fsencode(relative).decode("utf-8", "backslashreplace")
