"""Responses to forms rejected for other reasons than their content: the input can be submitted again.

A session or a CSRF token may expire while somebody writes. Nothing is stored, and no JavaScript is needed.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from frodo.errors import body
from frodo.text import is_credential

SHOWN_FROM = 60
"""Characters of a value that is shown; shorter ones are hidden fields."""


def recover_form(
    request: HttpRequest,
    reason: str,
    *,
    sign_in_url: str = "",
    sign_out: bool = False,
    may_send: bool = True,
    may_open: bool = True,
) -> HttpResponse:
    """403, with `reason` and the fields of the request. Passwords are never repeated, nor are files.

    `sign_in_url`: where to sign in first; `sign_out`: whether to sign out first; `may_send`: whether to offer a button;
    `may_open`: whether the page that the form was on is still there.
    """
    fields = [(name, value) for name, values in request.POST.lists() for value in values]
    fields = [field for field in fields if field[0] != "csrfmiddlewaretoken"]
    if any(is_credential(name) for name, _value in fields):
        fields = []
    long = [field for field in fields if len(field[1]) > SHOWN_FROM or "\n" in field[1]]
    context = {
        "reason": reason,
        "sign_in_url": sign_in_url,
        "sign_out": sign_out,
        "may_send": may_send and bool(fields),
        "may_open": may_open,
        "long": long,
        "hidden": [field for field in fields if field not in long],
        "has_files": any(request.FILES.values()),
    }
    response = render(request, "recover_form.html", context, status=403)
    response["Cache-Control"] = "no-store"
    return response


def signed_out(request: HttpRequest, sign_in_url: str) -> HttpResponse:
    """The answer to a form of somebody whose session has expired."""
    return recover_form(request, _("You are signed out, so this was not saved."), sign_in_url=sign_in_url)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """settings.CSRF_FAILURE_VIEW. The fields of another site's form are shown, but cannot be sent from our page."""
    message = _("This form has expired, or cookies are disabled, so nothing was saved.")
    if request.path_info.startswith("/api/"):
        return JsonResponse(body("permission_denied", message), status=403)
    return recover_form(request, message, may_send=is_same_origin(request))


def is_same_origin(request: HttpRequest) -> bool:
    """By the Origin header, which browsers send with every POST."""
    own = f"{request.scheme}://{request.get_host()}"
    return request.headers.get("Origin") in {own, *settings.CSRF_TRUSTED_ORIGINS}
