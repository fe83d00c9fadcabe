from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request

from blog.discussion import visitors
from blog.discussion.models import Comment
from blog.posts.models import Post
from blog.reactions.models import Kind
from blog.reactions.reacting import Target, react
from frodo.addresses import client_address, network
from frodo.api import Answer, Endpoint


class ReactionIn(serializers.Serializer):
    kind = serializers.ChoiceField(Kind.choices)


class Reactions(Endpoint):
    scope = "comments"

    def put(self, request: Request, **address) -> HttpResponse:
        """React, or react otherwise than before."""
        return change(request, self.find(**address))

    def delete(self, request: Request, **address) -> HttpResponse:
        """Take one's reaction back."""
        return change(request, self.find(**address))


class ToPost(Reactions):
    def find(self, slug: str) -> Post:
        return get_object_or_404(Post.threads.published().only("pk"), slug=slug)


class ToComment(Reactions):
    def find(self, pk: int) -> Comment:
        comments = Comment.objects.visible().filter(post__in=Post.threads.published())
        return get_object_or_404(comments.only("post_id"), pk=pk)


def change(request: Request, target: Target) -> HttpResponse:
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
    response = Answer({"reactions": outcome.reactions, "mine": outcome.mine, "n": outcome.n}, headers=PRIVATE)
    if visitor is not known:
        visitors.remember(response, visitor)
    return response


PRIVATE = {"Cache-Control": "private, no-store"}
