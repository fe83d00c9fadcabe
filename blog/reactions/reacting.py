"""Reacting: one reaction of one person to one thing, given, changed or taken back.

A person is an account, or else a browser. Who signs in takes along what the browser's guest said: the first deed
in the account's name makes it the account's. Who signs out finds the thing reacted to already, in this browser.
"""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from blog.discussion.editing import Gone
from blog.discussion.models import Comment
from blog.events.recording import record
from blog.posts.models import Post
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
from frodo import rates
from frodo.errors import Refused

CROWD = 10
"""So many people of one network may each be as quick as one is."""

Target = Post | Comment


class SignedInBefore(Refused):
    code = "reacted_signed_in"
    message = _("Somebody who was signed in has reacted from this browser. Sign in to change it.")
    status = 409


@dataclass(frozen=True, slots=True)
class Outcome:
    reactions: dict[str, int]
    mine: str | None
    n: int
    """The number of the event, or of the newest where nothing changed."""


def react(
    target: Target,
    kind: str | None,
    *,
    user: User | None = None,
    visitor: str = "",
    address: str = "",
    is_new: bool = False,
) -> Outcome:
    """Let the person's reaction be `kind`; None takes it back. `is_new`: the visitor's word was made up just now."""
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
    rate = rates.Rate.of(settings.REACTION_RATE)
    newcomers = rates.Rate.of(settings.REACTION_NEWCOMERS)
    crowd = rates.Rate(rate.times * CROWD, rate.seconds)
    wait = max(
        rates.take("reaction", address, crowd) if address else 0,
        rates.take("newcomer", address, newcomers) if address and is_new else 0,
        rates.take("reaction", guest(visitor) if user is None else account(user), rate),
    )
    if wait:
        raise rates.TooFast(wait)


def locked(target: Target) -> tuple[Post, dict[str, int]]:
    """The post, its row locked as by all who write to a thread, and the target's counts as they are now."""
    post_id = target.post_id if isinstance(target, Comment) else target.pk
    post = Post.threads.published().select_for_update().only("last_event", "reactions").filter(pk=post_id).first()
    if post is None:
        raise Gone
    if not isinstance(target, Comment):
        return post, post.reactions
    reactions = Comment.objects.visible().filter(pk=target.pk).values_list("reactions", flat=True).first()
    if reactions is None:
        raise Gone
    return post, reactions


def given(target: Target) -> ReactionQuerySet:
    return target.given.all()


def own(target: Target, user: User | None, visitor: str) -> Reaction | None:
    """One's reaction so far. What the same browser's guest said becomes the account's, or goes where it has one."""
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
    """Count anew, under the lock: no sum can go astray."""
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
    """For /api/me/: what the person feels about a post and its comments."""
    to_post = PostReaction.objects.of_either(user, visitor).filter(post=post).values_list("post", "kind")
    to_comments = CommentReaction.objects.of_either(user, visitor).filter(comment__post=post)
    comments = dict(to_comments.values_list("comment", "kind"))
    return {
        "reactions": {
            "post": dict(to_post).get(post),
            "comments": {str(pk): kind for pk, kind in comments.items()},
        }
    }


def take_back_all(*, user: User | None = None, visitor: str = "") -> None:
    """For a person who leaves: the reactions go, and the counts with them, also where no reader comes any more."""
    for table, name in ((PostReaction, "post"), (CommentReaction, "comment")):
        of_this = table.objects.of_account(user) if user else table.objects.of_guest(visitor)
        for reaction in of_this.select_related(name):
            target = getattr(reaction, name)
            with transaction.atomic():
                post = Post.threads.select_for_update().get(pk=getattr(target, "post_id", target.pk))
                reaction.delete()
                tell(post, target, count(target))
