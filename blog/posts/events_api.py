from typing import TypedDict

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from blog.events import Event
from blog.posts import access
from blog.posts.event_history import missed
from blog.posts.models import Post
from frodo.api import Answer, Endpoint, number

SINCE = OpenApiParameter(
    "since", {"type": "integer", "minimum": 0}, description=_("The number of the last event that you know.")
)


class PostEvents(TypedDict):
    n: int
    events: list[Event]
    reset: bool


class Events(Endpoint):
    @extend_schema(
        summary=_("List events of a post"),
        description=_("The websocket's frames. `reset`: too many were missed; load everything again."),
        parameters=[SINCE],
        responses=PostEvents,
    )
    def get(self, request: Request, slug: str) -> HttpResponse:
        """Events of a post, for polling."""
        post = access.get_discussion(request, Post.threads.for_discussion(), slug=slug)
        since = request.query_params.get("since")
        found = missed(post.pk, post.last_event, None if since is None else number(since, -1))
        events = Event.to_dicts_sync(found or [])
        return Answer({"n": post.last_event, "events": events, "reset": found is None}, headers=NOT_KEPT)


NOT_KEPT = {"Cache-Control": "no-store"}
