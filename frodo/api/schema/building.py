"""The whole document, made once for each language and kept in memory: it changes with the code only."""

import json
from functools import lru_cache

import yaml
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from drf_spectacular.generators import SchemaGenerator

VERSION = "1"


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
        found["paths"] = {path: each for path, each in found["paths"].items() if path.startswith("/api/")}
        # Lazy words become words while the language is the one asked for.
        return json.loads(json.dumps(found, default=str))


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
