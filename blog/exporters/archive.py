"""Our own archive: one zip file from which `import_blog` restores the identical site (docs/archive-format.md).

It has all tables and columns of the blog and of its accounts, but for what is named here; a new model or column is
exported by itself. What is computed from other columns is left out and computed anew by an import, so no HTML comes in
from a file. Posts and pages are Markdown files with front matter, which other programs can read, too. The same content
gives the same bytes.
"""

import base64
import hashlib
import json
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.files.storage import default_storage
from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper

from accounts.models import Device, PersonalToken, User
from blog.models import (
    ActivityEvent,
    ActivityStream,
    AutosavedForm,
    CheckedLink,
    Comment,
    Document,
    DocumentUpdate,
    Event,
    Export,
    Import,
    LiveEntry,
    NotFoundPath,
    Page,
    Post,
    PreviewLink,
    Queue,
    QueuedEmail,
    Redirect,
    SearchChange,
    SiteVersion,
    Tag,
    Topic,
    Upload,
)
from blog.posts.models.content import MarkdownContent
from frodo import raw_rows
from frodo.backup.archive import Readable, media_names
from frodo.progress import Progress, no_progress
from frodo.raw_rows import read_snapshot

FORMAT = "frodo-archive"
VERSION = 1
MANIFEST = "manifest.json"
DATA = "data/"
MEDIA = "media/"
APPS = ("accounts", "blog")
ALSO: tuple[type[models.Model], ...] = (Group, EmailAddress, SocialAccount)
LEFT_OUT: tuple[type[models.Model], ...] = (
    Device,
    PersonalToken,
    AutosavedForm,
    CheckedLink,
    Document,
    DocumentUpdate,
    PreviewLink,
    ActivityEvent,
    SiteVersion,
    Event,
    Export,
    Import,
    NotFoundPath,
    QueuedEmail,
    Queue,
    SearchChange,
)
"""Tokens and secret links, which a new site must give out anew; forms and texts that were not saved; what checks of
links found; what was announced to open pages and by e-mail; counters of changes; imported and exported files."""
COMPUTED: dict[type[models.Model], tuple[str, ...]] = {
    Post: (*Post.rendered_fields, "share_image"),
    Page: Page.rendered_fields,
    Comment: ("html",),
    LiveEntry: ("html", "plain"),
    Tag: ("name_key",),
    Topic: ("name_key",),
}
REPLACED: dict[type[models.Model], str] = {User: "username", EmailAddress: "email", ActivityStream: "id"}
"""What a new site may have already: where id and this column are the same, the archive's row replaces it."""
CHANGING: dict[type[models.Model], tuple[str, ...]] = {Post: ("n_views",), Redirect: ("n_uses", "last_used_at")}
"""What readers change by reading: a row that differs in this only is the same."""


@dataclass(frozen=True)
class Table:
    model: type[models.Model]

    @property
    def label(self) -> str:
        return self.model._meta.label_lower

    @property
    def path(self) -> str:
        return f"data/{self.label}.jsonl"

    @cached_property
    def columns(self) -> list[models.Field]:
        """In the archive, the primary key first."""
        computed = COMPUTED.get(self.model, ())
        found = [
            field
            for field in raw_rows.columns(self.model)
            if field.name not in computed and not (field.remote_field and target_of(field) in LEFT_OUT)
        ]
        return sorted(found, key=lambda field: not field.primary_key)

    @cached_property
    def relations(self) -> list[models.ManyToManyField]:
        fields: list[Any] = list(self.model._meta.local_many_to_many)
        return [field for field in fields if field.remote_field.through._meta.auto_created]

    @property
    def has_text(self) -> bool:
        """Whether its `text` is a Markdown file of the archive."""
        return issubclass(self.model, MarkdownContent)


