"""Translations of a post, and the discussion that a translation may share with its original."""

from collections.abc import Callable, Iterable
from datetime import UTC
from typing import TYPE_CHECKING, Any, Optional, Self, cast

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from blog.events import record
from blog.posts.models.content import MarkdownContent

if TYPE_CHECKING:
    from blog.posts.models.post import Post

on_share_comments: list[Callable[["Post", "Post"], None]] = []
"""What the packages above do when a post begins to share the comments of its original: `move(post, original)`, in the
transaction, moves what the post has of its own. Registered in blog.apps."""


class TranslatedContent(MarkdownContent):
    """Abstract: content that may be the translation of another, and share its comments and reactions."""

    threads: Any
    """The manager of all kinds; with the next ones, fields and properties of Post."""
    comments: Any
    is_listed: Any
    last_event: Any
    live: Any
    n_comments: Any
    reactions: Any
    translated_as: Any
    translation_of_id: int | None
    visibility: Any
    discussion_before: int | None = None
    """`discussion_id` as it was when last loaded or saved; None if it was not loaded."""

    translation_of = models.ForeignKey(
        "self",
        models.SET_NULL,
        related_name="translated_as",
        null=True,
        blank=True,
        verbose_name=_("translation of"),
        help_text=_("The post in another language. Both pages link to each other."),
    )
    shares_comments = models.BooleanField(
        _("share the comments of the original"),
        default=False,
        db_default=False,
        help_text=_(
            "Both pages show one discussion, that of the original. Comments and reactions of this post move there."
        ),
    )

    class Meta:
        abstract = True

    def remember(self) -> None:
        super().remember()
        is_known = {"shares_comments", "translation_of_id"} <= self.__dict__.keys()
        self.discussion_before = self.discussion_id if is_known else None

    def forget(self) -> None:
        super().forget()
        self.__dict__.pop("original", None)

    def clean(self) -> None:
        super().clean()
        self.clean_translation()
        self.clean_sharing()

    def clean_translation(self) -> None:
        """Keep all translations of a text as translations of one post, and one of each language."""
        if self.translation_of is None:
            return
        self.translation_of = self.translation_of.translation_of or self.translation_of
        original = self.translation_of
        if original.pk == self.pk:
            raise ValidationError({"translation_of": _("A post cannot be a translation of itself.")})
        others = [original, *original.translated_as.only("language").exclude(pk=self.pk)]
        if any(other.language == self.language for other in others):
            raise ValidationError(
                {"translation_of": _("That post is in the same language, or has a translation into it already.")}
            )

    def clean_sharing(self) -> None:
        """Refuse what would publish comments, or hide them."""
        if not self.shares_comments:
            return
        original, error = self.translation_of, None
        if original is None:
            error = _("Choose the post that this one is a translation of. Only a translation can share comments.")
        elif self.visibility != "public":
            error = _("Only a public post can share comments, because the original's page shows them to everyone.")
        elif self.live:
            error = _("A live post has a discussion of its own.")
        elif self.pk and self.comments.exists() and not original.is_listed:
            error = _("This post has comments, and the original is not public: they would be hidden. Publish it first.")
        if error:
            raise ValidationError({"shares_comments": error})

    def save(self, **kwargs: Any) -> None:
        discussion_before = None if self._state.adding else self.discussion_before
        with transaction.atomic(savepoint=False):
            super().save(**kwargs)
            if discussion_before not in (None, self.discussion_id):
                self.change_discussion(discussion_before)
            if self.translation_of_id and self.translated_as.exists():
                self.translated_as.update(translation_of=self.translation_of_id)

    def record_update(self, discussion: Optional["Post"] = None) -> None:
        """Tell open pages that the post was updated, by the events that they follow."""
        if self.is_visible:
            updated_at = self.updated_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            data = {"post": self.pk, "title": self.title, "updated_at": updated_at}
            record(discussion or self.discussion or cast("Post", self), "post.updated", data)

    def change_discussion(self, before: int | None) -> None:
        """Move what the post has itself to its original, and tell its open pages, which follow `before`."""
        if self.discussion_id != self.pk:
            for move in on_share_comments:
                move(cast("Post", self), type(self).threads.select_for_update().get(pk=self.discussion_id))
        if followed := type(self).threads.only("last_event").filter(pk=before).first():
            self.record_update(followed)

    @property
    def discussion_id(self) -> int:
        """Key of the post whose comments and reactions it shows: its own, or its original's."""
        return self.translation_of_id if self.shares_comments and self.translation_of_id else self.pk

    @property
    def discussion(self) -> Optional["Post"]:
        """The post whose comments and reactions it shows; None while that is not public. Sync, since it may load it."""
        if self.discussion_id == self.pk:
            return cast("Post", self)
        self.complete([self])
        return self.__dict__["original"]

    @property
    def surrogate_keys(self) -> str:
        """Of its pages in the page cache."""
        return str(self.pk) if self.discussion_id == self.pk else f"{self.pk} {self.discussion_id}"

    @property
    def is_complete(self) -> bool:
        if "original" in self.__dict__:
            return True
        return {"shares_comments", "translation_of_id"} <= self.__dict__.keys() and self.discussion_id == self.pk

    @classmethod
    def complete(cls, objs: Iterable[Self]) -> None:
        """Load the originals whose comments are shared. Their numbers are those of the post; saving it writes none."""
        posts = [post for post in objs if not post.is_complete and post.discussion_id != post.pk]
        keys = {post.discussion_id for post in posts}
        found = cls.threads.published().for_discussion().in_bulk(keys) if keys else {}
        for post in posts:
            post.__dict__["original"] = original = found.get(post.discussion_id)
            post.n_comments, post.reactions, post.last_event = (
                (original.n_comments, original.reactions, original.last_event) if original else (0, {}, 0)
            )
