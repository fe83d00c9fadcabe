from collections.abc import Callable, Iterable

from asgiref.sync import async_to_sync, sync_to_async
from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.shortcuts import aget_object_or_404, get_object_or_404
from rest_framework.decorators import api_view, parser_classes, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from blog.discussion import mentions, visitors
from blog.discussion.editing import edit_comment, take_back
from blog.discussion.models import Comment
from blog.discussion.order import read
from blog.discussion.presence import is_writing
from blog.discussion.serializers import CommentIn, ListIn, MarkdownIn, WritingIn
from blog.discussion.speaking import TooLong, as_dict, post_comment
from blog.letters import wishes
from blog.posts.models import Post
from frodo import rates
from frodo.addresses import client_address, network
from frodo.api import FromThisSite, SmallJSONParser, json_view, number
from frodo.markdown import render_comment

Part = Callable[..., dict]
"""What another room adds to /api/me/: `part(post_id, user=, visitor=)`; without a post its id is 0."""

MOST_AT_ONCE = 500
MOST_OF_A_NAME = 60
PREVIEWS = rates.Rate(60, 60)


@api_view(["GET", "POST"])
@parser_classes([SmallJSONParser])
@permission_classes([FromThisSite])
def comments(request: Request, slug: str) -> Response:
    post = get_object_or_404(Post.objects.published().select_related("author"), slug=slug)
    return post_one(request, post) if request.method == "POST" else list_some(request, post)


def list_some(request: Request, post: Post) -> Response:
    """A part of the discussion. `n` was read before it: the list knows at least everything up to that event."""
    asked = ListIn(data=request.query_params)
    asked.is_valid(raise_exception=True)
    said = asked.validated_data
    limit = number(request.query_params.get("limit"), settings.COMMENTS_PER_PAGE, least=1, most=MOST_AT_ONCE)
    around = number(request.query_params.get("around"))
    part = read(post, said["order"], cursor=said["cursor"], around=around, limit=limit)
    answer = {
        "n": post.last_event,
        "count": post.n_comments,
        "comments": async_to_sync(Comment.to_dicts)(part.comments),
        "next": part.next,
        "rest": part.rest,
    }
    return Response(answer | ({"skipped": part.skipped} if part.skipped else {}))


def post_one(request: Request, post: Post) -> Response:
    said = CommentIn(data=request.data)
    said.is_valid(raise_exception=True)
    visitor = visitors.read(request)
    user = request.user if request.user.is_authenticated else None
    comment = post_comment(
        post,
        **said.validated_data,
        user=user,
        visitor=visitor.id or visitors.new_id(),
        address=network(client_address(request)),
    )
    said = {**as_dict(comment.as_seen(by_writer=True)), "n": comment.event}
    if letters := wishes.answer_to(comment):
        said["mail"] = letters
    response = Response(said, status=201)
    response["Location"] = comment.url
    if user is None:
        visitors.remember(response, visitors.Visitor(comment.visitor, comment.name))
    return response


@api_view(["GET", "PATCH", "DELETE"])
@parser_classes([SmallJSONParser])
@permission_classes([FromThisSite])
def comment(request: Request, pk: int) -> Response:
    user = request.user if request.user.is_authenticated else None
    visitor = visitors.read(request).id
    found = get_object_or_404(
        Comment.objects.seen_by(user=user, visitor=visitor).for_json(), pk=pk, post__in=Post.objects.published()
    )
    if request.method == "GET":
        return Response(as_dict(found), headers=PRIVATE)
    if request.method == "PATCH":
        said = MarkdownIn(data=request.data)
        said.is_valid(raise_exception=True)
        address = network(client_address(request))
        found = edit_comment(found, **said.validated_data, user=user, visitor=visitor, address=address)
    else:
        found = take_back(found, user=user, visitor=visitor)
    return Response({**as_dict(found.as_seen(by_writer=True)), "n": found.event}, headers=PRIVATE)


@api_view(["GET"])
def me(request: Request, parts: Iterable[Part] = ()) -> Response:
    """Who am I, as a page needs it that is the same for everyone."""
    visitor = visitors.read(request)
    user = request.user if request.user.is_authenticated else None
    answer = {
        "user": user and async_to_sync(user.to_dict)(("name", "url", "is_staff")),
        "guest": {"name": visitor.name} if visitor.name and not user else None,
        "held": [],
        "csrf": get_token(request._request) if user else None,
    }
    post = number(request.query_params.get("post"))
    if post and (user or visitor.id):
        waiting = Comment.objects.held_of(user=user, visitor=visitor.id).filter(post=post).for_json()
        answer["held"] = async_to_sync(Comment.to_dicts)(waiting)
    for part in parts:
        answer |= part(post or 0, user=user, visitor=visitor.id)
    return Response(answer, headers=PRIVATE)


@api_view(["POST"])
@parser_classes([SmallJSONParser])
@permission_classes([FromThisSite])
def writing(request: Request, slug: str) -> Response:
    """A page says it now and then while its reader types."""
    post = get_object_or_404(Post.objects.published().only("comments_open", "published_at"), slug=slug)
    said = WritingIn(data=request.data)
    said.is_valid(raise_exception=True)
    visitor = visitors.read(request)
    is_writing(
        post,
        name=said.validated_data.get("name") or visitor.name,
        user=request.user if request.user.is_authenticated else None,
        visitor=visitor.id,
        address=network(client_address(request)),
    )
    return Response(status=204)


@json_view
async def people(request: HttpRequest, slug: str) -> dict:
    """Whom one may mention there: for completion."""
    post = await aget_object_or_404(Post.objects.published().select_related("author"), slug=slug)
    query = request.GET.get("q", "")[:MOST_OF_A_NAME]
    return {"people": await sync_to_async(mentions.people)(post, query)}


PRIVATE = {"Cache-Control": "private, no-store"}


@api_view(["POST"])
@parser_classes([SmallJSONParser])
@permission_classes([FromThisSite])
def markdown(request: Request) -> Response:
    """A comment as it would look."""
    said = MarkdownIn(data=request.data)
    said.is_valid(raise_exception=True)
    text = said.validated_data["text"]
    if len(text) > settings.COMMENT_MAX_LENGTH:
        raise TooLong(len(text), settings.COMMENT_MAX_LENGTH)
    if wait := rates.take("preview", network(client_address(request)), PREVIEWS):
        raise rates.TooFast(wait)
    return Response({"html": render_comment(text)})
