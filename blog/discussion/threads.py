"""Comments as a page shows them: answers under what they answer."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from blog.discussion.models import Comment
from blog.posts.models import Post

SHOWN = ("id", "parent", "author", "body", "state", "created_at", "edited_at")
MAX_DEPTH = 3
"""Answers stand indented this far; deeper ones stand beside their parent and name it."""


@dataclass(slots=True)
class Place:
    """Where a comment stands."""

    comment: dict
    depth: int = 1
    answers: list["Place"] = field(default_factory=list)
    answer_to: dict | None = None
    """Named where the answer does not stand under it."""
    is_pattern: bool = False
    """A place for a comment to come: the browser copies it."""


@dataclass(slots=True)
class Thread:
    places: list[Place]
    pattern: Place
    max_depth: int = MAX_DEPTH


async def thread(post: Post) -> dict:
    """What templates/discussion/_thread.html needs, in one query."""
    comments = shown(post, [comment async for comment in post.comments.for_thread()])
    rows = await Comment.to_dicts(comments, SHOWN, native=True)
    return {"thread": Thread(as_places(rows), Place({}, is_pattern=True))}


def shown(post: Post, comments: Iterable[Comment]) -> list[Comment]:
    """Of all comments of a post those to be seen, and the place-holders their answers hang on."""
    comments = list(comments)
    for comment in comments:
        comment.post = post
    by_id = {comment.pk: comment for comment in comments}
    kept: set[int] = set()
    for comment in comments:
        if comment.is_visible:
            while comment is not None and comment.pk not in kept:
                kept.add(comment.pk)
                comment = by_id.get(comment.parent_id)
    seen = [comment.as_seen() for comment in comments if comment.pk in kept]
    for comment in seen:
        comment.author = comment.writer()  # the users came along, so nothing is left to be awaited
    return seen


def as_places(comments: Iterable[dict]) -> list[Place]:
    """Answers under what they answer, oldest first, no deeper than MAX_DEPTH. A parent comes before its answers."""
    top: list[Place] = []
    places: dict[int, Place] = {}
    holders: dict[int, list[Place]] = {}
    for comment in comments:
        parent = places.get(comment["parent"])
        if parent is None:
            place, holder = Place(comment), top
        elif parent.depth < MAX_DEPTH:
            place, holder = Place(comment, parent.depth + 1), parent.answers
        else:
            place, holder = Place(comment, MAX_DEPTH, answer_to=parent.comment), holders[parent.comment["id"]]
        holder.append(place)
        places[comment["id"]], holders[comment["id"]] = place, holder
    return top
