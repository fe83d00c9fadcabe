from django.urls import path

from blog.reference.views import reference

urlpatterns = [
    path("docs/", reference, name="api-docs"),
]
