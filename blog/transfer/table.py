"""A report in lines for a terminal, Chinese as wide as it is."""

import unicodedata
from collections import Counter

from django.utils.translation import gettext as _

from blog.transfer.report import Report
from blog.transfer.site import Site

SHOWN = 10


def lines(report: Report, site: Site, *, dry_run: bool):
    if dry_run:
        yield _("Tried only: nothing has been changed.")
    yield from rows(
        [
            (_("Markdown files found"), report.found),
            (_("created"), report.created),
            (_("updated"), report.updated),
            (_("unchanged"), report.unchanged),
            (_("refused"), len(report.refused)),
        ],
        total=True,
    )
    yield from details(report)
    if report.refused:
        yield ""
        yield _("Refused:")
        for refusal in report.refused:
            yield f"  {refusal.name}"
            yield f"    {refusal.reason}"
    if report.pictures_missing and site.base != site.boundary and site.base in site.boundary.parents:
        yield ""
        yield _("Pictures were looked for in this folder only. To take all of them, import %(path)s.") % {
            "path": site.base
        }


def details(report: Report):
    numbers = [
        (_("posts"), report.posts),
        (_("pages"), report.pages),
        (_("of these, drafts"), report.drafts),
        (_("of these, scheduled"), report.scheduled),
        (_("posts with no date but their file's"), report.undated),
        (_("old addresses that now redirect"), report.old_addresses),
        (_("pictures copied"), report.pictures_copied),
        (_("pictures that were here already"), report.pictures_already),
    ]
    counted = [
        (_("pictures missing"), report.pictures_missing),
        (_("files that are not pictures, or too large"), report.pictures_unfit),
        (_("tags left visible in the text"), report.left),
        (_("files not in UTF-8"), report.encodings),
        (_("authors unknown here"), report.other_authors),
    ]
    yield ""
    yield from rows([row for row in numbers if row[1]])
    for label, names in counted:
        if names:
            yield from rows([(label, names.total())])
            yield "    " + named(names)
    if report.mended:
        yield from rows([(_("files with mended front matter"), len(report.mended))])
        for name, at in list(report.mended.items())[:SHOWN]:
            yield "    " + _("%(name)s, line %(lines)s") % {"name": name, "lines": ", ".join(map(str, at))}


def named(names: Counter) -> str:
    shown = [f"{name} {n}" if n > 1 else name for name, n in names.most_common(SHOWN)]
    more = len(names) - len(shown)
    return ", ".join(shown) + (_(", and %(n)d more") % {"n": more} if more else "")


def rows(pairs: list[tuple[str, int]], *, total: bool = False):
    """Labels and numbers in two columns; a `total` in the first row is what the others add up to."""
    for n, (label, number) in enumerate(pairs):
        label = ("  " if total and n else "") + label
        yield label + " " * max(1, 46 - width(label)) + f"{number:>7}"


def width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
