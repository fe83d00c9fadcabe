"""The schema itself, and the page that shows it."""

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import HttpResponse
from rest_framework.request import Request

from frodo.api import Endpoint, one_of


class Schema(Endpoint):
    async def get(self, request: Request) -> HttpResponse:
        """This document: OpenAPI 3.1, as JSON or as YAML."""
        from frodo.api.schema import building  # what makes it is needed by nobody else

        language = building.known_language(one_of(request, "lang", dict(settings.LANGUAGES)))
        as_yaml = one_of(request, "format", ("json", "yaml")) == "yaml"
        content = await sync_to_async(building.as_yaml if as_yaml else building.as_json)(language)
        kind = "application/yaml" if as_yaml else "application/json"
        return HttpResponse(content, content_type=kind)
