"""Add, change and remove reactions: one per person and object.

A person is an account or a guest's browser. Reactions of a guest move to the account with its first reaction after
signing in. Signed out, the same browser cannot react again.
"""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from blog.comments.edit_services import CommentGone
from blog.comments.models import Comment
from blog.events import record
from blog.posts.models import Post
from blog.posts.querysets import DISCUSSION_COLUMNS
from blog.reactions.models import (
    PRAISE,
    CommentReaction,
    Kind,
    PostReaction,
    Reaction,
    ReactionQuerySet,
    account,
    guest,
)
from frodo import rate_limits
from frodo.errors import ServiceError

CROWD = 10
"""How many people of one network may each use the full rate."""

Target = Post | Comment


class SignedInBefore(ServiceError):
    code = "reacted_signed_in"
    message = _("A signed-in user reacted from this browser. Sign in to change it.")
    status = 409


@dataclass(frozen=True, slots=True)
class Outcome:
    reactions: dict[str, int]
    mine: str | None
    n: int
    """Number of the event; the post's latest if nothing changed."""


def react(
    target: Target,
    kind: str | None,
    *,
    user: User | None = None,
    visitor: str = "",
    address: str = "",
    is_new: bool = False,
) -> Outcome:
    """Set the person's reaction to `kind`; None removes it. `is_new`: the visitor ID was created in this request."""
    slow_down(user, visitor, address, is_new=is_new)
    with transaction.atomic():
        post, before = locked(target)
        mine = own(target, user, visitor)
        if kind is not None:
            mine = mine or new(target, user, visitor)
            mine.kind = kind
            mine.save()
        elif mine is not None:
            mine.delete()
        reactions = count(target)
        return Outcome(reactions, kind, post.last_event if reactions == before else tell(post, target, reactions))


def slow_down(user: User | None, visitor: str, address: str, *, is_new: bool) -> None:
    if user is not None and user.is_staff:
        return
    rate = rate_limits.Rate.of(settings.REACTION_RATE)
    newcomers = rate_limits.Rate.of(settings.REACTION_RATE_NEW_BROWSERS)
    crowd = rate_limits.Rate(rate.times * CROWD, rate.seconds)
    wait = rate_limits.take_each(
        ("reaction", address, crowd),
        ("newcomer", address if is_new else "", newcomers),
        ("reaction", guest(visitor) if user is None else account(user), rate),
    )
    if wait:
        raise rate_limits.TooFast(wait)


def locked(target: Target) -> tuple[Post, dict[str, int]]:
    """The post with its row locked, and the target's current counts."""
    post_id = target.post_id if isinstance(target, Comment) else target.pk
    posts = Post.threads.released().select_for_update()
    post = posts.only("last_event", "reactions", *DISCUSSION_COLUMNS).filter(pk=post_id).first()
    if post is None or post.discussion_id != post.pk:
        raise CommentGone
    if not isinstance(target, Comment):
        return post, post.reactions
    reactions = Comment.objects.visible().filter(pk=target.pk).values_list("reactions", flat=True).first()
    if reactions is None:
        raise CommentGone
    return post, reactions


def given(target: Target) -> ReactionQuerySet:
    return target.given.all()


def own(target: Target, user: User | None, visitor: str) -> Reaction | None:
    """The person's current reaction. A guest's reaction in the same browser moves to the account."""
    by_guest = given(target).of_guest(visitor).first()
    if user is None:
        if by_guest is None and given(target).signed_in(visitor).exists():
            raise SignedInBefore
        return by_guest
    by_account = given(target).of_account(user).first()
    if by_guest is None or by_account is not None:
        if by_guest is not None:
            by_guest.delete()
        return by_account
    by_guest.who, by_guest.user = account(user), user
    by_guest.save()
    return by_guest


def new(target: Target, user: User | None, visitor: str) -> Reaction:
    return target.given.model(
        **{"comment" if isinstance(target, Comment) else "post": target},
        who=account(user) if user else guest(visitor),
        user=user,
        visitor=visitor,
    )


def count(target: Target) -> dict[str, int]:
    """Count the rows under the lock, so that the sum is always right."""
    found = dict(given(target).order_by().values_list("kind").annotate(Count("pk")))
    reactions = {str(kind): found[kind] for kind in Kind if kind in found}
    changed = {"reactions": reactions}
    if isinstance(target, Comment):
        changed["score"] = sum(reactions.get(kind, 0) for kind in PRAISE)
    type(target)._base_manager.filter(pk=target.pk).update(**changed)
    return reactions


def tell(post: Post, target: Target, reactions: dict[str, int]) -> int:
    comment = target.pk if isinstance(target, Comment) else None
    return record(post, "reactions.changed", {"comment": comment, "reactions": reactions}).n


def own_reactions(post: int, *, user: User | None, visitor: str) -> dict:
    """For /api/me/: the person's reactions to a post and its comments."""
    to_post = PostReaction.objects.of_either(user, visitor).filter(post=post).values_list("post", "kind")
    to_comments = CommentReaction.objects.of_either(user, visitor).filter(comment__post=post)
    comments = dict(to_comments.values_list("comment", "kind"))
    return {
        "reactions": {
            "post": dict(to_post).get(post),
            "comments": {str(pk): kind for pk, kind in comments.items()},
        }
    }


def move_reactions(post: Post, original: Post) -> None:
    """Move the reactions to a post to another; who reacted to both keeps the reaction to that."""
    own = PostReaction.objects.filter(post=post)
    if not own.exists():
        return
    own.filter(who__in=list(PostReaction.objects.filter(post=original).values_list("who", flat=True))).delete()
    own.update(post=original)
    count(post)
    tell(original, original, count(original))


def delete_all_reactions(*, user: User | None = None, visitor: str = "") -> None:
    """Erase a person's reactions and update all counts."""
    for table, name in ((PostReaction, "post"), (CommentReaction, "comment")):
        of_this = table.objects.of_account(user) if user else table.objects.of_guest(visitor)
        for reaction in of_this.select_related(name):
            target = getattr(reaction, name)
            with transaction.atomic():
                post = Post.threads.select_for_update().get(pk=getattr(target, "post_id", target.pk))
                reaction.delete()
                tell(post, target, count(target))
