"""The verb: a folder becomes posts and pages. Done twice it changes nothing; broken off, it goes on where it was."""

from collections.abc import Callable
from pathlib import Path

from django.db import DataError, IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from blog.transfer import files, reading, saving
from blog.transfer.index import KINDS, Card, Index
from blog.transfer.pictures import Album
from blog.transfer.refusals import NotImported, NotTaken
from blog.transfer.report import Refusal, Report
from blog.transfer.site import Site
from blog.transfer.sources import source_of
from blog.transfer.sources.plain import Plain

Progress = Callable[[str, int, int], None]
"""Called with the kind of work, how much of it is done, and how much there is."""


def import_folder(site: Site, author: User, *, dry_run: bool = False, progress: Progress | None = None) -> Report:
    report, index, source = Report(), Index(), source_of(site)
    tell = progress or (lambda *_how_far: None)
    album = Album(site.boundary, dry_run)
    desk = saving.Desk(author)
    paths = list(paths_of(site, source))
    report.found = len(paths)
    for n, path in enumerate(paths):
        tell(_("reading"), n, len(paths))
        try:
            index.add(reading.read(path, source))
        except NotImported as refusal:
            refuse(report, path, site, refusal)
    for n, card in enumerate(index.cards):
        tell(_("importing"), n, len(index.cards))
        try:
            import_one(card, source, index, desk, album, report, dry_run=dry_run)
        except NotImported as refusal:
            refuse(report, card.path, site, refusal)
    if not dry_run:
        saving.order_topics()
    report.pictures_copied, report.pictures_already = album.copied, album.already
    report.pictures_missing, report.pictures_unfit = album.missing, album.unfit
    return report


def paths_of(site: Site, source: Plain):
    if site.path.is_file():
        return [site.path]
    content = source.content()
    inside = content.is_relative_to(site.path)
    return files.markdown_files(content if inside else site.path)


def import_one(
    card: Card, source: Plain, index: Index, desk: saving.Desk, album: Album, report: Report, *, dry_run: bool
) -> None:
    written = reading.read(card.path, source)
    try:
        entry = reading.entry_of(written, card.slug, index.links(card), album, report.left)
        entry.is_page = card.is_page
        row = KINDS[card.is_page].objects.get(pk=card.known.pk) if card.known else None
        if row is not None and row.imported.get("source") == entry.digest():
            report.unchanged += 1
        else:
            if not dry_run:
                report.old_addresses += saving.save(entry, row, card.slug, desk)
            elif row is not None and saving.is_edited(row):
                raise saving.EditedHere
            report.created += row is None
            report.updated += row is not None
    except (DataError, IntegrityError, ValueError, RecursionError) as error:
        raise NotTaken(" ".join(str(error).split())[:200] or type(error).__name__) from error
    count(report, written, entry, desk)


def count(report: Report, written: reading.Written, entry, desk: saving.Desk) -> None:
    report.pages += entry.is_page
    report.posts += not entry.is_page
    report.drafts += entry.is_draft
    report.scheduled += not entry.is_page and not entry.is_draft and entry.moment > timezone.now()
    report.undated += written.moment is None and not entry.is_page
    if written.encoding != "utf-8":
        report.encodings[written.encoding] += 1
    if written.front_matter.mended:
        report.mended[str(written.relative)] = written.front_matter.mended
    if entry.author and entry.author.casefold() not in desk.users:
        report.other_authors[entry.author] += 1


def refuse(report: Report, path: Path, site: Site, refusal: NotImported) -> None:
    report.refused.append(Refusal(files.name_of(path, site.boundary), str(refusal)))
