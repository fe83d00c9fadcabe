"""The formats of `export_blog`."""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

from django.utils.translation import gettext as _

from blog.exporters import ExportError
from blog.exporters.archive import write_archive
from blog.exporters.generators import GENERATORS, export_folder
from blog.exporters.static_site import export_static
from blog.exporters.wordpress import export_wxr
from frodo.progress import Progress


def export_archive(path: Path, progress: Progress) -> str:
    manifest = write_archive(path, progress)
    n_media = sum(name.startswith("media/") for name in manifest["files"])
    return _("Rows: %(rows)d in %(tables)d tables. Media files: %(media)d.") % {
        "rows": sum(manifest["tables"].values()),
        "tables": len(manifest["tables"]),
        "media": n_media,
    }


FORMATS: dict[str, Callable[[Path, Progress], str]] = {
    "archive": export_archive,
    "static": export_static,
    "wxr": export_wxr,
    **{name: partial(export_folder, name) for name in GENERATORS},
}
FILES = {"archive": ".zip", "wxr": ".xml"}
"""Formats of one file; the others are folders."""


def export(format: str, path: Path, progress: Progress) -> str:
    """Export to a path where nothing is yet, and return a summary for a person. Raises ExportError and OSError."""
    if format in FILES:
        if path.exists():
            raise ExportError(_("%(path)s exists already.") % {"path": path})
        if not path.parent.is_dir():
            raise ExportError(_("There is no folder %(path)s.") % {"path": path.parent})
    else:
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise ExportError(_("%(path)s exists already, and is not an empty folder.") % {"path": path})
        path.mkdir(parents=True, exist_ok=True)
    try:
        return FORMATS[format](path, progress)
    except BaseException:
        if format not in FILES:  # a file has a name of its own until it is complete
            for entry in path.iterdir():
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        raise
