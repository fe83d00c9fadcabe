"""Import whatever lies at a path: an export of another system, or Markdown files."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from blog.importers import files
from blog.importers.documents import Reader
from blog.importers.errors import BackupOfOther, UnknownFormat
from blog.importers.generator_detection import detect_site
from blog.importers.generators import MarkdownFolder
from blog.importers.generators.hexo import Hexo
from blog.importers.generators.hugo import Hugo
from blog.importers.generators.jekyll import Jekyll
from blog.importers.generators.zola import Zola
from blog.importers.ghost import Ghost
from blog.importers.images import ImageStore
from blog.importers.importer import Importer
from blog.importers.old_site import Downloads, ExportReader
from blog.importers.report import Report
from blog.importers.saving import ImportContext
from blog.importers.unpacking import starts_with, unpacked
from blog.importers.wordpress import WordPress
from frodo.progress import Progress, no_progress

EXPORTS: dict[str, type[ExportReader]] = {"wordpress": WordPress, "ghost": Ghost}
GENERATORS: dict[str, type[MarkdownFolder]] = {
    "markdown": MarkdownFolder, "hexo": Hexo, "jekyll": Jekyll, "hugo": Hugo, "zola": Zola,
}  # fmt: skip
FORMATS = ("auto", *EXPORTS, *GENERATORS)
EXPORT_SUFFIXES = (".xml", ".wxr", ".json", ".rss")
HEAD = 100_000
"""Bytes by which the format of a file is detected."""
WXR = re.compile(rb"<rss\b|<wp:|wordpress\.org/export/", re.IGNORECASE)
NO_FOLDER = Path("/nonexistent")


@dataclass
class Options:
    author: User
    format: str = "auto"
    dry_run: bool = False
    media: Path | None = None
    """A folder with the images of the site, such as a copy of `wp-content/uploads`."""
    old_url: str = ""
    """Where the site was, for exports that do not contain it."""
    download: bool = False
    """Whether to fetch images from the old site."""
    authors: dict[str, str] = field(default_factory=dict)
    """User names here, by login, name or e-mail address there."""


def import_blog(
    path: Path,
    options: Options,
    *,
    progress: Progress = no_progress,
    write: Callable[[str], object] = lambda _line: None,
) -> Report:
    """`write` gets the format before the import begins. Raises NotImported."""
    with unpacked(path) as folder:
        if system := backup_of(folder):
            raise BackupOfOther(system)
        reader = reader_of(folder, options, write)
        context = ImportContext(options.author, options.authors)
        report = Importer(reader, context, options.dry_run, progress).run()
    if not report.found and not report.is_export and path.is_file():
        raise UnknownFormat  # a zip of something else
    return report


def reader_of(path: Path, options: Options, write: Callable[[str], object]) -> Reader[Any]:
    heading = _("Format: %(format)s (%(why)s)")
    format, exports = ("", []) if options.format in GENERATORS else exports_in(path, options.format)
    if format:
        write(heading % {"format": format, "why": ", ".join(file.name for file in exports[:3])})
        media = options.media or (path if path.is_dir() else None)
        return export_reader(
            format, exports, media=media, download=options.download, old_url=options.old_url, dry_run=options.dry_run
        )
    if options.format in EXPORTS or (path.is_file() and not files.is_text_name(path.name)):
        raise UnknownFormat
    site = detect_site(path.resolve(), options.format)
    write(heading % {"format": site.format, "why": site.why})
    if site.problem:
        problem = _("The site's configuration cannot be read, so its settings are not known: %(problem)s")
        write(problem % {"problem": site.problem})
    return GENERATORS[site.format](site, ImageStore(site.boundary, Report(), options.dry_run))


def export_reader(
    format: str,
    paths: list[Path],
    *,
    media: Path | None = None,
    download: bool = False,
    old_url: str = "",
    dry_run: bool = False,
) -> ExportReader:
    """`media` is a folder with the site's images; without it and `download` texts go on showing the old site's."""
    images = ImageStore(media or NO_FOLDER, Report(is_export=True), dry_run)
    return EXPORTS[format](paths, images, [media] if media else [], Downloads(images) if download else None, old_url)


def exports_in(path: Path, wanted: str = "auto") -> tuple[str, list[Path]]:
    """The format and the export files at a path: a file, or a folder with some and no generator's configuration."""
    if path.is_file():
        is_export = path.suffix.lower() in EXPORT_SUFFIXES
        format = wanted if wanted in EXPORTS else format_of(path) if is_export else ""
        return (format, [path]) if format else ("", [])
    if wanted == "auto" and any(path.glob("_config.*")):
        return "", []
    candidates = [file for file in sorted(path.glob("*")) if file.is_file() and file.suffix.lower() in EXPORT_SUFFIXES]
    formats = [(format_of(file), file) for file in candidates]
    for format in EXPORTS:
        exports = [file for known, file in formats if known == format]
        if exports and wanted in ("auto", format):
            return format, exports
    return "", []


def backup_of(path: Path) -> str:
    """The system that made a backup for itself alone, or empty."""
    if (path / "extensions.data").is_file():
        return "Halo"
    files = [path] if path.is_file() else path.glob("*.dat")
    return "Typecho" if any(starts_with(file, b"%TYPECHO_BACKUP_") for file in files) else ""


def format_of(path: Path) -> str:
    """`wordpress`, `ghost`, or empty for what is neither, by how the file begins."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if b"\0" in head[:100]:
        head = head.decode("utf-16", "replace").encode()
    if WXR.search(head):
        return "wordpress"
    return "ghost" if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") else ""
