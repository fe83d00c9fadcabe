from typing import Literal, TypedDict

from django.utils.translation import gettext_lazy as _

from blog.reactions import api
from frodo.api.documenting import documented

KINDS = Literal["upvote", "funny", "love", "surprised", "sad"]


class Reacted(TypedDict):
    reactions: dict[str, int]
    mine: KINDS | None
    n: int | None


ERRORS = {409: _("One has reacted already, signed in: `reacted_signed_in`.")}
ANSWER = {"reactions": {"love": 3}, "mine": "love", "n": 8}

for endpoint, to, words in (
    (api.ToPost, "Post", (_("React to a post"), _("Take one's reaction to a post back"))),
    (api.ToComment, "Comment", (_("React to a comment"), _("Take one's reaction to a comment back"))),
):
    documented(
        endpoint,
        "PUT",
        words[0],
        id=f"reactTo{to}",
        response=Reacted,
        body=api.ReactionIn,
        example={"kind": "love"},
        answer=ANSWER,
        errors=ERRORS,
    )
    documented(
        endpoint,
        "DELETE",
        words[1],
        id=f"takeBackReactionTo{to}",
        response=Reacted,
        status=200,
        answer={**ANSWER, "reactions": {"love": 2}, "mine": None},
        errors=ERRORS,
    )
