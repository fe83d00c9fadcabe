"""Where somebody goes on after signing in: to a page of this site, or nowhere."""

from django.http import HttpRequest
from django.utils.encoding import iri_to_uri
from django.utils.http import url_has_allowed_host_and_scheme

MAX_LENGTH = 1500
"""As it travels: it must fit into a cookie."""


def own_path(said: str) -> str:
    """`said`, if it is a path of this site by every browser's reading; else nothing."""
    if not said.startswith("/") or "\\" in said or len(iri_to_uri(said)) > MAX_LENGTH:
        return ""
    if any(ord(c) < 33 or ord(c) == 127 for c in said):
        return ""
    return said if url_has_allowed_host_and_scheme(said, allowed_hosts=None) else ""


def wished(request: HttpRequest) -> str:
    """Where this request wants to go on."""
    return own_path(request.POST.get("next") or request.GET.get("next") or "")
