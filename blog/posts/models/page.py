from typing import Self, cast

from django.db import models
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from blog.posts.models.content import MarkdownContent
from frodo.site_urls import address_of


class PageQuerySet(models.QuerySet):
    def published(self) -> Self:
        return self.filter(is_published=True)

    def for_menu(self) -> Self:
        return self.published().filter(in_menu=True).only("title", "slug")


PageManagerBase = models.Manager.from_queryset(PageQuerySet)


class PageManager(PageManagerBase):
    """Pages that are not in the trash."""

    def get_queryset(self) -> PageQuerySet:
        return cast(PageQuerySet, super().get_queryset()).filter(trashed_at=None)


class Page(MarkdownContent):
    """A page such as About."""

    public = ("id", "slug", "title", "language", "updated_at", "url", "canonical_url", "seo_title", "seo_description")
    details = ("html", "body", "toc", "description", "meta_title", "meta_description")

    url_name = "page"

    is_published = models.BooleanField(pgettext_lazy("state", "published"), default=True)
    in_menu = models.BooleanField(_("in the menu"), default=True)
    menu_order = models.IntegerField(_("menu order"), default=0)

    published_before = False
    """`is_published` as it was when last loaded or saved."""

    objects = PageManager()
    with_trashed = PageQuerySet.as_manager()

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["menu_order", "title"]

    def remember(self) -> None:
        super().remember()
        self.published_before = self.__dict__.get("is_published", False)

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
        return Truncator(self.lead).chars(160, "…")
