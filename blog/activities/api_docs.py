"""What the API's schema says of activities."""

from typing import TypedDict

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from blog.activities import api
from blog.activities.models import Activity, ActivityEvent
from blog.activities.serializers import ActivityIn
from frodo.api.documenting import PageOf, Parameter, Part, documented


class ActivitiesMissed(TypedDict):
    n: int
    events: list[ActivityEvent]
    reset: bool


SAID = {"text": "新茶到了。New tea is here.", "links": ["https://tea.example/new"], "language": "zh-hans"}
ACTIVITY = {
    "id": 8,
    "url": "/activities/8/",
    "text": SAID["text"],
    "html": "<p>新茶到了。New tea is here.</p>",
    "language": "zh-hans",
    "status": "published",
    "published_at": "2026-03-01T08:00:00Z",
    "updated_at": "2026-03-01T08:00:00Z",
    "author": {"name": "Ann", "url": ""},
    "links": [],
    "photos": [],
    "n_comments": 0,
    "reactions": {},
    "comments_open": True,
    "takes_comments": True,
    "comments_close_at": None,
    "comments_url": "/api/posts/activity-8/comments/",
    "reactions_url": "/api/posts/activity-8/reactions/",
    "events_url": "/api/posts/activity-8/events/",
}
OF_ACTIVITIES = Part(Activity, ("author",))
LANGUAGES = [code for code, _name in settings.LANGUAGES]
CHANGED = {
    "response": Activity,
    "answer": ACTIVITY,
    "has_versions": True,
    "more": _("With `If-Match`, two devices do not overwrite each other."),
}

documented(
    api.Activities,
    "GET",
    _("Activities, the newest first"),
    id="listActivities",
    response=PageOf(OF_ACTIVITIES, tuple(api.ORDERS)),
    query=(
        Parameter("author", _("By this person, by the name to sign in with.")),
        Parameter("year", _("Published in this year."), {"type": "integer", "minimum": 2, "maximum": 9998}),
        Parameter("language", _("In this language."), {"type": "string", "enum": LANGUAGES}),
        Parameter(
            "status",
            _("Others than published ones are for those who publish."),
            {"type": "string", "enum": ["published", "scheduled", api.ALL], "default": "published"},
        ),
    ),
    answer={"next": None, "previous": None, "results": [ACTIVITY]},
)
documented(
    api.Activities,
    "POST",
    _("Post an activity"),
    id="createActivity",
    status=201,
    response=Activity,
    body=ActivityIn,
    example=SAID,
    answer=ACTIVITY,
    has_versions=True,
    errors={400: "`empty`, `invalid_link`, `too_many_links`, `too_many_photos`, `no_such_upload`."},
    more=_("Links' titles and pictures are read afterwards; open pages are told."),
)
documented(
    api.OneActivity,
    "GET",
    _("A single activity"),
    id="getActivity",
    response=OF_ACTIVITIES,
    answer=ACTIVITY,
    has_versions=True,
)
documented(
    api.OneActivity,
    "PUT",
    _("Put another version of an activity in its place"),
    id="replaceActivity",
    body=ActivityIn,
    example=SAID,
    **CHANGED,
)
documented(
    api.OneActivity,
    "PATCH",
    _("Change what is named of an activity"),
    id="changeActivity",
    body=ActivityIn,
    example={"text": SAID["text"]},
    **CHANGED,
)
documented(
    api.OneActivity,
    "DELETE",
    _("Take an activity away"),
    id="deleteActivity",
    response=None,
    has_versions=True,
    more=CHANGED["more"],
)
documented(
    api.Events,
    "GET",
    _("What happened among activities since"),
    id="listActivityEvents",
    response=ActivitiesMissed,
    query=(Parameter("since", _("The number of the last event that is known."), {"type": "integer", "minimum": 0}),),
    answer={"n": 0, "events": [], "reset": False},
)
