"""What every page's template knows of the site. No query, nothing personal: pages are the same for everyone."""

from django.conf import settings
from django.http import HttpRequest


def site_root(request: HttpRequest) -> str:
    """Scheme and host that readers use, without a slash at the end."""
    return settings.SITE_URL or f"{request.scheme}://{request.get_host()}"


def site(request: HttpRequest) -> dict:
    root = site_root(request)
    return {
        "SITE_NAME": settings.SITE_NAME,
        "SITE_DESCRIPTION": settings.SITE_DESCRIPTION,
        "LANGUAGES": settings.LANGUAGES,
        "site_root": root,
        "canonical": root + request.path,
    }
