"""The whole document, made once for each language and kept in memory: it changes with the code only."""

import json
from functools import lru_cache

import yaml
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.generators import SchemaGenerator

VERSION = "1"
ROOMS = {
    "posts": gettext_lazy("Posts, pages, tags and topics"),
    "activities": gettext_lazy("Activities"),
    "uploads": gettext_lazy("Pictures"),
    "discussion": gettext_lazy("Comments"),
    "reactions": gettext_lazy("Reactions"),
    "events": gettext_lazy("Events"),
    "moderation": gettext_lazy("Reports"),
    "tokens": gettext_lazy("Tokens and devices"),
    "accounts": gettext_lazy("Tokens and devices"),
    "schema": gettext_lazy("This document"),
}
"""In this order; the name is that of the room's folder."""


class Generator(SchemaGenerator):
    def get_schema(self, request=None, public: bool = True) -> dict:
        found = super().get_schema(request, public)
        schemas = found["components"].setdefault("schemas", {})
        schemas.update(self.registry.types.components)
        found["components"]["schemas"] = dict(sorted(schemas.items()))
        found["components"]["responses"] = dict(sorted(self.registry.types.responses.items()))
        return found


@lru_cache
def schema(language: str) -> dict:
    with translation.override(language):
        found = Generator().get_schema(public=True)
        found["info"] = {"title": _("The API of Frodo"), "version": VERSION, "description": intro()}
        found["tags"] = tags(found["paths"])
        found["paths"] = {path: each for path, each in found["paths"].items() if path.startswith("/api/")}
        # Lazy words become words while the language is the one asked for.
        return json.loads(json.dumps(found, default=str))


def tags(paths: dict) -> list[dict]:
    """The rooms, those that are known first."""
    used = {tag for methods in paths.values() for each in methods.values() for tag in each["tags"]}
    names = [*(name for name in ROOMS if name in used), *sorted(used - ROOMS.keys())]
    return [{"name": name, "description": str(ROOMS.get(name, name.capitalize()))} for name in names]


def intro() -> str:
    return _(
        "What readers see, as JSON, and what those who write this blog do with it. Errors have one shape, "
        '`{"error": {"code", "message", "fields"?}}`, with codes that stay. Lists come in pages by cursor; '
        "reads have an ETag, writes take `If-Match` and `Idempotency-Key`."
    )


@lru_cache
def as_json(language: str) -> bytes:
    return json.dumps(schema(language), ensure_ascii=False, separators=(",", ":")).encode()


@lru_cache
def as_yaml(language: str) -> bytes:
    return yaml.dump(schema(language), allow_unicode=True, sort_keys=False, Dumper=PlainDumper).encode()


class PlainDumper(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        return True


def known_language(asked: str | None) -> str:
    """As asked for, else as the request speaks."""
    codes = dict(settings.LANGUAGES)
    return asked if asked in codes else translation.get_language() or settings.LANGUAGE_CODE
