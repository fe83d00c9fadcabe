"""`/api/most-read/`: the posts that were opened most in the last days."""

from datetime import timedelta

from asgiref.sync import sync_to_async
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from blog.posts.api import POSTS
from blog.posts.models import Post
from blog.site.pagination import rows_of
from blog.statistics import today
from blog.statistics.reports import most_read
from frodo.api import Answer, Endpoint, number, shape
from frodo.api.pagination import LIMIT, MAX_LIMIT
from frodo.api.schema import ListOf

DAYS, MOST_DAYS = 30, 366


class MostRead(Endpoint):
    @extend_schema(
        operation_id="listMostRead",
        summary=_("List the most read posts"),
        description=_("Most read first. View counts are not included; only authors see them."),
        parameters=[
            OpenApiParameter(
                "days",
                {"type": "integer", "minimum": 1, "maximum": MOST_DAYS},
                description=_("Number of days to count."),
            ),
            OpenApiParameter(
                "limit", {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT}, description=_("How many at most.")
            ),
        ],
        responses=ListOf(POSTS),
    )
    async def get(self, request: Request) -> Answer:
        """Posts and activities that readers opened most."""
        days = number(request.query_params.get("days"), DAYS, least=1, most=MOST_DAYS) or DAYS
        limit = number(request.query_params.get("limit"), LIMIT, least=1, most=MAX_LIMIT) or LIMIT
        rows = await sync_to_async(find)(days, limit)
        return Answer({"results": await Post.to_dicts(rows, **shape(request))})


def find(days: int, limit: int) -> list[Post]:
    found = most_read(today() - timedelta(days=days - 1), limit, Post.threads.published().of_any_kind())
    return rows_of([post.pk for post, _n in found], Post.threads.for_list())
