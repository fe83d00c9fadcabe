from asgiref.sync import async_to_sync
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from blog.activities import stream
from blog.activities.models import ActivityEvent
from frodo.api import number


@api_view(["GET"])
def events(request: Request) -> Response:
    """The websocket's frames, for who cannot open one."""
    stream.announce_due()
    n = stream.latest()
    since = request.query_params.get("since")
    found = stream.missed(n, None if since is None else number(since, -1))
    return Response(
        {"n": n, "events": async_to_sync(ActivityEvent.to_dicts)(found or []), "reset": found is None},
        headers={"Cache-Control": "no-store"},
    )