def tables() -> list[Table]:
    """Those that others refer to come first."""
    models_here = [model for app in APPS for model in apps.get_app_config(app).get_models()]
    models_here = [m for m in [*ALSO, *models_here] if not m._meta.proxy and m not in LEFT_OUT]
    ordered: list[type[models.Model]] = []

    def add(model: type[models.Model], above: tuple = ()) -> None:
        if model in ordered or model in above or model not in models_here:
            return
        relations: list[Any] = [*model._meta.concrete_fields, *model._meta.local_many_to_many]
        needs = [target_of(field) for field in relations if field.remote_field]
        # Text is rendered with what is known of the pictures that it shows.
        images: list[type[models.Model]] = [Upload] if issubclass(model, MarkdownContent) else []
        for needed in [*images, *needs]:
            add(needed, (*above, model))
        ordered.append(model)

    for model in sorted(models_here, key=lambda m: m._meta.label_lower):
        add(model)
    return [Table(model) for model in ordered]


def target_of(field: models.Field) -> type[models.Model]:
    """The model that a foreign key refers to."""
    related = field.related_model
    assert isinstance(related, type)  # apps are loaded
    return related._meta.concrete_model or related


def lines(table: Table, connection: BaseDatabaseWrapper) -> Iterator[list[dict]]:
    """The rows of a table as dictionaries for JSON, in batches."""
    for batch in raw_rows.batches(connection, table.model, table.columns):
        yield encoded(table, batch, connection)


def lines_of(table: Table, connection: BaseDatabaseWrapper, keys: list) -> list[dict]:
    """Those with these ids."""
    rows = table.model._base_manager.using(connection.alias).filter(pk__in=keys)
    return encoded(table, list(rows.values_list(*(field.attname for field in table.columns))), connection)


def encoded(table: Table, batch: list[tuple], connection: BaseDatabaseWrapper) -> list[dict]:
    rows = [
        {field.name: to_json(value) for field, value in zip(table.columns, values, strict=True)} for values in batch
    ]
    for relation in table.relations:
        related = related_keys(relation, [values[0] for values in batch], connection)
        for values, row in zip(batch, rows, strict=True):
            row[relation.name] = related.get(values[0], [])
    return rows


def related_keys(relation: models.ManyToManyField, keys: list, connection: BaseDatabaseWrapper) -> dict[object, list]:
    """What each row is related to: ids of what is in the archive, natural keys of what Django itself makes."""
    through: Any = relation.remote_field.through
    model: Any = relation.remote_field.model
    ours, theirs = relation.m2m_field_name(), relation.m2m_reverse_field_name()
    pairs = through._base_manager.using(connection.alias).filter(**{f"{ours}__in": keys})
    found: dict[object, list] = {}
    natural = {}
    pairs = list(pairs.values_list(f"{ours}_id", f"{theirs}_id"))
    if has_natural_key(model):
        others = model._base_manager.using(connection.alias).filter(pk__in={key for _own, key in pairs})
        natural = {other.pk: list(other.natural_key()) for other in others}
    for own, key in pairs:
        found.setdefault(own, []).append(natural.get(key, key))
    return {own: sorted(others) for own, others in found.items()}


def has_natural_key(model: type[models.Model]) -> bool:
    return hasattr(model, "natural_key") and model not in (*ALSO, *apps.get_app_config("accounts").get_models())


