from typing import TypedDict

from django.utils.translation import gettext_lazy as _

from blog.events.api import Events
from blog.events.models import Event
from frodo.api.documenting import Parameter, documented


class Missed(TypedDict):
    n: int
    events: list[Event]
    reset: bool


documented(
    Events,
    "GET",
    _("What happened to a post since"),
    id="listEvents",
    response=Missed,
    query=(Parameter("since", _("The number of the last event that is known."), {"type": "integer", "minimum": 0}),),
    answer={"n": 5, "events": [{"n": 5, "type": "post.updated", "data": {"title": "一壶茶"}}], "reset": False},
    more=_("The websocket's frames, for who cannot open one. `reset`: it was too long ago; read everything anew."),
)
