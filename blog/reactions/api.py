from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import api_view, parser_classes, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from blog.discussion import visitors
from blog.discussion.models import Comment
from blog.posts.models import Post
from blog.reactions.models import Kind
from blog.reactions.reacting import Target, react
from frodo.addresses import client_address, network
from frodo.api import FromThisSite, SmallJSONParser


class ReactionIn(serializers.Serializer):
    kind = serializers.ChoiceField(Kind.choices)


@api_view(["PUT", "DELETE"])
@parser_classes([SmallJSONParser])
@permission_classes([FromThisSite])
def to_post(request: Request, slug: str) -> Response:
    return change(request, get_object_or_404(Post.objects.published().only("pk"), slug=slug))


@api_view(["PUT", "DELETE"])
@parser_classes([SmallJSONParser])
@permission_classes([FromThisSite])
def to_comment(request: Request, pk: int) -> Response:
    comments = Comment.objects.visible().filter(post__in=Post.objects.published())
    return change(request, get_object_or_404(comments.only("post_id"), pk=pk))


def change(request: Request, target: Target) -> Response:
    kind = None
    if request.method == "PUT":
        said = ReactionIn(data=request.data)
        said.is_valid(raise_exception=True)
        kind = said.validated_data["kind"]
    known = visitors.read(request)
    visitor = known if known.id or kind is None else visitors.Visitor(visitors.new_id())
    outcome = react(
        target,
        kind,
        user=request.user if request.user.is_authenticated else None,
        visitor=visitor.id,
        address=network(client_address(request)),
        is_new=visitor is not known,
    )
    response = Response({"reactions": outcome.reactions, "mine": outcome.mine, "n": outcome.n}, headers=PRIVATE)
    if visitor is not known:
        visitors.remember(response, visitor)
    return response


PRIVATE = {"Cache-Control": "private, no-store"}
