"""Taxonomies: tags, and topics in which posts have an order."""

import unicodedata
from collections.abc import Iterable
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from blog.posts.models.slugs import Slugged
from blog.posts.slugs import slug_for
from frodo import display_names
from frodo.async_models import batched_property
from frodo.fields import ExactCharField, ExactSlugField
from frodo.site_urls import address_of

KEY_LENGTH = 500
"""Some characters become several when folded."""


class TaxonomyQuerySet(models.QuerySet):
    """Tags or topics."""

    def named(self, name: str) -> Any:
        """The tag or topic with this name, however spelled, or slug; None if there is none."""
        key = display_names.key(name)
        found: Any = self.filter(name_key=key).first()
        if found or not key:
            return found
        found = self.filter(slug=name).first()
        # The slug `r` that was made of “R+” is no name for it; “Green tea” may be called `green-tea`.
        is_made_of_another = found and found.slug == slug_for(found.name) and found.name_key.replace(" ", "-") != key
        return None if is_made_of_another else found

    def get_or_make(self, name: str) -> Any:
        """As get_or_create, safe against concurrent creation."""
        return self.get_or_create(name_key=display_names.key(name), defaults={"name": name})[0]

    def visible(self) -> Self:
        """Those with published posts."""
        posts: Any = self.model._meta.get_field("posts")
        shown = posts.related_model.objects.published().filter(**{posts.field.name: OuterRef("pk")}).order_by()
        # As a scalar, because MariaDB turns EXISTS into a temporary table of all posts with their tags.
        return self.alias(shown_post=Subquery(shown.values("pk")[:1])).filter(shown_post__isnull=False)


class Taxonomy(Slugged):
    slug_source = "name"
    public = ("name", "slug", "url", "description", "n_posts")
    brief = ("name", "slug", "url")

    name = ExactCharField(_("name"), max_length=100, unique=True)
    name_key = ExactCharField(max_length=KEY_LENGTH, unique=True, editable=False)
    """The name folded by `frodo.display_names.key`, unique."""
    slug = ExactSlugField(
        _("slug"),
        max_length=120,
        unique=True,
        allow_unicode=True,
        blank=True,
        help_text=_("If empty, made from the name. After a change, the old URL redirects."),
    )
    description = models.TextField(_("description"), blank=True)

    objects = TaxonomyQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return self.url

    @batched_property
    def n_posts(taxonomies: list["Taxonomy"]) -> dict[int, int]:
        """Number of published posts."""
        from blog.posts.counts import counts  # it counts these models

        numbers = counts().of(type(taxonomies[0]))
        return {taxonomy.pk: numbers[taxonomy.pk] for taxonomy in taxonomies}

    def clean(self) -> None:
        self.settle_name()
        if not self.name_key:
            raise ValidationError({"name": _("Enter a name.")})
        if known := type(self).objects.exclude(pk=self.pk).filter(name_key=self.name_key).first():
            message = _("“%(name)s” is there already, and this is another spelling of it.")
            raise ValidationError({"name": ValidationError(message, params={"name": known.name})})

    def settle_name(self) -> None:
        self.name = display_names.clean(unicodedata.normalize("NFC", self.name))
        self.name_key = display_names.key(self.name)[:KEY_LENGTH]

    def save(self, *, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        self.settle_name()
        update_fields = update_fields and {*update_fields, "name_key"}
        super().save(update_fields=update_fields, **kwargs)

    def is_slug_taken(self) -> bool:
        """Whether the slug, not the name, was taken."""
        return super().is_slug_taken() and not type(self).objects.filter(name_key=self.name_key).exists()

    @property
    def is_visible(self) -> bool:
        """Whether it has published posts."""
        return type(self).objects.visible().filter(pk=self.pk).exists()


class Tag(Taxonomy):
    url_name = "tag"

    class Meta(Taxonomy.Meta):
        verbose_name = _("tag")
        verbose_name_plural = _("tags")

    @property
    def url(self) -> str:
        return address_of("tag", self.slug)


class Topic(Taxonomy):
    """An ordered series; posts have `topic_order`."""

    url_name = "topic"

    class Meta(Taxonomy.Meta):
        verbose_name = _("topic")
        verbose_name_plural = _("topics")

    @property
    def url(self) -> str:
        return address_of("topic", self.slug)
