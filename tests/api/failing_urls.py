"""The site's URLs, and views that fail, for tests of error handlers."""

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.urls import path

from frodo import urls
from frodo.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500"]


def failing(error: Exception):
    def view(request):
        raise error

    return view


ERRORS = {"broken": RuntimeError("a secret"), "forbidden": PermissionDenied(), "odd": SuspiciousOperation()}
urlpatterns = [
    *(path(f"{prefix}{name}/", failing(error)) for name, error in ERRORS.items() for prefix in ("api/", "pages/")),
    *urls.urlpatterns,
]
