"""`/ws/activities/?since=<n>`: the list of activities, live. Open to everybody, as posts are."""

from blog.activities.stream import ROOM, activity_events
from blog.events.consumers import listen_to


async def activities(scope, receive, send) -> None:
    await listen_to(activity_events, ROOM, scope, receive, send)
