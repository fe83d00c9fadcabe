from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from blog.media import picture_of
from blog.posts.models.slugs import Slugged
from frodo.fields import ExactCharField, ExactSlugField
from frodo.markdown import render_post, toc_to_json
from frodo.text import fold


class MarkdownContent(Slugged):
    """Abstract: Markdown content, rendered when saved."""

    rendered_fields: tuple[str, ...] = ("html", "excerpt", "toc", "plain", "lead", "n_words")
    words: tuple[str, ...] = ("title", "text")
    description: Any
    """One line of plain text for search engines."""
    words_before: dict[str, str] = {}
    document_n: int | None = None
    """Set while a text is saved that comes from its document: the last update in it (blog.posts.documents)."""

    title = models.CharField(_("title"), max_length=200)
    slug = ExactSlugField(
        _("slug"),
        max_length=200,
        unique=True,
        allow_unicode=True,
        blank=True,
        help_text=_("If empty, made from the title. After a change, the old URL redirects."),
    )
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    text = models.TextField(_("text"), blank=True, help_text=_("Markdown."))
    html = models.TextField(editable=False, default="")
    excerpt = models.TextField(editable=False, default="")
    toc = models.JSONField(editable=False, default=list)
    plain = models.TextField(editable=False, default="")
    lead = models.CharField(max_length=200, editable=False, default="")
    n_words = models.PositiveIntegerField(editable=False, default=0)
    created_at = models.DateTimeField(pgettext_lazy("time", "created"), auto_now_add=True)
    updated_at = models.DateTimeField(pgettext_lazy("time", "updated"), default=timezone.now, editable=False)
    """When the text changed last; pinning or tagging is no update."""
    origin = ExactCharField(
        _("imported from"),
        max_length=500,
        blank=True,
        db_index=True,
        editable=False,
    )
    front_matter = models.JSONField(
        _("other front matter"),
        default=dict,
        editable=False,
        help_text=_("What an import found and Frodo has no field for; an export writes it back."),
    )

    imported = models.JSONField(
        default=dict,
        editable=False,
        help_text=_("What the last import read and wrote, so that the next one knows what has changed since."),
    )

    canonical_url = models.URLField(
        _("canonical URL"),
        max_length=500,
        blank=True,
        default="",
        db_default="",
        db_index=True,
        help_text=_("Where this text was published first, if elsewhere. Search engines are sent there."),
    )
    seo_title = models.CharField(
        _("SEO title"),
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text=_("For search engines and link previews, if not the title."),
    )
    seo_description = models.CharField(
        _("SEO description"),
        max_length=500,
        blank=True,
        default="",
        db_default="",
        help_text=_("For search engines and link previews, if not the summary."),
    )

    trashed_at = models.DateTimeField(_("moved to the trash"), null=True, editable=False, db_index=True)
    before_trash = models.JSONField(default=dict, editable=False)
    """What restoring puts back (blog.posts.trash)."""

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        super().clean()
        if self.title and not fold(self.title):  # invisible characters: nothing to click in lists and menus
            raise ValidationError({"title": models.Field.default_error_messages["blank"]})

    def remember(self) -> None:
        super().remember()
        self.words_before = {name: self.__dict__[name] for name in self.words if name in self.__dict__}

    def has_new_words(self) -> bool:
        return any(
            self.__dict__.get(name, before).strip() != with_newlines(before).strip()
            for name, before in self.words_before.items()
        )

    def settled_update(self, moment: datetime) -> datetime:
        """The time of update shown to readers, for a change now."""
        return moment

    def save(self, *, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        if "text" in self.__dict__:  # else it is not loaded, and not to be saved
            self.text = with_newlines(self.text)
        if update_fields is None or "text" in update_fields:
            self.render()
            update_fields = update_fields and {*update_fields, *self.rendered_fields}
        has_new_words = self.has_new_words()
        updated_at = self.settled_update(timezone.now() if has_new_words else self.updated_at)
        if updated_at != self.updated_at:
            self.updated_at = updated_at
            update_fields = update_fields and {*update_fields, "updated_at"}
        with transaction.atomic():
            super().save(update_fields=update_fields, **kwargs)
            if has_new_words:
                self.record_update()

    def record_update(self) -> None:
        """Called after a changed text was saved."""

    def render(self) -> None:
        """Fill what is computed from `text`."""
        rendered = render_post(self.text, pictures=picture_of, language=self.language)
        self.html, self.excerpt = rendered.html, rendered.excerpt
        self.plain, self.n_words = rendered.text, rendered.words
        self.lead = rendered.lead
        self.toc = toc_to_json(rendered.toc)

    def render_anew(self) -> None:
        """Render again because data about images changed."""
        self.render()
        self.save(update_fields=self.rendered_fields)

    @property
    def body(self) -> SafeString:
        """The rendered text, sanitised when it was saved."""
        return mark_safe(self.html)  # noqa: S308

    @property
    def meta_title(self) -> str:
        """For the head of the page and link previews."""
        return self.seo_title or self.title

    @property
    def meta_description(self) -> str:
        return self.seo_description or self.description

    @property
    def minutes(self) -> int:
        """Reading time in minutes: 250 words or 400 Chinese characters a minute, counted together as 300."""
        return max(1, round(self.n_words / 300))


def with_newlines(text: str) -> str:
    """Forms send CRLF; that is no change of the text."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
