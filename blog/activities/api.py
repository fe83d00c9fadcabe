"""Activities as JSON: read by everybody, written by those who publish. Their discussion is where posts have theirs."""

from asgiref.sync import async_to_sync, sync_to_async
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.urls import reverse
from rest_framework import exceptions
from rest_framework.request import Request

from blog.activities import posting, stream
from blog.activities.models import Activity, ActivityEvent
from blog.activities.serializers import ActivityIn
from frodo.api import Answer, Endpoint, PublishersWrite, number, one_of, shape, take_rows, year
from frodo.api.versions import Conflict, etag, names, tagged, version
from frodo.racing import ChangedMeanwhile

ORDERS = {"newest": "-published_at", "oldest": "published_at", "updated": "-updated_at", "popular": "-n_comments"}
ALL = "all"


class OfActivities(Endpoint):
    scope = "activities"
    permission_classes = [PublishersWrite]
    is_repeatable = True

    def said(self, request: Request, *, partial: bool = False) -> dict:
        found = ActivityIn(data=request.data, partial=partial)
        found.is_valid(raise_exception=True)
        return found.validated_data

    def show(self, activity: Activity, status: int = 200, headers: dict | None = None) -> Answer:
        answer = Answer(async_to_sync(activity.to_dict)(), status, headers)
        return tagged(answer, *posting.edited(activity))


class Activities(OfActivities):
    async def get(self, request: Request) -> Answer:
        """Activities, the newest first; those who publish may ask for scheduled ones."""
        found = wanted(request).for_list()
        for name, lookup in (("author", "author__username"), ("language", "language")):
            if value := request.query_params.get(name):
                found = found.filter(**{lookup: value})
        if (of_year := year(request)) is not None:
            found = found.in_year(of_year)
        page = await take_rows(found, request, ORDERS, "newest")
        return Answer(page.answer(await Activity.to_dicts(page.rows, **shape(request))), headers=page.headers)

    def post(self, request: Request) -> HttpResponse:
        """Post an activity, now or at a time to come."""
        activity = posting.post_activity(request.user, **self.said(request))
        return self.show(activity, 201, {"Location": reverse("api-activity", args=[activity.pk])})


class OneActivity(OfActivities):
    async def get(self, request: Request, pk: int) -> Answer:
        """One activity; to those who publish, scheduled or not."""
        found = await visible(request).filter(pk=key(pk)).afirst()
        if found is None:
            raise Http404
        answer = Answer(await found.to_dict(**shape(request)))
        return tagged(answer, *await sync_to_async(posting.edited)(found))

    def put(self, request: Request, pk: int) -> HttpResponse:
        """Put another version in its place; without a time it keeps its own."""
        return self.change(request, pk, self.said(request))

    def patch(self, request: Request, pk: int) -> HttpResponse:
        """Change what is named, and nothing else."""
        return self.change(request, pk, self.said(request, partial=True))

    def delete(self, request: Request, pk: int) -> None:
        """Take the activity away, with its discussion."""
        try:
            posting.remove_activity(self.find(pk), is_expected=self.expected)
        except ChangedMeanwhile as error:
            raise self.conflict(error.entry, {}) from error

    def change(self, request: Request, pk: int, said: dict) -> HttpResponse:
        if said.get("published_at", ...) is None:
            del said["published_at"]
        try:
            return self.show(posting.edit_activity(self.find(pk), **said, is_expected=self.expected))
        except ChangedMeanwhile as error:
            raise self.conflict(error.entry, request.data) from error

    def find(self, pk: int) -> Activity:
        found = Activity.objects.filter(pk=key(pk)).first()
        if found is None:
            raise Http404
        return found

    def expected(self, activity: Activity) -> bool:
        return names(self.request, version(*posting.edited(activity)))

    def conflict(self, activity: Activity, yours: dict) -> Conflict:
        return Conflict(async_to_sync(activity.to_dict)(), yours, etag(version(*posting.edited(activity))))


class Events(Endpoint):
    def get(self, request: Request) -> HttpResponse:
        """The frames of `/ws/activities/`, for who cannot open a websocket."""
        stream.announce_due()
        n = stream.latest()
        since = request.query_params.get("since")
        found = stream.missed(n, None if since is None else number(since, -1))
        events = async_to_sync(ActivityEvent.to_dicts)(found or [])
        return Answer({"n": n, "events": events, "reset": found is None}, headers={"Cache-Control": "no-store"})


def key(pk: int) -> int:
    """No key is so great as an address can be."""
    return min(pk, 2**63 - 1)


def may_publish(request: Request) -> bool:
    return request.user.is_authenticated and request.user.can_publish


def visible(request: Request) -> QuerySet:
    return Activity.objects.all() if may_publish(request) else Activity.objects.published()


def wanted(request: Request) -> QuerySet:
    """By `?status=`, which only those may say who publish."""
    status = one_of(request, "status", (Activity.Status.PUBLISHED, Activity.Status.SCHEDULED, ALL))
    if status in {None, Activity.Status.PUBLISHED}:
        return Activity.objects.published()
    if not request.user.is_authenticated:
        raise exceptions.NotAuthenticated
    if not may_publish(request):
        raise exceptions.PermissionDenied(PublishersWrite.message, PublishersWrite.code)
    return Activity.objects.all() if status == ALL else Activity.objects.scheduled()
