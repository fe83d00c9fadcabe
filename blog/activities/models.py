import re
import secrets
from collections import defaultdict
from datetime import UTC, datetime
from html import unescape
from typing import Any, Optional, TypedDict
from urllib.parse import urlsplit

from django.db import models
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from blog.activities.querysets import ActivityManager, LinkQuerySet
from blog.media.models import Upload
from blog.posts.models import Post
from frodo.async_models import AsyncModel, batched_property

TITLE_LENGTH = 60
ALT = re.compile(r'<img\b[^>]*? alt="([^"]+)"')
SLUG_SIGN = "~"
"""A character that no post's slug contains."""


class Activity(Post):
    """A short post: text, links, photos. A row of the Post table, so comments and reactions work as for posts."""

    public = (
        *("id", "url", "text", "html", "language", "status", "published_at", "updated_at", "author"),
        *("links", "photos", "n_comments", "reactions", "comments_open", "takes_comments", "comments_close_at"),
        *("comments_url", "reactions_url", "events_url"),
    )
    details = ("slug", "title", "body", "plain", "description", "last_event", "views")
    brief = ("id", "url", "title", "language", "published_at")

    words = ("text",)
    rendered_fields = (*Post.rendered_fields, "title")
    previous = next = series = related = None  # type: ignore[assignment]  # an activity has no neighbours

    objects = ActivityManager()  # type: ignore[misc, assignment]  # of a proxy model

    class Meta:
        proxy = True
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ["-published_at", "-id"]

    def save(self, **kwargs: Any) -> None:
        self.kind = Post.Kind.ACTIVITY
        self.slug = self.slug or SLUG_SIGN + secrets.token_hex(8)
        super().save(**kwargs)

    def render(self) -> None:
        """Set the title to the first words, or an image's description, for feeds, e-mails and the admin."""
        super().render()
        if words := self.plain.split("\n", 1)[0].strip():
            self.title = Truncator(" ".join(words.split())).chars(TITLE_LENGTH)
        elif not self.title:
            alt = ALT.search(self.html)
            self.title = Truncator(unescape(alt[1]) if alt else str(_("Photo"))).chars(TITLE_LENGTH)

    @batched_property
    def links(activities: list["Activity"]) -> dict[int, list["ActivityLink"]]:
        found = defaultdict(list)
        for link in ActivityLink.objects.filter(activity__in=activities).select_related("image"):
            found[link.activity_id].append(link)
        return {activity.pk: found[activity.pk] for activity in activities}

    @batched_property
    def photos(activities: list["Activity"]) -> dict[int, list[Upload]]:
        found = defaultdict(list)
        for photo in ActivityPhoto.objects.filter(activity__in=activities).select_related("upload"):
            found[photo.activity_id].append(photo.upload)
        return {activity.pk: found[activity.pk] for activity in activities}

    @property
    def description(self) -> str:
        return super().description or self.title

    @property
    def comments_url(self) -> str:
        return reverse("api-comments", args=[self.slug])

    @property
    def reactions_url(self) -> str:
        return reverse("api-post-reactions", args=[self.slug])

    @property
    def events_url(self) -> str:
        return reverse("api-events", args=[self.slug])


class ActivityLink(AsyncModel):
    """A link with its preview."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Could not be fetched")
        REMOVED = "removed", _("Shown without preview")

    public = ("url", "host", "state", "title", "description", "site", "picture")

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="link_rows")
    url = models.URLField(max_length=2000)
    order = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    title = models.CharField(max_length=300, blank=True)
    description = models.CharField(max_length=500, blank=True)
    site = models.CharField(max_length=100, blank=True)
    image = models.ForeignKey(Upload, models.SET_NULL, null=True, related_name="+")

    objects = LinkQuerySet.as_manager()

    class Meta:
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.url

    @property
    def host(self) -> str:
        return (urlsplit(self.url).hostname or "").removeprefix("www.")

    @property
    def picture(self) -> Optional["Picture"]:
        image = self.image
        return (
            None
            if image is None
            else {"url": image.url, "width": image.width, "height": image.height, "srcset": image.srcset}
        )


class Picture(TypedDict):
    url: str
    width: int
    height: int
    srcset: dict[str, str]


class ActivityPhoto(models.Model):
    activity = models.ForeignKey(Activity, models.CASCADE, related_name="photo_rows")
    upload = models.ForeignKey(Upload, models.CASCADE, related_name="+")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["activity", "upload"], name="a_photo_once")]

    def __str__(self) -> str:
        return f"{self.activity_id}: {self.upload_id}"


def long_ago() -> datetime:
    return datetime(2000, 1, 1, tzinfo=UTC)


class ActivityStream(models.Model):
    """One row: the number of the last event, and until when due activities were announced."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    n = models.PositiveBigIntegerField(default=0)
    announced_until = models.DateTimeField(default=long_ago)

    def __str__(self) -> str:
        return str(self.n)


class ActivityEvent(AsyncModel):
    """An event of the list of activities; `n` rises by one without gaps."""

    public = ("n", "type", "data")

    n = models.PositiveBigIntegerField(unique=True)
    type = models.CharField(max_length=40)
    activity = models.PositiveBigIntegerField(db_index=True)
    """Primary key of the activity, which the event outlives."""
    data = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        ordering = ["n"]

    def __str__(self) -> str:
        return f"{self.n} {self.type}"
