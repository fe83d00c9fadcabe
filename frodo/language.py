"""The language of the interface: the reader's own choice, else the browser's, else that of the site settings."""

from typing import Literal, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.middleware.locale import LocaleMiddleware
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import activate, check_for_language, get_language, get_supported_language_variant
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from frodo.site_settings import site


def language_from_request(request: HttpRequest) -> str:
    """As Django's function of this name without language prefixes in URLs, but falls back to the site's language."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    if chosen in dict(settings.LANGUAGES) and check_for_language(chosen):
        return chosen
    wishes = [chosen] if chosen else []
    wishes += [code for code, _quality in parse_accept_lang_header(request.META.get("HTTP_ACCEPT_LANGUAGE", ""))]
    for code in wishes:
        if code == "*":
            break
        try:
            return get_supported_language_variant(code)
        except LookupError:
            continue
    return site.LANGUAGE_CODE


class SiteLocale(LocaleMiddleware):
    def process_request(self, request: HttpRequest) -> None:
        activate(language_from_request(request))
        request.LANGUAGE_CODE = get_language()


@csrf_exempt  # the button stands on cached pages, which hold no token; a forged choice does no harm
@require_POST
async def set_language(request: HttpRequest) -> HttpResponse:
    language, to = request.POST.get("language", ""), request.POST.get("next", "/")
    if language not in dict(settings.LANGUAGES) or not check_for_language(language):
        return HttpResponseBadRequest(_("This language is not supported."))
    if not url_has_allowed_host_and_scheme(to, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        to = "/"
    response = HttpResponseRedirect(to)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 3600,
        samesite=cast(Literal["Lax", "Strict", "None", False] | None, settings.LANGUAGE_COOKIE_SAMESITE),
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=True,
    )
    return response
