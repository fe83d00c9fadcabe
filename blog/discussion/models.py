from typing import NotRequired, Optional, TypedDict

from django.conf import settings
from django.db import models
from django.db.models import prefetch_related_objects
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from accounts.avatars import avatar_url
from blog.discussion.mentions import linked
from blog.discussion.querysets import CommentQuerySet
from blog.posts.models.counter import Counter, Tally
from frodo.async_model import AsyncModel, batched_property
from frodo.markdown import render_comment


class Comment(AsyncModel):
    class State(models.TextChoices):
        VISIBLE = "visible", _("Visible")
        HELD = "held", _("Held")
        REMOVED = "removed", _("Removed")

    public = (
        *("id", "parent", "author", "text", "html", "state", "created_at", "edited_at", "url"),
        *("reactions", "score", "pinned", "featured"),
    )
    details = ("body",)
    by_key = ("parent",)

    post = models.ForeignKey("blog.Post", models.CASCADE, related_name="comments", verbose_name=_("post"))
    parent = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="answers", verbose_name=_("answer to")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="comments",
        verbose_name=_("user"),
    )
    name = models.CharField(_("name"), max_length=60, help_text=_("As the writer signed it."))
    email = models.EmailField(_("e-mail"), blank=True, help_text=_("Never shown."))
    visitor = models.CharField(_("visitor"), max_length=32, blank=True, db_index=True, editable=False)
    """A random word in a signed cookie: how a guest's browser is known again."""
    network = models.CharField(max_length=64, blank=True, editable=False)
    """Where it came from, as frodo.addresses.network gives it."""
    notify = models.BooleanField(_("mail when answered"), default=False)
    text = models.TextField(_("text"))
    html = models.TextField(editable=False)
    mentions = models.JSONField(default=dict, editable=False)
    """Names that are called in it, and the comment of each that is linked (blog.discussion.mentions)."""
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.VISIBLE)
    created_at = models.DateTimeField(_("written"), auto_now_add=True)
    edited_at = models.DateTimeField(_("edited"), null=True, editable=False)
    reactions = Tally(default=dict, editable=False)
    score = Counter(default=0, editable=False)
    """How much praise is among them (blog.reactions): the best have most."""
    pinned = models.BooleanField(_("pinned"), default=False, help_text=_("Stays first in the discussion."))
    featured = models.BooleanField(_("featured"), default=False, help_text=_("Marked as worth reading."))
    hold_reasons = models.JSONField(default=list, editable=False)
    """Why it was held, each `{"code": ..., ...}` (blog.moderation.reasons). They stay when it is approved."""

    objects = CommentQuerySet.as_manager()

    event: int | None = None
    """The number of the event that made it public, known to whoever has just posted it."""
    rendered_text: str | None = None

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["id"]
        indexes = [models.Index(fields=["post", "state"]), models.Index(fields=["state", "-created_at"])]

    def __str__(self) -> str:
        return f"{self.name}: {self.text[:60]}"

    def save(self, *, update_fields=None, **kwargs) -> None:
        if update_fields is None or "text" in update_fields:
            self.render()
            update_fields = update_fields and {*update_fields, "html"}
        super().save(update_fields=update_fields, **kwargs)

    def render(self) -> None:
        if self.rendered_text != self.text:
            self.html, self.rendered_text = linked(render_comment(self.text), self.mentions), self.text

    @property
    def body(self) -> SafeString:
        """The rendered text, made safe when it was saved."""
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
        """Who signed it, and None of a place-holder."""
        prefetch_related_objects(comments, "user", "post")
        return {comment.pk: comment.writer() for comment in comments}

    def writer(self) -> Optional["Writer"]:
        if self.state == self.State.REMOVED:
            return None
        writer = {"name": self.name, "is_author": self.by_author, "avatar": avatar_url(self.seed)}
        if self.user_id and self.user.url:
            writer["url"] = self.user.url
        return writer

    @property
    def seed(self) -> str:
        """What its writer's picture is made from."""
        if self.user_id:
            return f"user:{self.user_id}"
        return f"visitor:{self.visitor}" if self.visitor else f"name:{self.name}"

    @property
    def by_author(self) -> bool:
        """Written by the post's own author."""
        return self.user_id is not None and self.user_id == self.post.author_id

    def is_by(self, user, visitor: str) -> bool:
        """Written by this account, or by a guest in this browser."""
        if user is not None:
            return self.user_id == user.pk
        return self.user_id is None and self.visitor != "" and self.visitor == visitor

    def as_seen(self, *, by_writer: bool = False) -> "Comment":
        """Itself, or the place-holder that others see. Its writer sees it as well while it is held."""
        if self.is_visible or (by_writer and self.state == self.State.HELD):
            return self
        return Comment(
            pk=self.pk,
            post=self.post,
            parent_id=self.parent_id,
            created_at=self.created_at,
            state=self.State.REMOVED,
        )


class Writer(TypedDict):
    name: str
    is_author: bool
    avatar: str
    url: NotRequired[str]
