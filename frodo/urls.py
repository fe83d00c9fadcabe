"""The table of contents for HTTP."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from accounts import urls as accounts
from blog import urls as blog
from frodo.api.views import Docs, Schema
from frodo.files import elsewhere
from frodo.health import healthz, readyz
from frodo.language import set_language
from frodo.metrics import metrics

handler400 = "frodo.error_views.bad_request"
handler403 = "frodo.error_views.permission_denied"
handler404 = "blog.error_views.not_found"
handler500 = "frodo.error_views.server_error"

ADMIN = settings.ADMIN_PATH

api_urlpatterns = [
    path("schema/", Schema.as_view(), name="api-schema"),
    *accounts.api_urlpatterns,
    *blog.api_urlpatterns,
]
urlpatterns = [
    path("api/", include(api_urlpatterns)),
    path("", include(accounts)),
    path(f"{ADMIN}/", include(blog.admin_urlpatterns)),
    path(f"{ADMIN}/", admin.site.urls),
    path("language/", set_language, name="set_language"),
    path("healthz", healthz),
    path("readyz", readyz),
    path("metrics", metrics),
    *([path("media/<path:name>", elsewhere)] if settings.MEDIA_PUBLIC_URL or not settings.MEDIA_IS_LOCAL else []),
    path("docs/", Docs.as_view(), name="api-docs"),
    path("", include(blog)),
]
