"""What a reader's page asks besides comments: who the reader is, whom a comment may mention, its preview."""

from collections.abc import Callable, Iterable
from typing import Any, Literal, TypedDict

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request

from accounts import guests
from blog.comments import mentions
from blog.comments.api import PRIVATE, MarkdownIn, discussion_of
from blog.comments.models import Comment
from blog.comments.presence import is_writing
from blog.comments.services import TooLong, preview
from blog.posts import access
from blog.posts.models import Post
from blog.posts.permissions import edit_link, page_edit_url
from blog.posts.querysets import DISCUSSION_COLUMNS
from frodo import rate_limits
from frodo.api import Answer, Endpoint, number
from frodo.api.schema import error
from frodo.client_ip import client_address, network

Part = Callable[..., dict]
"""What another package adds to /api/me/: `part(post_id, user=, visitor=)`; `post_id` is 0 without a post."""

MOST_OF_A_NAME = 60
PREVIEWS = rate_limits.Rate(60, 60)
KINDS = Literal[  # blog.reactions.models.Kind, which these lower layers do not import
    "upvote", "funny", "love", "surprised", "sad"
]


@extend_schema_serializer(examples=[OpenApiExample("Writing", {"name": "Bob"})])
class WritingIn(serializers.Serializer):
    name = serializers.CharField(required=False, allow_blank=True, max_length=60)


class PreviewIn(MarkdownIn):
    post = serializers.CharField(required=False, allow_blank=True, max_length=200)
    """Slug of the post that it belongs to."""


class Person(TypedDict):
    name: str
    mention: str
    avatar: str


class Mentionable(TypedDict):
    people: list[Person]


class SignedInAs(TypedDict):
    id: int
    name: str
    url: str
    is_staff: bool
    role: Literal["author", "editor", "contributor", "reader"]


class Guest(TypedDict):
    name: str


class OwnReactions(TypedDict):
    post: KINDS | None
    comments: dict[str, KINDS]


class Asker(TypedDict):
    user: SignedInAs | None
    guest: Guest | None
    pending: list[Comment]
    csrf: str | None
    editable: dict[str, str]
    reactions: OwnReactions
    notify: bool | None
    ticket: str
    edit_url: str | None


class Rendered(TypedDict):
    html: str


class Me(Endpoint):
    @extend_schema(
        summary=_("Get the current user or guest"),
        description=_("`csrf` is for the header X-CSRFToken, which writing with a session needs."),
        parameters=[
            OpenApiParameter(
                "post", int, description=_("The ID of a post, to include your comments and reactions there.")
            ),
            OpenApiParameter("page", int, description=_("The ID of a page, to include its edit URL.")),
        ],
        responses=Asker,
    )
    def get(self, request: Request, parts: Iterable[Part] = ()) -> HttpResponse:
        """The personal part of a cached page."""
        visitor = guests.read(request)
        user = request.user if request.user.is_authenticated else None
        answer: dict[str, Any] = {
            "user": user and {"id": user.pk, **user.to_dict_sync(("name", "url", "is_staff", "role"))},
            "guest": {"name": visitor.name} if visitor.name and not user else None,
            "pending": [],
            "csrf": get_token(request._request) if user else None,
        }
        shown = number(request.query_params.get("post")) or 0
        post = discussion_id(shown) if user or visitor.id else shown
        if post and (user or visitor.id):
            waiting = Comment.objects.pending_of(user=user, visitor=visitor.id).filter(post=post).for_json()
            answer["pending"] = Comment.to_dicts_sync(waiting)
        for part in parts:
            answer |= part(post, user=user, visitor=visitor.id)
        answer |= edit_link(shown, user=user, visitor=visitor.id)
        if page := number(request.query_params.get("page")):
            answer["edit_url"] = page_edit_url(page, user)
        return Answer(answer, headers=PRIVATE)


def discussion_id(post: int) -> int:
    """Key of the post whose comments that post shows."""
    found = Post.threads.only(*DISCUSSION_COLUMNS).filter(pk=post).first() if post else None
    return found.discussion_id if found else post


class Writing(Endpoint):
    scope = "comments"

    @extend_schema(
        operation_id="sayWriting",
        summary=_("Tell others that you are writing a comment"),
        request=WritingIn,
        responses={204: None},
    )
    def post(self, request: Request, slug: str) -> None:
        """Sent every few seconds while a reader types."""
        post = discussion_of(request, slug)
        serializer = WritingIn(data=request.data)
        serializer.is_valid(raise_exception=True)
        visitor = guests.read(request)
        is_writing(
            post,
            name=serializer.validated_data.get("name") or visitor.name,
            user=request.user if request.user.is_authenticated else None,
            visitor=visitor.id,
            network=network(client_address(request)),
        )


class People(Endpoint):
    @extend_schema(
        summary=_("List the people whom a comment may mention"),
        parameters=[OpenApiParameter("q", description=_("Part of the name."))],
        responses=Mentionable,
    )
    async def get(self, request: Request, slug: str) -> dict:
        """Names for completing mentions."""
        post = await sync_to_async(access.get_discussion)(request, Post.threads.select_related("author"), slug=slug)
        query = request.query_params.get("q", "")[:MOST_OF_A_NAME]
        return {"people": await sync_to_async(mentions.people)(post, query)}


class Markdown(Endpoint):
    scope = "comments"

    @extend_schema(
        operation_id="renderMarkdown",
        summary=_("Preview a comment"),
        request=PreviewIn,
        responses={200: Rendered, 404: error("not_found")},
    )
    def post(self, request: Request) -> dict:
        """Render a comment without saving it."""
        serializer = PreviewIn(data=request.data)
        serializer.is_valid(raise_exception=True)
        text = serializer.validated_data["text"]
        if len(text) > settings.COMMENT_MAX_LENGTH:
            raise TooLong(len(text), settings.COMMENT_MAX_LENGTH)
        if wait := rate_limits.take("preview", network(client_address(request)), PREVIEWS):
            raise rate_limits.TooFast(wait)
        slug = serializer.validated_data.get("post")
        return {"html": preview(text, discussion_of(request, slug) if slug else None)}