def to_json(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if value is None or isinstance(value, (str, int, float, bool, list, dict)):
        return value
    return str(value)  # decimals, files


def from_json(field: models.Field, value: object) -> object:
    """Raises ValidationError, ValueError or TypeError for what the column does not take."""
    if isinstance(field, models.ForeignKey):
        field = field.target_field
    if isinstance(field, models.BinaryField) and value is not None:
        return base64.b64decode(str(value))
    if isinstance(field, models.JSONField):
        return value
    if isinstance(field, models.FileField):
        return str(value or "")
    return field.to_python(value)


def dumps(row: dict) -> bytes:
    return json.dumps(row, ensure_ascii=False, sort_keys=False, default=str).encode() + b"\n"


END = "\n---\n"
KEPT = (
    "title",
    "slug",
    "published_at",
    "updated_at",
    "status",
    "visibility",
    "is_published",
    "language",
    "summary",
    "pinned",
)


def markdown_path(table: Table, row: dict) -> str:
    """`posts/12-一壶茶.md`; names of files may not be longer than 255 bytes."""
    folder = f"{row['kind']}s" if row.get("kind") == "post" else "activities" if "kind" in row else "pages"
    slug = "" if folder == "activities" else "-" + row["slug"].encode()[:120].decode(errors="ignore")
    return f"{folder}/{row['id']}{slug}.md"


def markdown_file(row: dict, tags: list[str]) -> bytes:
    """The file. What is above the text is for people and other programs; an import takes it from the row."""
    fields = {name: row[name] for name in KEPT if row.get(name) not in (None, "", False)}
    if tags:
        fields["tags"] = tags
    front = yaml.safe_dump(fields, allow_unicode=True, sort_keys=False, width=10_000)
    return f"---\n{front}---\n{row['text']}".encode()


def text_of_file(data: bytes) -> str:
    """Raises ValueError (UnicodeDecodeError too) for what is not such a file."""
    text = data.decode()
    end = text.find(END, 3)
    if not text.startswith("---\n") or end < 0:
        raise ValueError("---")
    return text[end + len(END) :]


CHUNK = 1024**2
EPOCH = (1980, 1, 1, 0, 0, 0)


class Archive:
    """A zip file in which every file has the same time, and a list of what is in it."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self.file = file
        self.files: dict[str, dict] = {}

    def add(self, name: str, content: Readable, *, compress: bool = True) -> None:
        info = zipfile.ZipInfo(name, EPOCH)
        info.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
        info.external_attr = 0o600 << 16
        digest, size = hashlib.sha256(), 0
        with self.file.open(info, "w", force_zip64=True) as target:
            while data := content.read(CHUNK):
                digest.update(data)
                size += len(data)
                target.write(data)
        self.files[name] = {"size": size, "sha256": digest.hexdigest()}

    def add_bytes(self, name: str, data: bytes) -> None:
        with tempfile.SpooledTemporaryFile(CHUNK) as file:
            file.write(data)
            file.seek(0)
            self.add(name, file)


def write_archive(path: Path, progress: Progress = no_progress) -> dict:
    """Write everything to a new file, and return its manifest. Raises OSError.

    The rows are of one moment. A media file that is deleted while it is copied is left out.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        with zipfile.ZipFile(part, "w") as file:
            part.chmod(0o600)  # it has e-mail addresses and password hashes
            archive = Archive(file)
            with read_snapshot(connection):
                counts = {table.label: add_table(archive, table, progress) for table in tables()}
            names = list(media_names())
            for n, name in enumerate(names):
                progress("media", n, len(names))
                add_media(archive, name)
            manifest = {
                "format": FORMAT,
                "version": VERSION,
                "tables": counts,
                "files": dict(sorted(archive.files.items())),
            }
            archive.add_bytes(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1).encode())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return manifest


def add_table(archive: Archive, table: Table, progress: Progress) -> int:
    """Only one file of a zip can be written at a time: the rows wait until their texts are in."""
    n, total = 0, table.model._base_manager.count()
    tag_names = dict(Tag.objects.values_list("pk", "name")) if table.has_text else {}
    with tempfile.TemporaryFile() as rows:
        for batch in lines(table, connection):
            for row in batch:
                if table.has_text:
                    name = markdown_path(table, row)
                    tags = [tag_names[key] for key in row.get("tags", ())]
                    archive.add_bytes(name, markdown_file(row, tags))
                    row["text"] = {"file": name}
                rows.write(dumps(row))
            n += len(batch)
            progress(str(table.model._meta.verbose_name_plural), n, total)
        rows.seek(0)
        archive.add(table.path, rows)
    return n


def add_media(archive: Archive, name: str) -> None:
    try:
        with default_storage.open(name) as file:
            archive.add(MEDIA + name, file, compress=False)  # images are compressed already
    except FileNotFoundError:
        return
