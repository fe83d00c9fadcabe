from django.db import models
from django.utils.translation import gettext_lazy as _

from blog.posts.querysets import OldAddressQuerySet
from frodo.async_model import AsyncModel
from frodo.fields import ExactCharField


class OldAddress(AsyncModel):
    """A path that once led to a post or page, and redirects there for ever."""

    public = ("path",)

    path = ExactCharField(_("path"), max_length=500, unique=True)
    post = models.ForeignKey("blog.Post", models.CASCADE, null=True, blank=True, related_name="old_addresses")
    page = models.ForeignKey("blog.Page", models.CASCADE, null=True, blank=True, related_name="old_addresses")

    objects = OldAddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("old address")
        verbose_name_plural = _("old addresses")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(post__isnull=False) ^ models.Q(page__isnull=False), name="one_target"
            )
        ]

    def __str__(self) -> str:
        return self.path
