from asgiref.sync import async_to_sync
from django.shortcuts import get_object_or_404
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from blog.events.history import missed
from blog.events.models import Event
from blog.posts.models import Post
from frodo.api import number


@api_view(["GET"])
def events(request: Request, slug: str) -> Response:
    """The websocket's frames, for who cannot open one."""
    post = get_object_or_404(Post.objects.published().only("last_event"), slug=slug)
    since = request.query_params.get("since")
    found = missed(post.pk, post.last_event, None if since is None else number(since, -1))
    return Response(
        {"n": post.last_event, "events": async_to_sync(Event.to_dicts)(found or []), "reset": found is None},
        headers={"Cache-Control": "no-store"},
    )
