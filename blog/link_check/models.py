from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from blog.posts.models import Page, Post

FIRST_CHECK = timedelta(minutes=10)
"""Delay of the first check: the author may still be editing the text."""


def first_check() -> datetime:
    return timezone.now() + FIRST_CHECK


class CheckedLinkQuerySet(models.QuerySet):
    def of_published_texts(self) -> Self:
        """Rows of a text that was unpublished stay, with what was ignored, until it is published again."""
        posts = Post.threads.published().order_by().filter(pk=OuterRef("post"))
        pages = Page.objects.published().order_by().filter(pk=OuterRef("page"))
        return self.filter(Q(Exists(posts)) | Q(Exists(pages)))


class CheckedLink(models.Model):
    """A link or an image in a published text, and the result of its last check. Deleted with it."""

    class State(models.TextChoices):
        NEW = "new", pgettext_lazy("link", "Not checked yet")
        WORKS = "works", pgettext_lazy("link", "Works")
        FAILED = "failed", _("Failed once; will be checked again")
        BROKEN = "broken", pgettext_lazy("link", "Broken")
        UNKNOWN = "unknown", _("Cannot be checked")

    MAX_URL = 2000

    post = models.ForeignKey(Post, models.CASCADE, null=True, related_name="checked_links", verbose_name=_("post"))
    """A post or an activity."""
    page = models.ForeignKey(Page, models.CASCADE, null=True, related_name="checked_links", verbose_name=_("page"))
    url = models.TextField(_("URL"))
    is_image = models.BooleanField(_("image"), default=False)
    state = models.CharField(_("status"), max_length=10, choices=State, default=State.NEW)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    """A code of frodo.http_client, with the status of the response, such as `bad_status 404`."""
    n_failures = models.PositiveSmallIntegerField(default=0)
    checked_at = models.DateTimeField(_("last checked"), null=True)
    check_at = models.DateTimeField(default=first_check, db_index=True)
    is_ignored = models.BooleanField(_("ignored"), default=False)

    objects = CheckedLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link in a text")
        verbose_name_plural = _("broken links")
        ordering = ["-checked_at", "id"]
        indexes = [models.Index(fields=["state", "is_ignored", "checked_at"], name="links_by_state")]

    def __str__(self) -> str:
        return self.url[:100]

    @property
    def entry(self) -> Post | Page | None:
        return self.post or self.page

    @property
    def why(self) -> str:
        """The reason in words."""
        code, _space, status = self.reason.partition(" ")
        if code == "bad_status":
            return str(_("Responded with status %(status)s.") % {"status": status})
        return str(REASONS.get(code, code))


REASONS = {
    "bad_url": _("Not the URL of a web page."),
    "not_public": _("The URL is not public."),
    "too_many_redirects": _("Redirects too many times."),
    "wrong_type": _("Not an image."),
    "timed_out": _("Took too long to respond."),
    "unreachable": _("Cannot be reached."),
    "bad_answer": _("Sent an invalid response."),
    "not_found": _("This site has nothing at this path."),
    "no_file": _("This file does not exist."),
}
