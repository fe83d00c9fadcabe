from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from frodo.async_model import AsyncModel


class User(AsyncModel, AbstractUser):
    """Whoever can sign in. The author is staff; a reader is not."""

    public = ("name", "url", "bio")
    details = ("is_staff",)
    brief = ("name", "url")

    display_name = models.CharField(_("name shown to readers"), max_length=100, blank=True)
    bio = models.TextField(_("about"), blank=True, help_text=_("A sentence or two, shown under posts."))
    website = models.URLField(_("website"), blank=True)
    seen_comment = models.BigIntegerField(default=0, editable=False)
    """The newest comment that this moderator has looked at."""

    class Meta(AbstractUser.Meta):
        abstract = False

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.display_name or self.get_full_name() or self.username

    @property
    def url(self) -> str:
        return self.website
