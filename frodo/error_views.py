"""Error pages, and 503 while the database or disk is unavailable."""

import errno
import logging
import sqlite3
import sys

from django.core.exceptions import BadRequest, DisallowedHost, SuspiciousOperation
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import defaults

from frodo.conflict_retry import is_conflict
from frodo.errors import body
from frodo.orm_threads import Busy, on_orm_thread

logger = logging.getLogger(__name__)

RETRY_AFTER = 5
LOST = {1040, 1053, 1203, 2002, 2003, 2006, 2013, 2055, 4031}
"""MySQL error numbers: unreachable, full, shutting down, connection lost."""
STATEMENT_TIMEOUT = {1969, 3024}
"""Error numbers of MariaDB and MySQL for statement timeouts."""
MYSQL_CANNOT_WRITE = {3, 20, 28, 1021, 1026, 1030, 1114, 1290, 1792, 1836}
"""MySQL error numbers: disk or table full, file not writable, read only."""
SQLITE_CANNOT_WRITE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
}
DISK_CANNOT_WRITE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS}


def unavailable(request: HttpRequest) -> HttpResponse:
    response: HttpResponse
    if request.path_info.startswith("/api/"):
        message = _("The site is temporarily unavailable. Try again in a moment.")
        response = JsonResponse(body("unavailable", message), status=503)
    else:
        response = render(None, "503.html", {"words": words_in(request)}, status=503)
    response["Retry-After"] = RETRY_AFTER
    response["Cache-Control"] = "no-store"
    return response


def words_in(request: HttpRequest) -> str:
    """Text that the reader submitted, shown again so that it is not lost."""
    if request.method != "POST":
        return ""
    try:
        return request.POST.get("text", "")
    except (BadRequest, OSError, SuspiciousOperation, MultiPartParserError):  # too large, no form, no room for it
        return ""


def is_temporary(error: BaseException) -> bool:
    """Whether the same request may succeed later. Runs in a thread."""
    return is_conflict(error) or cannot_write(error) or took_too_long(error) or database_is_gone(error)


def took_too_long(error: BaseException) -> bool:
    """Whether the database cancelled the statement (frodo.database_limits.limit_statements)."""
    if not isinstance(error, DatabaseError):
        return False
    if isinstance(error.__cause__, sqlite3.Error):
        return getattr(error.__cause__, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT
    return bool(error.args) and error.args[0] in STATEMENT_TIMEOUT


def cannot_write(error: BaseException) -> bool:
    """Whether the database or disk cannot be written; on SQLite also a lock timeout."""
    if isinstance(error, OSError):
        return error.errno in DISK_CANNOT_WRITE
    if not isinstance(error, DatabaseError):
        return False
    if isinstance(error.__cause__, sqlite3.Error):
        code = getattr(error.__cause__, "sqlite_errorcode", None)  # absent from errors of the module itself
        return code is not None and code & 0xFF in SQLITE_CANNOT_WRITE
    return bool(error.args) and error.args[0] in MYSQL_CANNOT_WRITE


def operator_message(error: BaseException) -> str:
    """One line for operators."""
    if isinstance(error, OSError):
        return _("Nothing can be written: %(error)s") % {"error": error}
    text = "; ".join(str(argument) for argument in error.args if isinstance(argument, str))
    return _(
        "The database cannot be used: %(error)s. Check DATABASE_URL and DATA_DIR, and whether the disk is full."
    ) % {"error": text}


def unavailable_because(request: HttpRequest, error: BaseException) -> HttpResponse:
    """`unavailable` with a log line."""
    logger.error("503 for %s %s: %r", request.method, request.path, error)
    response = unavailable(request)
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django would add a line without the reason
    return response


def database_is_gone(error: BaseException) -> bool:
    """Whether the database is unreachable. Runs in a thread."""
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


def api_error(status: int, code: str, message: str) -> JsonResponse:
    return JsonResponse(body(code, message), status=status, headers={"Cache-Control": "no-store"})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not request.path_info.startswith("/api/"):
        return defaults.bad_request(request, exception)
    if isinstance(exception, DisallowedHost):
        return api_error(400, "unknown_host", _("This site does not use that host name."))
    return api_error(400, "parse_error", _("This request cannot be read."))


@on_orm_thread
def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not request.path_info.startswith("/api/"):
        return defaults.permission_denied(request, exception)
    return api_error(403, "permission_denied", _("You may not do this."))


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500: 503 while the database, disk or thread pool is unavailable, else 500."""
    try:
        return explain(request, sys.exception())
    except Busy as error:
        return unavailable_because(request, error)


@on_orm_thread
def explain(request: HttpRequest, error: BaseException | None) -> HttpResponse:
    if error is not None and is_temporary(error):
        return unavailable_because(request, error)
    if not request.path_info.startswith("/api/"):
        return defaults.server_error(request)
    return api_error(500, "server_error", _("Something went wrong on the server. This is not your fault."))
