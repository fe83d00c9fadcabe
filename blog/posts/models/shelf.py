"""Where posts are put: tags, and topics in which they have an order."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from blog.posts.querysets import ShelfQuerySet
from blog.posts.slugs import free_slug
from frodo.async_model import AsyncModel, batched_property
from frodo.fields import ExactCharField, ExactSlugField
from frodo.routes import address_of


class Shelf(AsyncModel):
    public = ("name", "slug", "url", "description", "n_posts")
    brief = ("name", "slug", "url")

    name = ExactCharField(_("name"), max_length=100, unique=True)
    slug = ExactSlugField(
        _("address"),
        max_length=120,
        unique=True,
        allow_unicode=True,
        blank=True,
        help_text=_("Left empty, it is made from the name."),
    )
    description = models.TextField(_("description"), blank=True)

    objects = ShelfQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return self.url

    @batched_property
    def n_posts(shelves: list["Shelf"]) -> dict[int, int]:
        """Published posts."""
        rows = type(shelves[0]).objects.filter(pk__in=[shelf.pk for shelf in shelves])
        return dict(rows.with_counts().values_list("pk", "n_posts"))

    def save(self, **kwargs) -> None:
        if not self.slug:
            self.slug = free_slug(type(self), self.name)
        super().save(**kwargs)


class Tag(Shelf):
    class Meta(Shelf.Meta):
        verbose_name = _("tag")
        verbose_name_plural = _("tags")

    @property
    def url(self) -> str:
        return address_of("tag", self.slug)


class Topic(Shelf):
    """An ordered series: its posts say their place by `Post.topic_order`."""

    class Meta(Shelf.Meta):
        verbose_name = _("topic")
        verbose_name_plural = _("topics")

    @property
    def url(self) -> str:
        return address_of("topic", self.slug)
