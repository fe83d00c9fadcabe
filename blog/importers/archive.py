"""Import an archive of ours (blog/exporters/archive.py) into an empty site: the identical site, with the same ids.

Everything is checked before the first change: checksums, every row, and that the site has nothing that is not in the
archive. Rows that are there already stay, so an import that was killed goes on where it was.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, models, transaction
from django.utils.translation import gettext as _

from blog.cache_purging import purge_pages
from blog.exporters.archive import (
    CHANGING,
    COMPUTED,
    MEDIA,
    REPLACED,
    Table,
    from_json,
    has_natural_key,
    lines_of,
    tables,
    target_of,
    text_of_file,
)
from blog.importers.archive_file import ArchiveError, ArchiveFile, bad_row, is_unsafe
from blog.importers.report import rows
from blog.models import Post
from blog.search.models import record_changes
from frodo import raw_rows, snapshots
from frodo.progress import Progress, no_progress
from frodo.snapshots import SnapshotVersion

BATCH = 200
SHOWN = 5


@dataclass
class Report:
    created: dict[str, int] = field(default_factory=dict)
    """Rows by table."""
    replaced: dict[str, int] = field(default_factory=dict)
    unchanged: dict[str, int] = field(default_factory=dict)
    media: int = 0
    media_unchanged: int = 0


def report_lines(report: Report, *, dry_run: bool) -> Iterator[str]:
    if dry_run:
        yield _("Dry run: nothing has been changed.")
    counts = [(_("created"), report.created), (_("updated"), report.replaced), (_("unchanged"), report.unchanged)]
    yield from rows([(label, sum(numbers.values())) for label, numbers in counts])
    yield from rows([(f"  {table}", n) for table, n in report.created.items()])
    yield from rows([(_("media files"), report.media)])


@dataclass
class References:
    """Ids of all rows, and where they are referred to first."""

    ids: dict[type[models.Model], set] = field(default_factory=dict)
    wanted: dict[tuple[type[models.Model], object], tuple[Table, int]] = field(default_factory=dict)

    def add(self, table: Table, n: int, key: object, row: dict) -> None:
        self.ids.setdefault(table.model, set()).add(key)
        for column in table.columns:
            if column.remote_field and row.get(column.name) is not None:
                self.want(column, row[column.name], table, n)
        for relation in table.relations:
            if not has_natural_key(relation.related_model):
                for other in row.get(relation.name, []):
                    self.want(relation, other, table, n)

    def want(self, column: models.Field, key: object, table: Table, n: int) -> None:
        target = target_of(column)
        if key not in self.ids.get(target, ()):
            self.wanted.setdefault((target, key), (table, n))

    def check(self) -> None:
        for (target, key), (table, n) in self.wanted.items():
            if key not in self.ids.get(target, ()):
                message = _("the archive does not contain %(table)s %(id)s, to which this row refers")
                raise bad_row(table.path, n, message % {"table": target._meta.label_lower, "id": key})


def import_archive(archive: ArchiveFile, *, dry_run: bool = False, progress: Progress = no_progress) -> Report:
    """Raises ArchiveError; then nothing is changed, unless the database itself fails in the middle."""
    archive.verify()
    known = [table for table in tables() if table.label in archive.manifest["tables"]]
    if unknown := set(archive.manifest["tables"]) - {table.label for table in known}:
        raise ArchiveError(_("The archive was made by a newer version of Frodo. Upgrade first.") + f" ({min(unknown)})")
    report, references = Report(), References()
    for table in known:
        check_table(archive, table, report, references, progress)
    references.check()
    media = [name for name in archive.manifest["files"] if name.startswith(MEDIA)]
    if not dry_run:
        for n, name in enumerate(media):
            progress("media", n, len(media))
            copy_media(archive, name, report)
        with connection.constraint_checks_disabled():
            for table in known:
                load_table(archive, table, progress)
        with transaction.atomic():
            for name in SnapshotVersion.objects.values_list("pk", flat=True):
                snapshots.changed(name)
            record_changes(Post.threads.order_by().values_list("pk", flat=True))
            purge_pages()
    return report


def batches(archive: ArchiveFile, table: Table) -> Iterator[list[tuple[int, dict]]]:
    found = archive.rows(table.path)
    while batch := list(islice(found, BATCH)):
        yield batch


def check_table(archive: ArchiveFile, table: Table, report: Report, references: References, progress: Progress) -> None:
    """Count what would be done. Raises ArchiveError for rows that cannot be taken, or that the site has otherwise."""
    conflicts: list[object] = []
    n_created = n_same = n_replaced = n_here = 0
    total, done = archive.manifest["tables"][table.label], 0
    last: Any = None
    for batch in batches(archive, table):
        progress(_("checking"), done, total)
        done += len(batch)
        here = rows_here(table, [values_of(archive, table, n, row)[0] for n, row in batch])
        n_here += len(here)
        for n, row in batch:
            key = key_of(table, row)
            if last is not None and not key > last:
                raise bad_row(table.path, n, _("IDs must ascend"))
            last = key
            references.add(table, n, key, row)
            if key not in here:
                n_created += 1
            elif is_same(archive, table, here[key], row):
                n_same += 1
            elif may_replace(table, here[key], row):
                n_replaced += 1
            else:
                conflicts.append(key)
    if done != total:
        raise ArchiveError(_("%(name)s: %(n)d rows, but the manifest has %(total)d.") % counted(table, done, total))
    if conflicts:
        message = _("This site has other rows with the same ids: %(table)s %(ids)s. Import into an empty site.")
        raise ArchiveError(message % {"table": table.label, "ids": ", ".join(map(str, conflicts[:SHOWN]))})
    if n_here != table.model._base_manager.count() and table.model not in REPLACED:
        message = _("This site has rows that are not in the archive: %(table)s. Import into an empty site.")
        raise ArchiveError(message % {"table": table.label})
    counts = ((report.created, n_created), (report.replaced, n_replaced), (report.unchanged, n_same))
    for numbers, n in counts:
        if n:
            numbers[table.label] = n


def counted(table: Table, n: int, total: int) -> dict:
    return {"name": table.path, "n": n, "total": total}


def values_of(archive: ArchiveFile, table: Table, n: int, row: dict) -> list:
    """Python values of the columns, which validates them. Raises ArchiveError with the line."""
    names = {column.name for column in table.columns} | {relation.name for relation in table.relations}
    if unknown := row.keys() - names:
        raise bad_row(table.path, n, _("unknown column %(name)s") % {"name": min(unknown)})
    if table.columns[0].name not in row:
        raise bad_row(table.path, n, _("no id"))
    values = []
    for column in table.columns:
        try:
            value = row[column.name] if column.name in row else column.get_default()
            if table.has_text and column.name == "text" and column.name in row:
                value = text_of(archive, value)
            else:
                value = from_json(column, value)
            if value is None and not column.null:
                raise ValueError("null")
            check_value(column, value)
        except (ValidationError, ValueError, TypeError, KeyError, OverflowError) as error:
            problem = " ".join(error.messages) if isinstance(error, ValidationError) else error
            raise bad_row(table.path, n, f"{column.name}: {problem}") from error
        values.append(value)
    for relation in table.relations:
        keys, kinds = row.get(relation.name, []), list if has_natural_key(relation.related_model) else (int, str)
        if not isinstance(keys, list) or not all(isinstance(key, kinds) for key in keys):
            problem = _("not a list of ids")
            raise bad_row(table.path, n, f"{relation.name}: {problem}")
    return values


def check_value(column: models.Field, value: Any) -> None:
    """Raises ValueError for what the column's type takes and the site could not use."""
    if isinstance(value, str) and column.max_length and len(value) > column.max_length:
        raise ValueError(_("longer than %(n)d characters") % {"n": column.max_length})
    if isinstance(column, models.FileField) and value and is_unsafe(value):
        raise ValueError(_("unsafe name"))
    default = column.get_default() if isinstance(column, models.JSONField) else None
    if isinstance(default, (dict, list)) and not isinstance(value, type(default)):
        raise ValueError(type(value).__name__)


