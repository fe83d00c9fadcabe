from django.urls import path

from blog.events import api

urlpatterns = [
    path("api/posts/<str:slug>/events/", api.Events.as_view(), name="api-events"),
]
