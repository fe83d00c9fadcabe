from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from frodo.fields import validate_visible
from frodo.snapshots import increment

WEB = URLValidator(schemes=["https", "http"])


class SiteVersionManager(models.Manager):
    def content(self) -> int:
        """Version of the content: changes of posts, tags and topics, without comments and reactions."""
        return self.filter(pk=SiteVersion.ONLY).values_list("content", flat=True).first() or 0

    def increment(self, *, content: bool = True) -> int:
        """Raise the version and return it. `content`: posts, tags or topics changed, not only comments.

        After the commit of the change, in a transaction of its own: within the change's, this row would make writers of
        different posts wait for each other, or deadlock.
        """
        return increment(self.model, SiteVersion.ONLY, "n", *(["content"] if content else []))


class SiteVersion(models.Model):
    """One row: the version of what readers see (frodo.page_cache.versions)."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    n = models.PositiveBigIntegerField(default=0)
    content = models.PositiveBigIntegerField(default=0)
    """Version of posts, tags and topics only (blog.posts.counts)."""

    objects = SiteVersionManager()

    def __str__(self) -> str:
        return str(self.n)


class BlogrollLink(models.Model):
    """A blog that the author recommends: on `/blogroll/`, in its OPML, and in blocks of other pages."""

    name = models.CharField(_("name"), max_length=100)
    url = models.CharField(_("URL"), max_length=500, validators=[WEB])
    feed_url = models.CharField(
        _("feed"), max_length=500, blank=True, validators=[WEB], help_text=_("The URL of its RSS or Atom feed.")
    )
    description = models.CharField(_("description"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0, help_text=_("Lower numbers come first."))

    class Meta:
        verbose_name = _("blogroll link")
        verbose_name_plural = _("blogroll")
        ordering = ["position", "name", "id"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        validate_visible(self, "name")