def text_of(archive: ArchiveFile, value: Any) -> str:
    if isinstance(value, str):
        return value
    return text_of_file(archive.read(value["file"]))


def rows_here(table: Table, keys: list) -> dict[object, dict]:
    """The rows of this site with these ids, as an archive would have them."""
    return {key_of(table, row): row for row in lines_of(table, connection, keys)}


def key_of(table: Table, row: dict) -> Any:
    return from_json(table.columns[0], row[table.columns[0].name])


def is_same(archive: ArchiveFile, table: Table, here: dict, row: dict) -> bool:
    """Apart from what reading changes, and columns that the archive does not have."""
    skipped = CHANGING.get(table.model, ())
    for name, value in row.items():
        if table.has_text and name == "text":
            value = text_of(archive, value)
        if name not in skipped and here[name] != value:
            return False
    return True


def may_replace(table: Table, here: dict, row: dict) -> bool:
    name = REPLACED.get(table.model)
    return name is not None and here[name] == row[name]


def load_table(archive: ArchiveFile, table: Table, progress: Progress) -> None:
    total, done = archive.manifest["tables"][table.label], 0
    for batch in batches(archive, table):
        progress(str(table.model._meta.verbose_name_plural), done, total)
        done += len(batch)
        with transaction.atomic():
            load_batch(archive, table, batch)


