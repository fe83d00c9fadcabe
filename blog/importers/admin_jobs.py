"""Imports from the admin: a file comes in pieces, is tried in a dry run, and imported, both in background jobs."""

import shutil
from datetime import timedelta
from typing import BinaryIO

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from blog.importers.archive import import_archive, report_lines
from blog.importers.archive_file import ArchiveError, is_archive, opened
from blog.importers.comments.import_comments import import_comments
from blog.importers.errors import NotImported
from blog.importers.import_blog import Options, import_blog
from blog.importers.models import Import
from blog.importers.report import comment_report_lines, lines
from blog.importers.saving import ImportContext
from frodo import jobs
from frodo.progress import Notes

KEPT = timedelta(days=7)
State = Import.State


def append(row: Import, chunk: BinaryIO | UploadedFile, offset: int) -> int:
    """Add a piece of the file at `offset`; the size so far. A piece that comes twice is written twice in one place."""
    row.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with row.path.open("r+b" if row.path.exists() else "w+b") as file:
        file.seek(offset)
        while data := chunk.read(1 << 20):
            file.write(data)
        file.truncate()
        return file.tell()


@transaction.atomic
def enqueue(row: Import, state: str) -> None:
    """Enqueue the dry run (CHECKING) or the import (IMPORTING)."""
    row.state, row.progress, row.report = state, {}, ""
    row.save()
    jobs.enqueue("run_import", row.pk, pk=row.pk)


def run_import(pk: int) -> None:
    """The job: a dry run or the import itself, by the row's state. It may run again after its process was killed."""
    row = Import.objects.filter(pk=pk, state__in=Import.RUNNING).first()
    if row is None:
        return
    is_dry = row.state == State.CHECKING
    with translation.override(row.language):
        try:
            report = carry_out(row, dry_run=is_dry)
            state = State.CHECKED if is_dry else State.DONE
        except (NotImported, ArchiveError) as error:
            report, state = [str(error)], State.FAILED
    row.report, row.state, row.finished_at = "\n".join(report), state, timezone.now()
    row.save(update_fields=["report", "state", "finished_at", "unknown_authors"])


def carry_out(row: Import, *, dry_run: bool) -> list[str]:
    if not row.path.exists():
        raise NotImported(_("The uploaded file has been deleted. Upload it again to import it."))
    progress = Notes(lambda note: Import.objects.filter(pk=row.pk).update(progress=note))
    if row.kind == Import.Kind.COMMENTS:
        context = ImportContext(row.author, row.authors)
        counts = import_comments(row.path, context, dry_run=dry_run, progress=progress)
        return list(comment_report_lines(counts, dry_run=dry_run))
    if is_archive(row.path):
        with opened(row.path) as archive:
            return list(report_lines(import_archive(archive, dry_run=dry_run, progress=progress), dry_run=dry_run))
    options = Options(row.author, dry_run=dry_run, download=row.download, old_url=row.old_url, authors=row.authors)
    heading: list[str] = []
    report = import_blog(row.path, options, progress=progress, write=heading.append)
    row.unknown_authors = sorted({*report.other_authors, *row.authors})
    return [*heading, *lines(report, dry_run=dry_run)]


def describe(pk: int) -> str:
    row = Import.objects.filter(pk=pk).first()
    return row.name if row else ""


def give_up(pk: int) -> None:
    """After an error that is no fault of the file's; the log has it."""
    message = _("The import stopped because of an error on the server. What is imported stays. See the server's log.")
    Import.objects.filter(pk=pk).update(state=State.FAILED, report=message, finished_at=timezone.now())


def delete(row: Import) -> None:
    delete_file(row)
    row.delete()


def delete_file(row: Import) -> None:
    shutil.rmtree(row.path.parent, ignore_errors=True)


def delete_old() -> None:
    """Uploaded files hold e-mail addresses of commenters, so they do not stay."""
    for row in Import.objects.filter(created_at__lt=timezone.now() - KEPT).exclude(state__in=Import.RUNNING):
        delete_file(row)
