"""The report of an import: numbers that add up, each skipped entry with its reason, and all of it as lines of text."""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from blog.importers.errors import NotImported
from frodo.error_views import is_temporary
from frodo.text import columns

logger = logging.getLogger(__name__)

MAX_NAMES = 10
"""Of a list in the report."""


@dataclass
class CommentCounts:
    """What became of the comments of one import."""

    found: int = 0
    created: int = 0
    unchanged: int = 0
    pending: int = 0
    """Of those created, how many await approval."""
    removed: int = 0
    left_out: Counter = field(default_factory=Counter)
    """By why: `spam`, `pingback`, `deleted`, `empty`, `too long`."""


@dataclass
class CommentReport:
    source: str = ""
    comments: CommentCounts = field(default_factory=CommentCounts)
    posts: int = 0
    """That have comments in the export."""
    unmatched: Counter = field(default_factory=Counter)
    """Comments by the page they were written on, where it is not here."""


@dataclass
class Report:
    found: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: list[tuple[str, str]] = field(default_factory=list)
    """Labels of entries with the reason why each was not imported."""
    posts: int = 0
    pages: int = 0
    drafts: int = 0
    scheduled: int = 0
    hidden: dict[str, str] = field(default_factory=dict)
    """Drafts that their generator did not show to everyone, and why, by label."""
    left: Counter = field(default_factory=Counter)
    """Tags and shortcodes left visible, and blocks and elements that cannot be shown here, by name."""
    redirects: int = 0
    list_redirects: int = 0
    images_copied: int = 0
    images_unchanged: int = 0
    images_missing: Counter = field(default_factory=Counter)
    images_unfit: Counter = field(default_factory=Counter)
    """Files that are no images, are too large, or are outside of the folder."""
    to_download: int = 0
    """Images that a dry run would request from the old site."""
    other_files: Counter = field(default_factory=Counter)
    """Files of the old site that are no images, by URL: they stay there."""
    links_missing: Counter = field(default_factory=Counter)
    """Links to Markdown files that are not imported."""
    encodings: Counter = field(default_factory=Counter)
    """Files that were not UTF-8, by what they were."""
    repaired: dict[str, list[int]] = field(default_factory=dict)
    """Lines of front matter that were repaired to be read, by file."""
    undated: list[str] = field(default_factory=list)
    """Posts without a date of their own."""
    is_export: bool = False
    """Whether an export was imported, and not Markdown files."""
    left_out: Counter = field(default_factory=Counter)
    """Entries of an export that are neither posts nor pages, by kind."""
    comments: CommentCounts = field(default_factory=CommentCounts)
    notes: list[str] = field(default_factory=list)
    other_authors: Counter = field(default_factory=Counter)
    """Names of authors that no user has."""

    @contextmanager
    def skipping(self, label: str) -> Iterator[None]:
        """Whatever is wrong with one entry skips that entry; the others go on."""
        try:
            yield
        except NotImported as error:
            self.skipped.append((label, str(error)))
        except Exception as error:
            if is_temporary(error):
                raise  # the database or the disk takes nothing, and no file is to blame
            logger.exception("%s was not imported", label)
            problem = " ".join(str(error).split())[:200] or type(error).__name__
            self.skipped.append((label, _("It could not be saved: %(problem)s.") % {"problem": problem}))


def lines(report: Report, *, dry_run: bool) -> Iterator[str]:
    if dry_run:
        yield _("Dry run: nothing has been changed.")
    yield from rows(
        [
            (_("posts and pages found") if report.is_export else _("Markdown files found"), report.found),
            (_("created"), report.created),
            (_("updated"), report.updated),
            (_("unchanged"), report.unchanged),
            (_("skipped"), len(report.skipped)),
        ],
        total=True,
    )
    yield from details(report)
    if report.comments.found:
        yield from comment_lines(report.comments)
    yield from report.notes
    if report.skipped:
        yield ""
        yield _("Skipped:")
        for label, reason in report.skipped:
            yield f"  {label}"
            yield f"    {reason}"


