"""In which order a discussion is read, and a part of it.

Depth first: answers stand under what they answer, oldest first; only what stands at the top has an order to choose.
The order is found on the bones of all comments; flesh is loaded for the part that is asked for.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.conf import settings

from blog.discussion.models import Comment
from blog.posts.models import Post

ORDERS = ("oldest", "newest", "best")
MOST = 1000
"""So many come from the beginning to reach one that is asked for; beyond, only what leads to it."""
CONTEXT = 20

CURSOR = re.compile(r"(\d{1,9})-(\d{1,18})", re.ASCII)


class Bone(NamedTuple):
    id: int
    parent: int | None
    state: str
    score: int
    pinned: bool


RANKS = {
    "oldest": lambda bone: (not bone.pinned, bone.id),
    "newest": lambda bone: (not bone.pinned, -bone.id),
    "best": lambda bone: (not bone.pinned, -bone.score, bone.id),
}


@dataclass(frozen=True, slots=True)
class Part:
    """Neighbours in the walk, and what stands above the first of them where that was left out."""

    comments: list[Comment]
    n_all: int
    """How many there are to be seen, place-holders too."""
    end: int
    """How many of them come before what follows."""
    next: str | None
    skipped: int = 0
    """How many of them were left out before the first."""

    @property
    def rest(self) -> int:
        return self.n_all - self.end


def read(
    post: Post,
    order: str = "oldest",
    *,
    start: int = 0,
    cursor: str = "",
    around: int | None = None,
    limit: int | None = None,
) -> Part:
    """A part of the discussion: from a place, after a cursor, or so that one comment is in it.

    Sync, two queries. Whoever needs the number of the last event reads it first.
    """
    limit = limit or settings.COMMENTS_PER_PAGE
    bones = {bone.id: bone for bone in bones_of(post)}
    ids = walk(bones.values(), order)
    skipped = 0
    if cursor:
        start = place_after(ids, cursor)
    end = min(len(ids), start + limit)
    if around in ids:
        slice_start = ids.index(around) // limit * limit
        end = min(len(ids), slice_start + limit)
        start = skipped = slice_start if end > MOST else 0
    wanted = ids[start:end]
    above = lineage(bones, wanted[0]) if wanted and not cursor else []
    return Part(
        load(post, [*above, *wanted]),
        n_all=len(ids),
        end=end,
        next=f"{end}-{ids[end - 1]}" if end < len(ids) else None,
        skipped=skipped,
    )


def bones_of(post: Post) -> list[Bone]:
    return [Bone(*row) for row in post.comments.order_by("id").values_list(*Bone._fields)]


def walk(bones: Iterable[Bone], order: str = "oldest") -> list[int]:
    """The ids in reading order: visible ones, and the place-holders that their answers hang on."""
    by_id = {bone.id: bone for bone in bones}
    kept: set[int] = set()
    for bone in by_id.values():
        if bone.state == Comment.State.VISIBLE:
            while bone is not None and bone.id not in kept:
                kept.add(bone.id)
                bone = by_id.get(bone.parent)
    answers = defaultdict(list)
    for bone in by_id.values():
        if bone.id in kept:
            answers[bone.parent if bone.parent in by_id else None].append(bone)
    found = []
    waiting = sorted(answers[None], key=RANKS[order])[::-1]
    while waiting:
        bone = waiting.pop()
        found.append(bone.id)
        waiting.extend(reversed(answers[bone.id]))
    return found


def place_after(ids: list[int], cursor: str) -> int:
    """Where to go on: after the comment read last, or, should it be gone, at the place that it had."""
    place, pk = map(int, CURSOR.fullmatch(cursor).groups())
    return ids.index(pk) + 1 if pk in ids else min(place, len(ids))


def lineage(bones: dict[int, Bone], pk: int) -> list[int]:
    """What a comment answers, and what that answers, from the top down, though no more than CONTEXT of them."""
    found: dict[int, None] = {}
    parent = bones[pk].parent
    while parent in bones and parent not in found and len(found) < CONTEXT:
        found[parent] = None
        parent = bones[parent].parent
    return list(found)[::-1]


def load(post: Post, ids: list[int]) -> list[Comment]:
    """The comments as everybody sees them, their writers with them, so that nothing is left to be awaited."""
    by_id = {comment.pk: comment for comment in post.comments.filter(pk__in=ids).for_thread()}
    seen = []
    for pk in ids:
        if comment := by_id.get(pk):
            comment.post = post
            seen.append(comment.as_seen())
            seen[-1].author = seen[-1].writer()
    return seen
