"""The answer while the database cannot be asked: come back in a moment."""

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.utils.translation import gettext as _

from frodo.errors import body
from frodo.threads import Busy

RETRY_AFTER = 5
LOST = {1040, 1053, 1203, 2002, 2003, 2006, 2013, 2055, 4031}
"""MySQL's numbers for: not reachable, full, shutting down, connection lost."""


def unavailable(request: HttpRequest) -> HttpResponse:
    if request.path_info.startswith("/api/"):
        message = _("The site cannot do this just now. Try again in a moment.")
        response = JsonResponse(body("unavailable", message), status=503)
    else:
        response = render(None, "503.html", {"words": words_in(request)}, status=503)
    response["Retry-After"] = RETRY_AFTER
    response["Cache-Control"] = "no-store"
    return response


def words_in(request: HttpRequest) -> str:
    """What the reader was writing: the answer shows it again, so that nobody loses it."""
    if request.method != "POST":
        return ""
    try:
        return request.POST.get("text", "")
    except (BadRequest, SuspiciousOperation, MultiPartParserError):  # nothing that can be read: too large, no form
        return ""


def database_is_gone(error: Exception) -> bool:
    """Asked on a thread. Other errors of a database that answers, such as a wrong column, are ours."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    return isinstance(error, Busy) or (error.args and error.args[0] in LOST) or not database_answers()


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True
