from urllib.parse import unquote

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from blog.posts.pictures import picture_of
from blog.posts.slugs import free_slug
from frodo.async_model import AsyncModel
from frodo.fields import ExactCharField, ExactSlugField
from frodo.markdown import render_post, toc_to_json


class Written(AsyncModel):
    """Something with Markdown in it, rendered when saved.

    A subclass names its address by `url_name`, and has `old_addresses`.
    """

    url_name: str
    rendered_fields = ("html", "excerpt", "toc", "plain", "lead", "n_words")
    words = ("title", "text")
    slug_before: str | None = None
    words_before: dict[str, str] = {}

    title = models.CharField(_("title"), max_length=200)
    slug = ExactSlugField(
        _("address"),
        max_length=200,
        unique=True,
        allow_unicode=True,
        blank=True,
        help_text=_("Left empty, it is made from the title. The old address goes on working after a change."),
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
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), default=timezone.now, editable=False)
    """When the words changed last; a pin or a new tag is no update."""
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

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    @classmethod
    def from_db(cls, db, field_names, values):
        instance = super().from_db(db, field_names, values)
        instance.remember()
        return instance

    def refresh_from_db(self, *args, **kwargs) -> None:
        super().refresh_from_db(*args, **kwargs)
        self.remember()

    def remember(self) -> None:
        """Keep what is loaded of address and words, to know at the next save what has changed."""
        self.slug_before = self.__dict__.get("slug")
        self.words_before = {name: self.__dict__[name] for name in self.words if name in self.__dict__}

    def has_new_words(self) -> bool:
        return any(self.__dict__.get(name, before) != before for name, before in self.words_before.items())

    def save(self, *, update_fields=None, **kwargs) -> None:
        if not self.slug:
            self.slug = free_slug(type(self), self.title)
        if update_fields is None or "text" in update_fields:
            self.render()
            update_fields = update_fields and {*update_fields, *self.rendered_fields}
        has_new_words = self.has_new_words()
        if has_new_words:
            self.updated_at = timezone.now()
            update_fields = update_fields and {*update_fields, "updated_at"}
        with transaction.atomic():
            super().save(update_fields=update_fields, **kwargs)
            self.keep_old_slug()
            if has_new_words:
                self.tell_readers()
        self.remember()

    def keep_old_slug(self) -> None:
        if self.slug_before and self.slug_before != self.slug:
            self.old_addresses.get_or_create(path=unquote(reverse(self.url_name, args=[self.slug_before])))

    def tell_readers(self) -> None:
        """Called when other words than before have been saved."""

    def render(self) -> None:
        """Fill what is computed from `text`."""
        rendered = render_post(self.text, pictures=picture_of)
        self.html, self.excerpt = rendered.html, rendered.excerpt
        self.plain, self.n_words = rendered.text, rendered.words
        self.lead = rendered.lead
        self.toc = toc_to_json(rendered.toc)

    def render_anew(self) -> None:
        """The words are the same; what is known of the pictures among them is not."""
        self.render()
        self.save(update_fields=self.rendered_fields)

    @property
    def body(self) -> SafeString:
        """The rendered text, made safe when it was saved."""
        return mark_safe(self.html)  # noqa: S308

    @property
    def minutes(self) -> int:
        """Reading time: 250 words or 400 Chinese characters a minute, taken together as 300."""
        return max(1, round(self.n_words / 300))
