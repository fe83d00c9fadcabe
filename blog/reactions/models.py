from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import AnyUser
from frodo.fields import ExactCharField


class Kind(models.TextChoices):
    UPVOTE = "upvote", _("Upvote")
    FUNNY = "funny", _("Funny")
    LOVE = "love", _("Love")
    SURPRISED = "surprised", _("Surprised")
    SAD = "sad", _("Sad")


PRAISE = (Kind.UPVOTE, Kind.FUNNY, Kind.LOVE)
"""Positive reactions, which raise a comment's score."""


class ReactionQuerySet(models.QuerySet):
    def of_account(self, user: AnyUser) -> Self:
        return self.filter(who=account(user))

    def of_guest(self, visitor: str) -> Self:
        return self.filter(who=guest(visitor)) if visitor else self.none()

    def of_either(self, user: AnyUser | None, visitor: str) -> Self:
        """Reactions of the account, and those of its browser's guest before signing in; the account's last."""
        who = [account(user)] if user else []
        if visitor:
            who.append(guest(visitor))
        return self.filter(who__in=who).order_by("-who") if who else self.none()

    def signed_in(self, visitor: str) -> Self:
        """Reactions of accounts, made in this browser."""
        return self.filter(visitor=visitor, who__startswith="user:") if visitor else self.none()


def account(user: AnyUser) -> str:
    return f"user:{user.pk}"


def guest(visitor: str) -> str:
    return f"visitor:{visitor}"


class Reaction(models.Model):
    """One person's reaction to one object; `who` is an account or a guest's browser."""

    who = ExactCharField(max_length=50, db_index=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    visitor = ExactCharField(max_length=32, blank=True, db_index=True)
    """The browser, for accounts too: signed out, it has no second vote on the same object."""
    kind = models.CharField(max_length=10, choices=Kind)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ReactionQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.who}: {self.kind}"


class PostReaction(Reaction):
    post = models.ForeignKey("blog.Post", models.CASCADE, related_name="given")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "who"], name="one_reaction_to_a_post")]


class CommentReaction(Reaction):
    comment = models.ForeignKey("blog.Comment", models.CASCADE, related_name="given")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comment", "who"], name="one_reaction_to_a_comment")]
