"""Where somebody goes on after signing in: to a page of this site, or nowhere."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

MAX_LENGTH = 2000


def own_path(said: str) -> str:
    """`said`, if it is a path of this site by every browser's reading; else nothing."""
    if not said.startswith("/") or "\\" in said or len(said) > MAX_LENGTH:
        return ""
    if any(ord(c) < 33 or ord(c) == 127 for c in said):
        return ""
    return said if url_has_allowed_host_and_scheme(said, allowed_hosts=None) else ""


def wished(request: HttpRequest) -> str:
    """Where this request wants to go on."""
    return own_path(request.POST.get("next") or request.GET.get("next") or "")
