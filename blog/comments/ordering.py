"""Order of comments, and pages of it.

Depth first: replies follow their parent, oldest first; the chosen order applies to top-level comments. It is computed
from ID, parent, state and score of all comments; full rows are loaded for the requested page only.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from blog.comments.models import Comment
from blog.posts.models import Post
from frodo.site_settings import site

ORDERS = ("oldest", "newest", "best")
MOST = 1000
"""Up to this many comments are returned from the beginning to reach a requested one; beyond, only its page."""
CONTEXT = 20

CURSOR = re.compile(r"([0-9]{1,9})-([0-9]{1,18})")


class Node(NamedTuple):
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
    """Consecutive comments, and ancestors of the first if these were skipped."""

    comments: list[Comment]
    n_all: int
    """Number of all comments shown, placeholders included."""
    end: int
    """Number of comments before the next page."""
    next: str | None
    skipped: int = 0
    """Number of comments skipped before the first."""

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
    """One page: from a position, after a cursor, or containing one comment.

    Sync, two queries. Read the number of the last event before.
    """
    limit = limit or site.COMMENTS_PER_PAGE
    bones = {bone.id: bone for bone in nodes_of(post)}
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
    above = ancestors(bones, wanted[0]) if wanted and not cursor else []
    return Part(
        load(post, [*above, *wanted]),
        n_all=len(ids),
        end=end,
        next=f"{end}-{ids[end - 1]}" if end < len(ids) else None,
        skipped=skipped,
    )


def nodes_of(post: Post) -> list[Node]:
    return [Node(*row) for row in post.comments.order_by("id").values_list(*Node._fields)]


def walk(bones: Iterable[Node], order: str = "oldest") -> list[int]:
    """IDs in reading order: visible comments, and placeholders that have visible replies."""
    by_id = {bone.id: bone for bone in bones}
    kept: set[int] = set()
    for bone in by_id.values():
        above: Node | None = bone
        if bone.state == Comment.State.VISIBLE:
            while above is not None and above.id not in kept:
                kept.add(above.id)
                above = by_id.get(above.parent) if above.parent is not None else None
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
    """Position after the last comment of the previous page, or its former position if it was deleted."""
    match = CURSOR.fullmatch(cursor)
    assert match is not None  # the caller has looked
    place, pk = map(int, match.groups())
    return ids.index(pk) + 1 if pk in ids else min(place, len(ids))


def ancestors(bones: dict[int, Node], pk: int) -> list[int]:
    """Ancestors of a comment, from the top, at most CONTEXT."""
    found: dict[int, None] = {}
    parent = bones[pk].parent
    while parent in bones and parent not in found and len(found) < CONTEXT:
        found[parent] = None
        parent = bones[parent].parent
    return list(found)[::-1]


def load(post: Post, ids: list[int]) -> list[Comment]:
    """Comments as everybody sees them, with their writers loaded."""
    by_id = {comment.pk: comment for comment in post.comments.filter(pk__in=ids).for_thread()}
    seen = []
    for pk in ids:
        if comment := by_id.get(pk):
            comment.post = post
            seen.append(comment.as_seen())
            seen[-1].author = seen[-1].writer()
    return seen
