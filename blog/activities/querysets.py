"""Activities, `Activity.objects.published().for_list()`, and the fields that each page contains."""

from typing import Self, cast

from django.db import models
from django.db.models import Q

from blog.media.models import Upload
from blog.posts.querysets import PostQuerySet

LIST = (
    *("id", "url", "title", "language", "body", "description", "published_at", "updated_at"),
    *("author", "links", "photos", "n_comments", "reactions"),
)
DETAIL = (*LIST, "slug", "last_event", "takes_comments", "comments_close_at")
FEED = (*LIST, "html")


class ActivityQuerySet(PostQuerySet):
    def of_any_kind(self) -> Self:
        return self

    def with_image(self, upload: Upload) -> Self:
        """Those that show an image in the text, as a photo or in a link preview."""
        shows = Q(text__contains=upload.key) | Q(photo_rows__upload=upload) | Q(link_rows__image=upload)
        return self.filter(pk__in=self.filter(shows).values("pk"))

    def for_list(self) -> Self:
        """What lists and the activity's page show."""
        return self.defer("toc", "plain", "front_matter", "imported")


ActivityManagerBase = models.Manager.from_queryset(ActivityQuerySet)


class ActivityManager(ActivityManagerBase):
    def get_queryset(self) -> ActivityQuerySet:
        return cast(ActivityQuerySet, super().get_queryset()).filter(kind="activity")


class LinkQuerySet(models.QuerySet):
    def waiting(self) -> Self:
        """Links that wait for a preview."""
        return self.filter(state="waiting")
