from django.urls import path

from frodo.api.schema.api import Schema

urlpatterns = [
    path("api/schema/", Schema.as_view(), name="api-schema"),
]
