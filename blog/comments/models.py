from collections.abc import Iterable
from typing import Any, NotRequired, Optional, Self, TypedDict

from django.conf import settings
from django.db import models
from django.db.models import Q, prefetch_related_objects
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.avatars import avatar_url
from accounts.models import AnyUser
from blog.comments.mentions import linked
from frodo.async_models import AsyncModel, batched_property
from frodo.fields import Counter, ExactCharField, Tally
from frodo.markdown import render_comment


class CommentQuerySet(models.QuerySet):
    def visible(self) -> Self:
        return self.filter(state="visible")

    def pending(self) -> Self:
        return self.filter(state="pending")

    def seen_by(self, *, user: AnyUser | None = None, visitor: str = "") -> Self:
        """Visible comments, and one's own pending ones."""
        return self.filter(Q(state="visible") | Q(self.own(user, visitor), state="pending"))

    def pending_of(self, *, user: AnyUser | None = None, visitor: str = "") -> Self:
        """One's own pending comments."""
        return self.pending().by(user=user, visitor=visitor)

    def by(self, *, user: AnyUser | None = None, visitor: str = "") -> Self:
        """Comments by this account or guest."""
        return self.filter(self.own(user, visitor))

    @staticmethod
    def own(user: AnyUser | None, visitor: str) -> Q:
        if user is not None and user.is_authenticated:
            return Q(user=user)
        return Q(user=None, visitor=visitor) if visitor else Q(pk__in=[])

    def for_thread(self) -> Self:
        """What a thread shows, in one query; with removed comments, for their replies."""
        return self.select_related("user").defer("email").order_by("id")

    def for_json(self) -> Self:
        return self.select_related("user", "post")


class Comment(AsyncModel):
    class State(models.TextChoices):
        VISIBLE = "visible", _("Visible")
        PENDING = "pending", _("Pending")
        REMOVED = "removed", _("Removed")

    public = (
        *("id", "parent", "author", "text", "html", "state", "created_at", "edited_at", "url"),
        *("reactions", "score", "pinned", "featured"),
    )
    details = ("body",)
    by_key = ("parent",)

    post = models.ForeignKey("blog.Post", models.CASCADE, related_name="comments", verbose_name=_("post"))
    parent = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="answers", verbose_name=_("reply to")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="comments",
        verbose_name=_("user"),
    )
    name = models.CharField(
        pgettext_lazy("of a person", "name"), max_length=60, help_text=_("As entered by the commenter.")
    )
    email = models.EmailField(_("e-mail"), blank=True, help_text=_("Never shown."))
    visitor = models.CharField(_("visitor"), max_length=32, blank=True, db_index=True, editable=False)
    """Random ID of a guest's browser, from a signed cookie (accounts.guests)."""
    network = models.CharField(max_length=64, blank=True, editable=False)
    """Client IP or its network, as given by frodo.client_ip.network."""
    notify = models.BooleanField(_("e-mail about replies"), default=False)
    text = models.TextField(_("text"))
    html = models.TextField(editable=False)
    mentions = models.JSONField(default=dict, editable=False)
    """Mentioned names, and the comment that each links to (blog.comments.mentions)."""
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.VISIBLE)
    created_at = models.DateTimeField(_("written"), auto_now_add=True)
    edited_at = models.DateTimeField(_("edited"), null=True, editable=False)
    reactions = Tally(default=dict, editable=False)
    score = Counter(default=0, editable=False)
    """Number of positive reactions, for the order "best"."""
    pinned = models.BooleanField(_("pinned"), default=False, help_text=_("Shown first among the comments."))
    featured = models.BooleanField(_("featured"), default=False, help_text=_("Marked as worth reading."))
    pending_reasons = models.JSONField(default=list, editable=False)
    """Why it is pending: `[{"code": ..., ...}]` (blog.moderation.reasons). Kept after approval."""

    origin = ExactCharField(_("imported from"), max_length=200, null=True, unique=True, editable=False)
    """Which comment of which site it was, such as `disqus:example/123`: importing again does not add it again."""

    objects = CommentQuerySet.as_manager()

    event: int | None = None
    """Number of the event that published it; set by the service that did."""
    rendered_text: str | None = None

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["post", "state"]),
            models.Index(fields=["state", "id"], name="by_state"),
            models.Index(fields=["created_at"], name="comments_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.text[:60]}"

    def save(self, *, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        if update_fields is None or "text" in update_fields:
            self.render()
            update_fields = update_fields and {*update_fields, "html"}
        super().save(update_fields=update_fields, **kwargs)

    def render(self) -> None:
        if self.rendered_text != self.text:
            self.html, self.rendered_text = linked(render_comment(self.text), self.mentions), self.text

    @property
    def body(self) -> SafeString:
        """The rendered text, sanitised when it was saved."""
        return mark_safe(self.html)  # noqa: S308

    @property
    def url(self) -> str:
        return f"{self.post.url}#{self.anchor}"

    @property
    def anchor(self) -> str:
        return f"comment-{self.pk}"

    @property
    def is_visible(self) -> bool:
        return self.state == self.State.VISIBLE

    @batched_property
    def author(comments: list["Comment"]) -> dict[int, Optional["Writer"]]:
        """The writer; None for a placeholder."""
        prefetch_related_objects(comments, "user", "post")
        return {comment.pk: comment.writer() for comment in comments}

    def writer(self) -> Optional["Writer"]:
        if self.state == self.State.REMOVED:
            return None
        writer: Writer = {"name": self.name, "is_author": self.by_author, "avatar": avatar_url(self.seed)}
        if self.user and self.user.url:
            writer["url"] = self.user.url
        return writer

    @property
    def seed(self) -> str:
        """Seed of the generated avatar."""
        if self.user_id:
            return f"user:{self.user_id}"
        return f"visitor:{self.visitor}" if self.visitor else f"name:{self.name}"

    @property
    def by_author(self) -> bool:
        """Written by the post's own author."""
        return self.user_id is not None and self.user_id == self.post.author_id

    def is_by(self, user: AnyUser | None, visitor: str) -> bool:
        """Whether this account, or a guest in this browser, wrote it."""
        if user is not None:
            return self.user_id == user.pk
        return self.user_id is None and self.visitor != "" and self.visitor == visitor

    def as_seen(self, *, by_writer: bool = False) -> "Comment":
        """The comment, or the placeholder that others see. Its writer sees it while it is pending."""
        if self.is_visible or (by_writer and self.state == self.State.PENDING):
            return self
        return Comment(
            pk=self.pk,
            post=self.post,
            parent_id=self.parent_id,
            created_at=self.created_at,
            state=self.State.REMOVED,
        )

    def event_data(self) -> dict:
        """Data of an event about it."""
        return {"comment": self.as_seen().to_dict_sync(), "n_comments": self.post.n_comments}


class Writer(TypedDict):
    name: str
    is_author: bool
    avatar: str
    url: NotRequired[str]