def load_batch(archive: ArchiveFile, table: Table, batch: list[tuple[int, dict]]) -> None:
    here = rows_here(table, [key_of(table, row) for _n, row in batch])
    fields = raw_rows.columns(table.model)
    new, changed = [], []
    for n, row in batch:
        key = key_of(table, row)
        if key not in here:
            new.append((n, row))
        elif not is_same(archive, table, here[key], row):
            changed.append((n, row))
    complete_rows = [complete(archive, table, n, row) for n, row in new]
    try:
        values_of_rows = [[values[field.name] for field in fields] for values in complete_rows]
        raw_rows.insert(connection, table.model, fields, values_of_rows)
        for n, row in changed:
            values = complete(archive, table, n, row)
            key = values.pop(table.columns[0].name)
            table.model._base_manager.filter(pk=key).update(**values)
        for relation in table.relations:
            relate(table, relation, new + changed)
    except IntegrityError as error:
        first, last = batch[0][0], batch[-1][0]
        where = _("%(name)s, lines %(first)d to %(last)d") % {"name": table.path, "first": first, "last": last}
        raise ArchiveError(
            _("%(where)s: rejected by the database: %(error)s") % {"where": where, "error": error}
        ) from error


def complete(archive: ArchiveFile, table: Table, n: int, row: dict) -> dict[str, object]:
    """Values of all columns, with what is computed from the others, as `save()` does it."""
    values = {
        column.name: value for column, value in zip(table.columns, values_of(archive, table, n, row), strict=True)
    }
    computed = COMPUTED.get(table.model)
    if computed:
        instance: Any = table.model(**{field.attname: values[field.name] for field in table.columns})
        (instance.settle_name if hasattr(instance, "settle_name") else instance.render)()
        values |= {name: getattr(instance, name) for name in computed}
    return values


def relate(table: Table, relation: models.ManyToManyField, rows: list[tuple[int, dict]]) -> None:
    through: Any = relation.remote_field.through
    ours, theirs = relation.m2m_field_name(), relation.m2m_reverse_field_name()
    keys = [row[table.columns[0].name] for _n, row in rows]
    through._base_manager.filter(**{f"{ours}__in": keys}).delete()
    target: Any = relation.remote_field.model
    pairs = []
    for _n, row in rows:
        for other in row.get(relation.name, []):
            if has_natural_key(target):
                try:
                    other = target._default_manager.get_by_natural_key(*other).pk
                except (ObjectDoesNotExist, TypeError, ValueError):
                    continue  # a permission that this version does not have
            pairs.append([row[table.columns[0].name], other])
    fields = [through._meta.get_field(ours), through._meta.get_field(theirs)]
    raw_rows.insert(connection, through, fields, pairs)


def copy_media(archive: ArchiveFile, name: str, report: Report) -> None:
    """A file that is there with the same size stays: names of media files change with their content."""
    target, size = name.removeprefix(MEDIA), archive.manifest["files"][name]["size"]
    if default_storage.exists(target):
        if default_storage.size(target) == size:
            report.media_unchanged += 1
            return
        default_storage.delete(target)
    with archive.open(name) as file:
        default_storage.save(target, File(file, target))
    report.media += 1
