"""JSON bodies: parsers for requests, of limited size, and responses."""

import json
from collections.abc import Mapping
from typing import IO, Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

from frodo.text import parse_json

MAX_BODY = 256 * 1024


class TooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"
    default_detail = _("The request is too large.")


class SmallJSONParser(BaseParser):
    """JSON of limited size and depth; anything else is a 400."""

    media_type = "application/json"
    max_body = MAX_BODY

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping | None = None) -> Any:
        body = stream.read(self.max_body + 1)
        if len(body) > self.max_body:
            raise TooLarge
        try:
            return parse_json(body)
        except ValueError as error:
            raise ParseError(_("This is not JSON.")) from error


class JSONParser(SmallJSONParser):
    """For bodies with whole posts."""

    max_body = 4 * 1024 * 1024


class Answer(HttpResponse):
    """A JSON response with status and headers."""

    def __init__(self, data: Any = None, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        is_empty = data is None
        content = b"" if is_empty else json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        super().__init__(content, status=204 if is_empty and status == 200 else status, headers=headers)
        if is_empty:
            del self.headers["Content-Type"]
        else:
            self.headers["Content-Type"] = "application/json"


def as_answer(data: Any) -> HttpResponse:
    return data if isinstance(data, HttpResponse) else Answer(data)
