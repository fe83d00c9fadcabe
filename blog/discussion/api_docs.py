"""What the API's schema says of discussions, and of who is asking."""

from typing import Literal, NotRequired, TypedDict

from django.utils.translation import gettext_lazy as _

from blog.discussion import api
from blog.discussion.models import Comment
from blog.discussion.order import ORDERS
from blog.discussion.serializers import CommentIn, MarkdownIn, PreviewIn, WritingIn
from frodo.api.documenting import Parameter, With, documented

KINDS = Literal["upvote", "funny", "love", "surprised", "sad"]


class Discussion(TypedDict):
    n: int
    count: int
    comments: list[Comment]
    next: str | None
    rest: int
    skipped: NotRequired[int]


class Person(TypedDict):
    name: str
    mention: str
    avatar: str


class Mentionable(TypedDict):
    people: list[Person]


class SignedInAs(TypedDict):
    name: str
    url: str
    is_staff: bool
    role: Literal["author", "editor", "contributor", "reader"]


class Guest(TypedDict):
    name: str


class OwnReactions(TypedDict):
    post: KINDS | None
    comments: dict[str, KINDS]


class Asker(TypedDict):
    user: SignedInAs | None
    guest: Guest | None
    held: list[Comment]
    csrf: str | None
    editable: dict[str, str]
    reactions: OwnReactions
    notify: bool | None
    ticket: str


class Rendered(TypedDict):
    html: str


COMMENT = {
    "id": 12,
    "parent": None,
    "author": {"name": "Bob", "is_author": False, "avatar": "/avatar/0a1b2c.svg"},
    "text": "好茶！*Lovely* tea.",
    "html": "<p>好茶！<em>Lovely</em> tea.</p>",
    "state": "visible",
    "created_at": "2026-03-01T09:00:00Z",
    "edited_at": None,
    "url": "/post/%E4%B8%80%E5%A3%B6%E8%8C%B6/#comment-12",
    "reactions": {},
    "score": 0,
    "pinned": False,
    "featured": False,
}
N = {"n": int | None}
POSTED = With(Comment, N, {"mail": Literal["on", "confirm"]})
OWN = _("Not one's own, or too late: `not_yours`, `edit_window_passed`.")

documented(
    api.Comments,
    "GET",
    _("A part of a post's discussion"),
    id="listComments",
    response=Discussion,
    query=(
        Parameter("order", _("Sorted how."), {"type": "string", "enum": list(ORDERS), "default": "oldest"}),
        Parameter(
            "cursor", _("As in `next` of the part before."), {"type": "string", "pattern": r"^(\d{1,9}-\d{1,18})?$"}
        ),
        Parameter("around", _("The part in which the comment of this number is."), {"type": "integer", "minimum": 0}),
        Parameter("limit", _("How many at most."), {"type": "integer", "minimum": 1, "maximum": api.MOST_AT_ONCE}),
    ),
    answer={"n": 4, "count": 1, "comments": [COMMENT], "next": None, "rest": 0},
)
documented(
    api.Comments,
    "POST",
    _("Comment, as oneself or as a guest"),
    id="createComment",
    status=201,
    response=POSTED,
    body=CommentIn,
    example={"text": "好茶！*Lovely* tea.", "name": "Bob"},
    answer={**COMMENT, "n": 5},
    errors={403: "`comments_closed`, `blocked`, `against_the_rules`, `proof_wanted`.", 409: "`duplicate`."},
)
documented(
    api.OneComment, "GET", _("One comment"), id="getComment", response=Comment, answer=COMMENT, has_versions=True
)
documented(
    api.OneComment,
    "PATCH",
    _("Say one's own comment in other words"),
    id="changeComment",
    response=With(Comment, N),
    body=MarkdownIn,
    example={"text": "好茶！"},
    answer={**COMMENT, "n": 6},
    errors={403: OWN},
    has_versions=True,
)
documented(
    api.OneComment,
    "DELETE",
    _("Take one's own comment back"),
    id="deleteComment",
    response=With(Comment, N),
    status=200,
    answer={**COMMENT, "state": "removed", "author": None, "text": "", "html": "", "n": 7},
    errors={403: OWN},
    has_versions=True,
)
documented(
    api.Me,
    "GET",
    _("Who is asking"),
    id="getMe",
    response=Asker,
    query=(Parameter("post", _("Of this post, by its number: what is one's own there."), {"type": "integer"}),),
    more=_("`csrf` is what X-CSRFToken must say for a session's writes."),
)
documented(
    api.Writing,
    "POST",
    _("Say that one is writing a comment"),
    id="sayWriting",
    response=None,
    body=WritingIn,
    example={"name": "Bob"},
)
documented(
    api.People,
    "GET",
    _("Whom one may mention there"),
    id="listPeople",
    response=Mentionable,
    query=(Parameter("q", _("With this in the name.")),),
    answer={"people": [{"name": "安 Ann", "mention": "@安", "avatar": "/avatar/0a1b2c.svg"}]},
)
documented(
    api.Markdown,
    "POST",
    _("A comment as it would look"),
    id="renderMarkdown",
    response=Rendered,
    body=PreviewIn,
    example={"text": "好茶！*Lovely* tea."},
    answer={"html": "<p>好茶！<em>Lovely</em> tea.</p>"},
    errors={404: _("There is no such post.")},
)
