"""Fields that compare alike on every database, and counters that saving a row does not overwrite."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, lookups
from django.db.models.sql.compiler import SQLCompiler
from django.utils.translation import gettext_lazy as _

from frodo.database_limits import COLLATION
from frodo.display_names import can_be_seen
from frodo.text import fold, is_mark


class Exact:
    """Mixin for MySQL: case- and accent-sensitive comparison, as on SQLite and PostgreSQL.

    MySQL's collations take カ for か and é for e, some of them one emoji for another: good in a search, not where
    a name or an address must be unique.
    """

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict:
        parameters = super().db_parameters(connection)  # type: ignore[misc]  # a mixin of fields
        return {**parameters, "collation": "utf8mb4_bin"} if connection.vendor == "mysql" else parameters


class ExactCharField(Exact, models.CharField):
    pass


def validate_slug(slug: str) -> None:
    if not all(c in "-_" or c.isalnum() or is_mark(c) for c in slug):
        raise ValidationError(_("Use letters, numbers, underscores and hyphens only."), code="invalid")


def validate_moment(moment: datetime) -> None:
    """Refuses what cannot be shown in every time zone, and what MariaDB does not take: years before 1000."""
    if not 1000 < moment.year < 9999:
        raise ValidationError(_("Enter a year between 1001 and 9998."), code="year")


def validate_moments(row: models.Model, *names: str) -> None:
    """For `clean`: these fields of the row, where they have a value."""
    for name in names:
        if moment := getattr(row, name):
            try:
                validate_moment(moment)
            except ValidationError as error:
                raise ValidationError({name: error}) from error


def validate_visible(row: models.Model, name: str) -> None:
    """For `clean`: text of invisible characters is refused like an empty one, as there would be nothing to click."""
    text = getattr(row, name)
    if text and not can_be_seen(text):
        raise ValidationError({name: models.Field.default_error_messages["blank"]})


class ExactSlugField(Exact, models.SlugField):
    """Letters of any script with their marks, which Django's own check takes for punctuation."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.validators = [validate_slug, *(each for each in self.validators if each not in self.default_validators)]

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        return models.CharField.formfield(self, **{"form_class": forms.CharField, **kwargs})


class AnyCase:
    """Case-insensitive lookups use the collation for searching."""

    def process_lhs(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, lhs: Any = None) -> tuple[str, Any]:
        sql, parameters = super().process_lhs(compiler, connection, lhs)  # type: ignore[misc]  # a mixin of lookups
        return (f"{sql} COLLATE {COLLATION}" if connection.vendor == "mysql" else sql), parameters


for lookup in (lookups.IExact, lookups.IContains, lookups.IStartsWith, lookups.IEndsWith):
    for field in (ExactCharField, ExactSlugField):
        field.register_lookup(type(lookup.__name__, (AnyCase, lookup), {}))


def searched(*fields: str) -> list[str]:
    """`search_fields` of an admin class whose columns are compared folded."""
    return [f"{field}__{FoldedContains.lookup_name}" for field in fields]


class FoldedContains(models.Lookup):
    """Contains the value, however it is spelled: by MySQL's collation for searching, on SQLite by `fold`."""

    lookup_name = "folded_contains"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        column, parameters = self.process_lhs(compiler, connection)
        if connection.vendor == "mysql":
            pattern = f"%{connection.ops.prep_for_like_query(self.rhs)}%"
            return f"{column} COLLATE {COLLATION} LIKE %s", [*parameters, pattern]
        return f"INSTR(FOLD({column}), %s) > 0", [*parameters, fold(str(self.rhs))]


models.CharField.register_lookup(FoldedContains)
models.TextField.register_lookup(FoldedContains)


if TYPE_CHECKING:
    AnyField = models.Field[Any, Any]
else:
    AnyField = object


class OnlyUpdated(AnyField):
    """A field changed by `update()` only: saving an instance does not overwrite it."""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        return super().pre_save(model_instance, add) if add else F(self.attname)

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        stock = type(self).__mro__[2]
        return name, f"django.db.models.{stock.__name__}", args, kwargs


class Counter(OnlyUpdated, models.PositiveIntegerField):
    pass


class Tally(OnlyUpdated, models.JSONField):
    """Counts by kind, without zeros."""
