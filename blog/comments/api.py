from collections.abc import Callable
from functools import partial
from typing import Literal, NotRequired, TypedDict

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request

from accounts import guests
from blog.comments import hooks
from blog.comments.edit_services import delete_own_comment, edit_comment, edited
from blog.comments.models import Comment
from blog.comments.ordering import CURSOR, ORDERS, read
from blog.comments.services import as_dict, create_comment
from blog.posts import access
from blog.posts.models import Post
from frodo.api import Answer, Endpoint, Versioned, number
from frodo.api.schema import Extended, error
from frodo.client_ip import client_address, network
from frodo.site_settings import site

TEXT = {"text": "好茶！*Lovely* tea."}


@extend_schema_serializer(examples=[OpenApiExample("Comment", {**TEXT, "name": "Bob"})])
class CommentIn(serializers.Serializer):
    """Input of a comment by a reader; all other fields are set by the server."""

    text = serializers.CharField(trim_whitespace=False, allow_blank=True)
    name = serializers.CharField(required=False, allow_blank=True, max_length=60)
    email = serializers.EmailField(required=False, allow_blank=True, max_length=254)
    notify = serializers.BooleanField(required=False, allow_null=True, default=None)
    parent = serializers.IntegerField(  # type: ignore[assignment]  # DRF takes declared fields out of the class
        required=False, allow_null=True, min_value=1, max_value=2**63 - 1
    )
    website = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    ticket = serializers.CharField(required=False, allow_blank=True, max_length=400)
    proof = serializers.CharField(required=False, allow_blank=True, max_length=400)


@extend_schema_serializer(examples=[OpenApiExample("Text", TEXT)])
class MarkdownIn(serializers.Serializer):
    text = serializers.CharField(trim_whitespace=False, allow_blank=True)


class ListIn(serializers.Serializer):
    order = serializers.ChoiceField(ORDERS, default="oldest")
    cursor = serializers.RegexField(rf"^{CURSOR.pattern}\Z", default="", allow_blank=True)


MOST_AT_ONCE = 500
PRIVATE = {"Cache-Control": "private, no-store"}
N = {"n": int | None}
CHANGED = {200: Extended(Comment, N), 403: error("not_yours", "edit_window_passed")}


class Discussion(TypedDict):
    n: int
    count: int
    comments: list[Comment]
    next: str | None
    rest: int
    skipped: NotRequired[int]


class Comments(Endpoint):
    scope = "comments"
    accepts_idempotency_key = True

    @extend_schema(
        summary=_("List comments of a post"),
        parameters=[
            OpenApiParameter("order", enum=ORDERS, default="oldest", description=_("The order.")),
            OpenApiParameter("cursor", pattern=r"^(\d{1,9}-\d{1,18})?$", description=_("From `next` of another page.")),
            OpenApiParameter(
                "around",
                {"type": "integer", "minimum": 0},
                description=_("The page that has the comment with this id."),
            ),
            OpenApiParameter(
                "limit", {"type": "integer", "minimum": 1, "maximum": MOST_AT_ONCE}, description=_("How many at most.")
            ),
        ],
        responses=Discussion,
    )
    def get(self, request: Request, slug: str) -> dict:
        """One page of a post's comments."""
        return list_comments(request, discussion_of(request, slug))

    @extend_schema(
        summary=_("Create a comment, signed in or as a guest"),
        request=CommentIn,
        responses={
            201: Extended(Comment, N, {"mail": Literal["on", "confirm"]}),
            403: error("comments_closed", "blocked", "against_the_rules", "proof_wanted"),
            409: error("duplicate"),
        },
    )
    def post(self, request: Request, slug: str) -> HttpResponse:
        """Create a comment, signed in or as a guest."""
        return create_from_request(request, discussion_of(request, slug))


def discussion_of(request: Request, slug: str) -> Post:
    return access.get_discussion(request, Post.threads.for_discussion(), slug=slug)


def list_comments(request: Request, post: Post) -> dict:
    """One page of the comments. `n` is read first: the list includes at least everything up to that event."""
    asked = ListIn(data=request.query_params)
    asked.is_valid(raise_exception=True)
    data = asked.validated_data
    limit = number(request.query_params.get("limit"), site.COMMENTS_PER_PAGE, least=1, most=MOST_AT_ONCE)
    around = number(request.query_params.get("around"))
    part = read(post, data["order"], cursor=data["cursor"], around=around, limit=limit)
    answer = {
        "n": post.last_event,
        "count": post.n_comments,
        "comments": Comment.to_dicts_sync(part.comments),
        "next": part.next,
        "rest": part.rest,
    }
    return answer | ({"skipped": part.skipped} if part.skipped else {})


def create_from_request(request: Request, post: Post) -> HttpResponse:
    serializer = CommentIn(data=request.data)
    serializer.is_valid(raise_exception=True)
    guest = guests.read(request)
    user = request.user if request.user.is_authenticated else None
    comment = create_comment(
        post,
        **serializer.validated_data,
        user=user,
        visitor=guest.id or guests.new_id(),
        network=network(client_address(request)),
    )
    data = {**as_dict(comment.as_seen(by_writer=True)), "n": comment.event}
    if subscription := hooks.subscription_of(comment):
        data["mail"] = subscription
    response = Answer(data, 201, {"Location": comment.url})
    if user is None:
        guests.remember(response, guests.Guest(comment.visitor, comment.name))
    return response


class CommentDetail(Versioned, Endpoint):
    """A comment as the reader may see it: its writer sees it while it is pending."""

    scope = "comments"

    @extend_schema(summary=_("Get a comment"), responses=Comment)
    def get(self, request: Request, pk: int) -> HttpResponse:
        """Get a comment."""
        return self.show(self.find(request, pk), headers=PRIVATE)

    @extend_schema(summary=_("Edit your comment"), request=MarkdownIn, responses=CHANGED)
    def patch(self, request: Request, pk: int) -> HttpResponse:
        """Edit one's own comment within the edit window."""
        serializer = MarkdownIn(data=request.data)
        serializer.is_valid(raise_exception=True)
        sender = network(client_address(request))
        return self.change(request, pk, partial(edit_comment, **serializer.validated_data, network=sender))

    @extend_schema(summary=_("Delete your comment"), responses=CHANGED)
    def delete(self, request: Request, pk: int) -> HttpResponse:
        """Delete one's own comment within the edit window; a placeholder stays if it has replies."""
        return self.change(request, pk, delete_own_comment)

    def find(self, request: Request, pk: int) -> Comment:
        self.user = request.user if request.user.is_authenticated else None
        self.visitor = guests.read(request).id
        seen = Comment.objects.seen_by(user=self.user, visitor=self.visitor).for_json()
        comment = get_object_or_404(seen, pk=pk, post__in=Post.threads.released())
        access.check(request, comment.post)
        is_known = comment.is_by(self.user, self.visitor) or access.may_read_all(self.user, comment.post)
        if comment.post.visibility == Post.Visibility.UNLISTED and not is_known:
            raise Http404  # the answer has the URL of the post, and IDs can be counted up
        return comment

    def change(self, request: Request, pk: int, verb: Callable[..., Comment]) -> HttpResponse:
        found = self.find(request, pk)
        found = verb(found, user=self.user, visitor=self.visitor, is_expected=self.is_expected)
        data = {**as_dict(found.as_seen(by_writer=True)), "n": found.event}
        return self.tagged(Answer(data, headers=PRIVATE), found)

    def edited(self, comment: Comment) -> list:
        return edited(comment)

    def shown(self, comment: Comment) -> dict:
        return as_dict(comment)
