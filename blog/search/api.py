"""`/api/search/`: the same search for programs."""

from asgiref.sync import sync_to_async
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from blog.models import Post
from blog.posts.api import POSTS
from blog.posts.models.live_entry import add_plain_entries
from blog.search.highlighting import Highlighter
from blog.search.query import MAX_LENGTH, Query, SearchResults, parse
from blog.search.searching import search
from blog.site.pagination import rows_of
from frodo.api import Answer, Endpoint, number, shape
from frodo.api.pagination import MAX_LIMIT
from frodo.api.schema import ListOf

EXTRA_FIELDS = {"terms": list[str], "count": int, "similar": bool, "complete": bool, "passages": list[str]}


class Search(Endpoint):
    @extend_schema(
        operation_id="search",
        summary=_("Search posts and activities"),
        description=_("Best matches first; ties are sorted by date."),
        parameters=[
            OpenApiParameter(
                "q",
                description=_(
                    "Words, separated by spaces; all must occur. Put phrases in quotation marks. `-word` excludes "
                    "posts with the word; `tag:name` and `year:2024` or `year:2020-2024` filter."
                ),
            ),
            OpenApiParameter("tag", description=_("With this tag, by name or slug.")),
            OpenApiParameter("year", description=_("Published in this year, or in these: `2020-2024`.")),
            OpenApiParameter(
                "limit", {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT}, description=_("How many at most.")
            ),
        ],
        responses=ListOf(POSTS, EXTRA_FIELDS),
    )
    async def get(self, request: Request) -> Answer:
        """Posts and activities that match, the best first.

        `count` is how many there are in all. `similar` is true where none holds all words and these come near,
        `complete` false while the index is being built. `passages` are HTML with `<mark>`, one for each result.
        """
        parameters = {name: request.query_params.get(name, "")[:MAX_LENGTH] for name in ("q", "tag", "year")}
        query = parse(parameters["q"], tag=parameters["tag"], year=parameters["year"])
        limit = number(request.query_params.get("limit"), 20, least=1, most=MAX_LIMIT) or 20
        found, rows, passages = await sync_to_async(find)(query, limit)
        return Answer(
            {
                "terms": query.terms,
                "count": found.n,
                "similar": found.is_loose,
                "complete": found.is_indexed,
                "passages": passages,
                "results": await Post.to_dicts(rows, **shape(request)),
            }
        )


def find(query: Query, limit: int) -> tuple[SearchResults, list[Post], list[str]]:
    """In a thread, with the highlighting, which takes long for long texts."""
    found = search(query, 0, limit)
    rows = [post for post in rows_of(found.posts, Post.threads.for_search()) if post.is_listed]
    highlighter = Highlighter(query)
    add_plain_entries(rows)
    return found, rows, [highlighter.passage(f"{post.summary} {post.plain}") for post in rows]
