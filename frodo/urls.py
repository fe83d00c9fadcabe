"""The table of contents for HTTP."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from frodo.files import elsewhere
from frodo.health import healthz, readyz
from frodo.language import set_language

handler404 = "blog.lost.not_found"

urlpatterns = [
    path("", include("accounts.urls")),  # its door to the admin comes before Django's
    path("admin/moderation/", include("blog.moderation.urls")),
    path("admin/", admin.site.urls),
    path("language/", set_language, name="set_language"),
    path("healthz", healthz),
    path("readyz", readyz),
    *([] if settings.MEDIA_IS_HERE else [path("media/<path:name>", elsewhere)]),
    path("", include("frodo.api.schema.urls")),
    path("", include("blog.urls")),
]
