"""`/api/schema/`, the schema itself, and `/docs/`, Swagger UI."""

import json
from functools import lru_cache
from threading import Lock

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.utils import OpenApiParameter, extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.request import Request

from frodo.api import Endpoint, one_of

FORMATS = ("json", "yaml")
LANGUAGES = [code for code, _name in settings.LANGUAGES]
generating = Lock()
"""drf-spectacular fails when two threads generate a schema at the same time."""


class Schema(Endpoint):
    @extend_schema(
        tags=["schema"],
        summary=_("This schema"),
        parameters=[
            OpenApiParameter("format", enum=FORMATS, default="json", description=_("The format.")),
            OpenApiParameter("lang", enum=LANGUAGES, description=_("The language; else the reader's.")),
        ],
        responses={(200, "application/json", "application/yaml"): {"type": "object", "required": ["openapi", "paths"]}},
    )
    async def get(self, request: Request) -> HttpResponse:
        """OpenAPI 3.1, as JSON or as YAML."""
        language = one_of(request, "lang", dict(settings.LANGUAGES)) or translation.get_language()
        form = one_of(request, "format", FORMATS) or "json"
        content = await sync_to_async(rendered)(language, form)
        return HttpResponse(content, content_type=f"application/{form}")


@lru_cache
def schema(language: str) -> dict:
    """Made once for each language; it changes with the code only."""
    with generating, translation.override(language):
        return SchemaGenerator().get_schema(public=True)


@lru_cache
def rendered(language: str, form: str) -> bytes:
    found = schema(language)
    return OpenApiYamlRenderer().render(found) if form == "yaml" else json.dumps(found, ensure_ascii=False).encode()


class Docs(SpectacularSwaggerSplitView):
    url_name = "api-schema"
    template_name = "api_docs.html"
    authentication_classes = []
