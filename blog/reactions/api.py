from collections.abc import Callable
from typing import Any, Literal, TypedDict

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request

from accounts import guests
from blog.comments.models import Comment
from blog.posts import access
from blog.posts.models import Post
from blog.reactions.models import Kind
from blog.reactions.services import Target, react
from frodo.api import Answer, Endpoint
from frodo.api.schema import error
from frodo.client_ip import client_address, network


@extend_schema_serializer(examples=[OpenApiExample("Reaction", {"kind": "love"})])
class ReactionIn(serializers.Serializer):
    kind = serializers.ChoiceField(Kind.choices)


class ReactionsOut(TypedDict):
    reactions: dict[str, int]
    mine: Literal[tuple(Kind.values)] | None  # type: ignore[valid-type]  # read by the schema
    n: int | None


RESPONSES = {200: ReactionsOut, 409: error("reacted_signed_in")}


class Reactions(Endpoint):
    scope = "comments"
    find: Callable[..., Target]

    @extend_schema(summary=_("React"), request=ReactionIn, responses=RESPONSES)
    def put(self, request: Request, **address: Any) -> HttpResponse:
        """Add or change your reaction."""
        return change(request, self.find(request, **address))

    @extend_schema(summary=_("Remove your reaction"), responses=RESPONSES)
    def delete(self, request: Request, **address: Any) -> HttpResponse:
        """Remove your reaction."""
        return change(request, self.find(request, **address))


class PostReaction(Reactions):
    def find(self, request: Request, slug: str) -> Post:
        return access.get_discussion(request, Post.threads.for_discussion(), slug=slug)


class CommentReaction(Reactions):
    def find(self, request: Request, pk: int) -> Comment:
        comment = get_object_or_404(Comment.objects.visible().only("post_id"), pk=pk)
        access.get_readable(request, Post.threads.only("pk"), pk=comment.post_id)
        return comment


def change(request: Request, target: Target) -> HttpResponse:
    kind = None
    if request.method == "PUT":
        serializer = ReactionIn(data=request.data)
        serializer.is_valid(raise_exception=True)
        kind = serializer.validated_data["kind"]
    known = guests.read(request)
    visitor = known if known.id or kind is None else guests.Guest(guests.new_id())
    outcome = react(
        target,
        kind,
        user=request.user if request.user.is_authenticated else None,
        visitor=visitor.id,
        address=network(client_address(request)),
        is_new=visitor is not known,
    )
    response = Answer({"reactions": outcome.reactions, "mine": outcome.mine, "n": outcome.n}, headers=PRIVATE)
    if visitor is not known:
        guests.remember(response, visitor)
    return response


PRIVATE = {"Cache-Control": "private, no-store"}
