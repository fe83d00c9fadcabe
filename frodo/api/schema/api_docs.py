from django.conf import settings
from django.utils.translation import gettext_lazy as _

from frodo.api.documenting import Parameter, documented
from frodo.api.schema.api import Schema

LANGUAGES = [code for code, _name in settings.LANGUAGES]

documented(
    Schema,
    "GET",
    _("This document, as JSON or as YAML"),
    id="getSchema",
    response={"type": "object", "required": ["openapi", "info", "paths"]},
    media=("application/json", "application/yaml"),
    query=(
        Parameter("format", _("In which form."), {"type": "string", "enum": ["json", "yaml"], "default": "json"}),
        Parameter(
            "lang", _("In which language; else in that of the request."), {"type": "string", "enum": ["en", "zh-hans"]}
        ),
    ),
)
