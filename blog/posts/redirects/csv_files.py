"""Redirects as CSV: two columns, the old path and the target. Exports of other programs are read, too."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import StringIO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from blog.posts.models import Redirect
from blog.posts.slugs import normal_path

MAX_ROWS = 20_000
HEADERS = {"path", "from", "source", "old", "old path", "old url", "source url", "url", "旧路径", "来源"}
"""Names of the first column by which a first line is known as a header."""


class InvalidCsv(Exception):
    """A file that cannot be read; the message says why."""


@dataclass
class Outcome:
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    errors: list[tuple[int, str, str]] = field(default_factory=list)
    """Line, old path, and what is wrong."""


def export(redirects: Iterable[Redirect]) -> Iterator[str]:
    """Lines of a CSV file, with a header."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(["path", "target", "uses", "last_used"])
    for redirect in redirects:
        target = redirect.entry.get_absolute_url() if redirect.entry else redirect.url
        used = redirect.last_used_at.isoformat() if redirect.last_used_at else ""
        writer.writerow([redirect.path, target, redirect.n_uses, used])
        yield out.getvalue()
        out.seek(0)
        out.truncate()


def decode(data: bytes) -> str:
    """UTF-8 with or without BOM; what Excel saves in China is GB 18030."""
    for encoding in ("utf-8-sig", "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidCsv(_("The file is not text. Save it as CSV in UTF-8."))


def rows(text: str) -> list[tuple[int, str, str]]:
    """Line, old path and target. Raises InvalidCsv."""
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    found: list[tuple[int, str, str]] = []
    reader = csv.reader(StringIO(text), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            cells = [cell.strip() for cell in cells]
            if not any(cells) or (not found and cells[0].casefold() in HEADERS):
                continue
            found.append((reader.line_num, cells[0], cells[1] if len(cells) > 1 else ""))
            if len(found) > MAX_ROWS:
                raise InvalidCsv(_("The file has more than %(n)d redirects. Split it.") % {"n": MAX_ROWS})
    except csv.Error as error:
        message = _("Line %(line)d cannot be read: %(error)s")
        raise InvalidCsv(message % {"line": reader.line_num, "error": error}) from error
    if not found:
        raise InvalidCsv(_("The file has no redirects. Each line needs an old path and a target: /old/,/new/"))
    return found


def import_rows(found: list[tuple[int, str, str]], *, dry_run: bool = False) -> Outcome:
    """Create and change redirects, all valid lines in one transaction. What is not in the file stays."""
    outcome = Outcome()
    with transaction.atomic():
        for line, path, target in found:
            try:
                import_row(path, target, outcome)
            except ValidationError as error:
                outcome.errors.append((line, path, " ".join(error.messages)))
        if dry_run:
            transaction.set_rollback(True)
    return outcome


def import_row(path: str, target: str, outcome: Outcome) -> None:
    """Raises ValidationError."""
    if not target:
        raise ValidationError(_("The target is missing."))
    known = Redirect.objects.filter(path=normal_path(path)).first()
    row = known or Redirect(path=path)
    before = row.target if known else None
    for name in row.target:
        setattr(row, name, "" if name == "url" else None)
    row.url = target
    row.full_clean()
    if before is None:
        outcome.created += 1
    elif before == row.target:
        outcome.unchanged += 1
        return
    else:
        outcome.updated += 1
    row.save()
