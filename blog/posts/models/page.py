from django.db import models
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from blog.posts.models.written import Written
from blog.posts.querysets import PageQuerySet
from frodo.routes import address_of


class Page(Written):
    """A standing page such as About."""

    public = ("id", "slug", "title", "language", "updated_at", "url")
    details = ("html", "body", "toc", "description")

    url_name = "page"

    is_published = models.BooleanField(_("published"), default=True)
    in_menu = models.BooleanField(_("in the menu"), default=True)
    menu_order = models.IntegerField(_("place in the menu"), default=0)

    objects = PageQuerySet.as_manager()

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["menu_order", "title"]

    @property
    def is_visible(self) -> bool:
        return self.is_published

    def get_absolute_url(self) -> str:
        return self.url

    @property
    def url(self) -> str:
        return address_of("page", self.slug)

    @property
    def description(self) -> str:
        return Truncator(self.lead).chars(160)
