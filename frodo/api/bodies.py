"""What comes in: bounded, and JSON."""

import json

from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

MAX_BODY = 256 * 1024


class TooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"
    default_detail = _("That is more than is taken at once.")


class SmallJSONParser(BaseParser):
    """JSON of a bounded size and depth: what is neither is the caller's mistake, not ours."""

    media_type = "application/json"
    max_body = MAX_BODY

    def parse(self, stream, media_type=None, parser_context=None) -> object:
        body = stream.read(self.max_body + 1)
        if len(body) > self.max_body:
            raise TooLarge
        try:
            said = json.loads(body, parse_constant=refuse)
            body.decode().encode()
        except (ValueError, RecursionError) as error:
            raise ParseError(_("This is not JSON.")) from error
        return said


class JSONParser(SmallJSONParser):
    """For whole posts."""

    max_body = 4 * 1024 * 1024


def refuse(constant: str):
    raise ValueError(constant)
