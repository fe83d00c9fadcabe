"""Fields that mean the same on every database."""

from django.db import models
from django.db.models import lookups

from frodo.mysql import COLLATION


class Exact:
    """Equal is what is written alike, as on SQLite and PostgreSQL.

    MySQL's collations take カ for か and é for e, some of them one emoji for another: good in a search, not where
    a name or an address must be unique.
    """

    def db_parameters(self, connection) -> dict:
        parameters = super().db_parameters(connection)
        return {**parameters, "collation": "utf8mb4_bin"} if connection.vendor == "mysql" else parameters


class ExactCharField(Exact, models.CharField):
    pass


class ExactSlugField(Exact, models.SlugField):
    pass


class AnyCase:
    """`icontains` and its kin are asked in the collation for searching."""

    def process_lhs(self, compiler, connection, lhs=None):
        sql, parameters = super().process_lhs(compiler, connection, lhs)
        return (f"{sql} COLLATE {COLLATION}" if connection.vendor == "mysql" else sql), parameters


for lookup in (lookups.IExact, lookups.IContains, lookups.IStartsWith, lookups.IEndsWith):
    for field in (ExactCharField, ExactSlugField):
        field.register_lookup(type(lookup.__name__, (AnyCase, lookup), {}))
