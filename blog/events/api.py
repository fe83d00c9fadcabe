from asgiref.sync import async_to_sync
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from rest_framework.request import Request

from blog.events.history import missed
from blog.events.models import Event
from blog.posts.models import Post
from frodo.api import Answer, Endpoint, number


class Events(Endpoint):
    def get(self, request: Request, slug: str) -> HttpResponse:
        """The websocket's frames, for who cannot open one."""
        post = get_object_or_404(Post.threads.published().only("last_event"), slug=slug)
        since = request.query_params.get("since")
        found = missed(post.pk, post.last_event, None if since is None else number(since, -1))
        events = async_to_sync(Event.to_dicts)(found or [])
        return Answer({"n": post.last_event, "events": events, "reset": found is None}, headers=NOT_KEPT)


NOT_KEPT = {"Cache-Control": "no-store"}
