from collections.abc import Callable, Iterable
from functools import partial

from asgiref.sync import async_to_sync, sync_to_async
from django.conf import settings
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import aget_object_or_404, get_object_or_404
from rest_framework.request import Request

from blog.discussion import mentions, visitors
from blog.discussion.editing import edit_comment, edited, take_back
from blog.discussion.models import Comment
from blog.discussion.order import read
from blog.discussion.presence import is_writing
from blog.discussion.serializers import CommentIn, ListIn, MarkdownIn, PreviewIn, WritingIn
from blog.discussion.speaking import TooLong, as_dict, post_comment, preview
from blog.letters import wishes
from blog.posts.models import Post
from frodo import rates
from frodo.addresses import client_address, network
from frodo.api import Answer, Endpoint, number
from frodo.api.versions import Conflict, etag, names, tagged, version
from frodo.racing import ChangedMeanwhile

Part = Callable[..., dict]
"""What another room adds to /api/me/: `part(post_id, user=, visitor=)`; without a post its id is 0."""

MOST_AT_ONCE = 500
MOST_OF_A_NAME = 60
PREVIEWS = rates.Rate(60, 60)


class Comments(Endpoint):
    scope = "comments"
    is_repeatable = True

    def get(self, request: Request, slug: str) -> dict:
        """A part of a post's discussion."""
        return list_some(request, post_at(slug))

    def post(self, request: Request, slug: str) -> HttpResponse:
        """Comment, as oneself or as a guest."""
        return post_one(request, post_at(slug))


def post_at(slug: str) -> Post:
    return get_object_or_404(Post.threads.published().select_related("author"), slug=slug)


def list_some(request: Request, post: Post) -> dict:
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
    return answer | ({"skipped": part.skipped} if part.skipped else {})


def post_one(request: Request, post: Post) -> HttpResponse:
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
    response = Answer(said, 201, {"Location": comment.url})
    if user is None:
        visitors.remember(response, visitors.Visitor(comment.visitor, comment.name))
    return response


class OneComment(Endpoint):
    """As the asker may see it: who wrote it sees it while it is held, too."""

    scope = "comments"

    def get(self, request: Request, pk: int) -> HttpResponse:
        """One comment."""
        found = self.find(request, pk)
        return tagged(Answer(as_dict(found), headers=PRIVATE), *edited(found))

    def patch(self, request: Request, pk: int) -> HttpResponse:
        """Say one's own comment in other words, while that is possible."""
        said = MarkdownIn(data=request.data)
        said.is_valid(raise_exception=True)
        address = network(client_address(request))
        return self.change(request, pk, partial(edit_comment, **said.validated_data, address=address))

    def delete(self, request: Request, pk: int) -> HttpResponse:
        """Take one's own comment back, while that is possible; a place-holder stays where it was answered."""
        return self.change(request, pk, take_back)

    def find(self, request: Request, pk: int) -> Comment:
        self.user = request.user if request.user.is_authenticated else None
        self.visitor = visitors.read(request).id
        seen = Comment.objects.seen_by(user=self.user, visitor=self.visitor).for_json()
        return get_object_or_404(seen, pk=pk, post__in=Post.threads.published())

    def change(self, request: Request, pk: int, verb: Callable[..., Comment]) -> HttpResponse:
        found = self.find(request, pk)
        try:
            found = verb(found, user=self.user, visitor=self.visitor, is_expected=self.is_expected)
        except ChangedMeanwhile as error:
            raise Conflict(as_dict(error.entry), request.data, etag(version(*edited(error.entry)))) from error
        said = {**as_dict(found.as_seen(by_writer=True)), "n": found.event}
        return tagged(Answer(said, headers=PRIVATE), *edited(found))

    def is_expected(self, comment: Comment) -> bool:
        return names(self.request, version(*edited(comment)))


class Me(Endpoint):
    def get(self, request: Request, parts: Iterable[Part] = ()) -> HttpResponse:
        """Who am I, as a page needs it that is the same for everyone."""
        visitor = visitors.read(request)
        user = request.user if request.user.is_authenticated else None
        answer = {
            "user": user and async_to_sync(user.to_dict)(("name", "url", "is_staff", "role")),
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
        return Answer(answer, headers=PRIVATE)


class Writing(Endpoint):
    scope = "comments"

    def post(self, request: Request, slug: str) -> None:
        """A page says it now and then while its reader types."""
        post = get_object_or_404(Post.threads.published().only("comments_open", "published_at"), slug=slug)
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


class People(Endpoint):
    async def get(self, request: Request, slug: str) -> dict:
        """Whom one may mention there: for completion."""
        post = await aget_object_or_404(Post.threads.published().select_related("author"), slug=slug)
        query = request.query_params.get("q", "")[:MOST_OF_A_NAME]
        return {"people": await sync_to_async(mentions.people)(post, query)}


PRIVATE = {"Cache-Control": "private, no-store"}


class Markdown(Endpoint):
    scope = "comments"

    def post(self, request: Request) -> dict:
        """A comment as it would look; nothing is kept."""
        said = PreviewIn(data=request.data)
        said.is_valid(raise_exception=True)
        text = said.validated_data["text"]
        if len(text) > settings.COMMENT_MAX_LENGTH:
            raise TooLong(len(text), settings.COMMENT_MAX_LENGTH)
        if wait := rates.take("preview", network(client_address(request)), PREVIEWS):
            raise rates.TooFast(wait)
        slug = said.validated_data.get("post")
        return {"html": preview(text, post_at(slug) if slug else None)}
