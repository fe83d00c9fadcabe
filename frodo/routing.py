"""The table of contents for websockets."""

from django.urls import re_path

from blog.activities import consumers as activities
from blog.events import consumers
from blog.moderation import consumers as moderation

websocket_urlpatterns = [
    re_path(r"^ws/posts/(?P<pk>[0-9]{1,18})/$", consumers.posts),
    re_path(r"^ws/activities/$", activities.activities),
    re_path(r"^ws/moderation/$", moderation.queue),
    re_path(r"", consumers.nothing_here),
]