def details(report: Report) -> Iterator[str]:
    numbers = [
        (_("posts"), report.posts),
        (_("pages"), report.pages),
        (_("of these, drafts"), report.drafts),
        (_("of these, scheduled"), report.scheduled),
        (_("old URLs that now redirect"), report.redirects),
        (_("lists and feeds that now redirect"), report.list_redirects),
        (_("pictures to download"), report.to_download),
        (_("pictures copied"), report.images_copied),
        (_("pictures that were here already"), report.images_unchanged),
    ]
    counted = [
        (_("entries left out, by kind"), report.left_out),
        (_("pictures missing"), report.images_missing),
        (_("links to Markdown files that are not here"), report.links_missing),
        (_("files that are not pictures, or too large"), report.images_unfit),
        (_("files that are no images, left on the old site"), report.other_files),
        (_("tags that were not converted"), report.left),
        (_("files not in UTF-8"), report.encodings),
        (_("authors unknown here"), report.other_authors),
    ]
    yield ""
    yield from rows([row for row in numbers if row[1]])
    for label, names in counted:
        if names:
            yield from rows([(label, names.total())])
            yield "    " + named(names)
    if report.hidden:
        yield from rows([(_("hidden by their generator, now drafts"), len(report.hidden))])
        yield from (f"    {name}: {field}" for name, field in report.hidden.items())
    if report.undated:
        label = _("posts without a date") if report.is_export else _("posts with no date but their file's")
        yield from rows([(label, len(report.undated))])
        yield from (f"    {name}" for name in report.undated[: MAX_NAMES if report.is_export else None])
    if report.repaired:
        yield from rows([(_("files with mended front matter"), len(report.repaired))])
        for name, at in list(report.repaired.items())[:MAX_NAMES]:
            yield "    " + _("%(name)s, line %(lines)s") % {"name": name, "lines": ", ".join(map(str, at))}


def comment_lines(counts: CommentCounts) -> Iterator[str]:
    """What became of comments."""
    reasons = {
        "spam": _("spam"),
        "pingback": _("pingbacks and trackbacks"),
        "deleted": _("deleted, without replies"),
        "empty": _("without a text"),
        "too long": _("too long"),
        "repeated": _("repeated in the file"),
        "page": _("on pages, which have no comments here"),
        "unmatched": _("of posts that are not here"),
    }
    left_out = [(reasons[reason], n) for reason, n in counts.left_out.items()]
    yield ""
    yield from rows(
        [
            (_("comments found"), counts.found),
            (_("created"), counts.created),
            (_("unchanged"), counts.unchanged),
            *left_out,
        ],
        total=True,
    )
    states = [(_("of those created, pending"), counts.pending), (_("of those created, removed"), counts.removed)]
    yield from rows([row for row in states if row[1]])


def comment_report_lines(report: CommentReport, *, dry_run: bool) -> Iterator[str]:
    """Of an import of comments alone."""
    if dry_run:
        yield _("Dry run: nothing has been changed.")
    yield _("Format: %(format)s") % {"format": report.source}
    yield from comment_lines(report.comments)
    yield from rows([(_("posts with comments"), report.posts)])
    if report.unmatched:
        yield ""
        yield _("Pages that are not here, with their comments:")
        yield from (f"  {url} ({n})" for url, n in report.unmatched.most_common())


def named(names: Counter) -> str:
    first = [f"{name} {n}" if n > 1 else name for name, n in names.most_common(MAX_NAMES)]
    more = len(names) - len(first)
    return ", ".join(first) + (_(", and %(n)d more") % {"n": more} if more else "")


def rows(pairs: list[tuple[str, int]], *, total: bool = False) -> Iterator[str]:
    """Labels and numbers in two columns; a `total` in the first row is what the others add up to."""
    for n, (label, number) in enumerate(pairs):
        label = ("  " if total and n else "") + label
        yield label + " " * max(1, 46 - columns(label)) + f"{number:>7}"
