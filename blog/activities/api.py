"""API of activities: read by everybody, written by users who can publish. Comments use the API of posts."""

from typing import TypedDict

from asgiref.sync import sync_to_async
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from blog.activities import events as activity_events
from blog.activities import services
from blog.activities.models import Activity, ActivityEvent
from blog.activities.querysets import ActivityQuerySet
from blog.activities.serializers import ActivityIn
from blog.posts.api import ALL, AUTHOR, LANGUAGE, ORDERS, YEAR, filtered, may_publish, status_of
from blog.posts.events_api import SINCE
from frodo.api import Answer, Endpoint, PublishersWrite, Versioned, number, shape, take_rows
from frodo.api.schema import PageOf, Partial, error

ACTIVITIES = Partial(Activity, ("author",))
STATUSES = (Activity.Status.PUBLISHED, Activity.Status.SCHEDULED, ALL)


class ActivityEvents(TypedDict):
    n: int
    events: list[ActivityEvent]
    reset: bool


class ActivityEndpoint(Versioned, Endpoint):
    model, serializer_class = Activity, ActivityIn
    scope = "activities"
    permission_classes = [PublishersWrite]
    accepts_idempotency_key = True

    def validated_data(self, request: Request, *, partial: bool = False) -> dict:
        found = ActivityIn(data=request.data, partial=partial)
        found.is_valid(raise_exception=True)
        return found.validated_data

    def edited(self, activity: Activity) -> list:
        return services.edited(activity)

    def shown(self, activity: Activity) -> dict:
        return activity.to_dict_sync()


class Activities(ActivityEndpoint):
    @extend_schema(
        summary=_("List activities"),
        parameters=[
            AUTHOR,
            YEAR,
            LANGUAGE,
            OpenApiParameter(
                "status", enum=STATUSES, default="published", description=_("Others are for those who publish.")
            ),
        ],
        responses=PageOf(ACTIVITIES, tuple(ORDERS)),
    )
    async def get(self, request: Request) -> Answer:
        """List activities, newest first; users who can publish may ask for scheduled ones."""
        found = filtered(request, wanted(request).for_list(), ("author", "language"))
        page = await take_rows(found, request, ORDERS, "newest")
        return Answer(page.answer(await Activity.to_dicts(page.rows, **shape(request))), headers=page.headers)

    @extend_schema(
        summary=_("Create an activity"),
        description=_("Titles and images of links are fetched afterwards."),
        responses={
            201: Activity,
            400: error("empty", "invalid_link", "too_many_links", "too_many_photos", "no_such_upload"),
        },
    )
    def post(self, request: Request) -> HttpResponse:
        """Create an activity, published now or scheduled."""
        activity = services.create_activity(request.user, **self.validated_data(request))
        return self.show(activity, 201, {"Location": reverse("api-activity", args=[activity.pk])})


class ActivityDetail(ActivityEndpoint):
    @extend_schema(summary=_("Get an activity"), responses=ACTIVITIES)
    async def get(self, request: Request, pk: int) -> HttpResponse:
        """Get an activity; scheduled ones only if the user can publish."""
        found = await visible(request).filter(pk=key(pk)).afirst()
        if found is None:
            raise Http404
        answer = Answer(await found.to_dict(**shape(request)))
        return await sync_to_async(self.tagged)(answer, found)

    @extend_schema(summary=_("Replace"))
    def put(self, request: Request, pk: int) -> HttpResponse:
        """Replace an activity; without a time it keeps its own."""
        return self.change(request, pk, self.validated_data(request))

    @extend_schema(summary=_("Change the given fields"))
    def patch(self, request: Request, pk: int) -> HttpResponse:
        """Change the given fields."""
        return self.change(request, pk, self.validated_data(request, partial=True))

    @extend_schema(summary=_("Delete"))
    def delete(self, request: Request, pk: int) -> None:
        """Delete an activity with its comments."""
        services.delete_activity(self.find(pk), is_expected=self.is_expected)

    def change(self, request: Request, pk: int, data: dict) -> HttpResponse:
        if data.get("published_at", ...) is None:
            del data["published_at"]
        return self.show(services.update_activity(self.find(pk), **data, is_expected=self.is_expected))

    def find(self, pk: int) -> Activity:
        found = Activity.objects.filter(pk=key(pk)).first()
        if found is None:
            raise Http404
        return found


class Events(Endpoint):
    @extend_schema(
        operation_id="listActivityEvents",
        summary=_("List events of activities"),
        parameters=[SINCE],
        responses=ActivityEvents,
    )
    def get(self, request: Request) -> HttpResponse:
        """Events of the list of activities, for polling."""
        activity_events.announce_due()
        n = activity_events.latest()
        since = request.query_params.get("since")
        found = activity_events.missed(n, None if since is None else number(since, -1))
        events = ActivityEvent.to_dicts_sync(found or [])
        return Answer({"n": n, "events": events, "reset": found is None}, headers={"Cache-Control": "no-store"})


def key(pk: int) -> int:
    """A primary key from a URL; larger numbers find nothing."""
    return min(pk, 2**63 - 1)


def visible(request: Request) -> ActivityQuerySet:
    return Activity.objects.all() if may_publish(request) else Activity.objects.published()


def wanted(request: Request) -> ActivityQuerySet:
    """Filter by `?status=`, allowed for users who can publish."""
    status = status_of(request, STATUSES, PublishersWrite, may_publish)
    if status is None:
        return Activity.objects.published()
    return Activity.objects.all() if status == ALL else Activity.objects.scheduled()
