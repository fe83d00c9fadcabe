"""Comments as a page shows them: answers under what they answer."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from asgiref.sync import sync_to_async
from django.conf import settings
from django.urls import reverse

from blog.discussion.models import Comment
from blog.discussion.order import bones_of, read, walk
from blog.posts.models import Post
from frodo import mail

SHOWN = (
    *("id", "parent", "author", "body", "state", "created_at", "edited_at"),
    *("reactions", "score", "pinned", "featured"),
)
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
    n_all: int
    rest: int
    """How many come after these."""
    next: str | None
    """Where to go on (blog.discussion.order)."""
    max_depth: int = MAX_DEPTH

    @property
    def presence(self) -> bool:
        """Is it shown who reads and writes?"""
        return settings.SHOW_PRESENCE


async def thread(post: Post, order: str = "oldest", page: int = 1) -> dict:
    """What templates/discussion/_thread.html needs: one page of the discussion, in two queries."""
    part = await sync_to_async(read)(post, order, start=(page - 1) * settings.COMMENTS_PER_PAGE)
    rows = await Comment.to_dicts(part.comments, SHOWN, native=True)
    found = Thread(as_places(rows), Place({}, is_pattern=True), part.n_all, part.rest, part.next)
    return {"thread": found, "mail": mail.can_be_sent()}


def address_of(comment: Comment) -> str | None:
    """The page that shows it to whoever has no script; None where it is not shown at all."""
    ids = walk(bones_of(comment.post))
    if comment.pk not in ids:
        return None
    page = ids.index(comment.pk) // settings.COMMENTS_PER_PAGE + 1
    return comment.url if page == 1 else f"{reverse('comments', args=[comment.post.slug])}?page={page}#{comment.anchor}"


def as_places(comments: Iterable[dict]) -> list[Place]:
    """Answers under what they answer, no deeper than MAX_DEPTH. A parent comes before its answers."""
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
