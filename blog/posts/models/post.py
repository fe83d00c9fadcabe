from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Optional

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from blog.events.recording import record
from blog.posts.models.counter import Counter, Tally
from blog.posts.models.shelf import Tag, Topic
from blog.posts.models.written import Written
from blog.posts.querysets import PostManager, PostQuerySet
from frodo.async_model import async_property, batched_property
from frodo.routes import address_of

N_RELATED = 4

UNKNOWN = datetime.min.replace(tzinfo=UTC)


class Post(Written):
    class Kind(models.TextChoices):
        """All of them can be discussed; lists, feeds and searches of posts show posts only."""

        POST = "post", _("post")
        ACTIVITY = "activity", _("activity")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SCHEDULED = "scheduled", _("Scheduled")
        PUBLISHED = "published", _("Published")

    class Approval(models.TextChoices):
        """Which comments are shown only after the author has seen them."""

        ALWAYS = "always", _("All of them")
        FIRST = "first", _("A person's first one")
        NEVER = "never", _("None of them")

    public = (
        "id",
        "slug",
        "title",
        "summary",
        "language",
        "status",
        "published_at",
        "updated_at",
        "url",
        "cover_url",
        "minutes",
        "n_comments",
        "reactions",
        "comments_open",
        "takes_comments",
        "comments_close_at",
        "pinned",
        "author",
        "tags",
        "topic",
    )
    details = (
        "html",
        "body",
        "toc",
        "plain",
        "intro",
        "description",
        "cover_width",
        "cover_height",
        "last_event",
        "views",
        "earlier",
        "later",
        "series",
        "related",
    )
    cache_alias = "models"
    brief = ("id", "slug", "title", "url", "language", "published_at")

    url_name = "post"
    shown_since: datetime | None = None
    """`showing_since()` as it was when last loaded or saved."""

    kind = models.CharField(max_length=10, choices=Kind, default=Kind.POST, editable=False)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    summary = models.TextField(
        _("summary"),
        blank=True,
        help_text=_("Shown in lists and to search engines. Left empty, the text's beginning is shown."),
    )
    cover = models.ImageField(
        _("cover"), upload_to="covers/%Y/%m/", blank=True, width_field="cover_width", height_field="cover_height"
    )
    cover_width = models.PositiveIntegerField(null=True, editable=False)
    cover_height = models.PositiveIntegerField(null=True, editable=False)
    cover_link = models.URLField(
        _("cover elsewhere"),
        max_length=500,
        blank=True,
        help_text=_("A picture on another host, used where no cover is uploaded."),
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="posts", verbose_name=_("author"))
    tags = models.ManyToManyField(Tag, related_name="posts", blank=True, verbose_name=_("tags"))
    topic = models.ForeignKey(
        Topic, models.SET_NULL, related_name="posts", null=True, blank=True, verbose_name=_("topic")
    )
    topic_order = models.PositiveIntegerField(_("place in the topic"), default=0)
    published_at = models.DateTimeField(
        _("published"),
        null=True,
        blank=True,
        help_text=_("A time to come schedules the post. Left empty, it is now."),
    )
    pinned = models.BooleanField(_("pinned"), default=False, help_text=_("Stays first on the front page."))
    comments_open = models.BooleanField(_("comments open"), default=True)
    approval = models.CharField(
        _("comments wait for approval"),
        max_length=10,
        choices=Approval,
        blank=True,
        help_text=_("Left empty, it is as the site's setting says."),
    )
    n_comments = Counter(_("comments"), default=0, editable=False)
    last_event = Counter(default=0, editable=False)
    """The number of this post's newest event (blog.events)."""
    reactions = Tally(default=dict, editable=False)
    n_views = Counter(_("views"), default=0, editable=False)
    """How often its page was opened, in a browser and not by a robot."""

    objects = PostManager()
    threads = PostQuerySet.as_manager()
    """Whatever can be discussed, of every kind: for comments, reactions, events, letters and moderation."""

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        ordering = ["-published_at", "-id"]
        indexes = [
            models.Index(fields=["status", "-published_at"]),
            # Who is shown, in the very order of the lists, without a look at the rows: those are long.
            models.Index(fields=["kind", "published_at", "id", "status"], name="by_time"),
            models.Index(fields=["kind", "pinned", "published_at", "id", "status"], name="front_page"),
        ]

    @classmethod
    def from_db(cls, db, field_names, values):
        post = super().from_db(db, field_names, values)
        if {"status", "published_at"} <= post.__dict__.keys():
            post.settle_status()  # its time may have come since it was saved
            post.shown_since = post.showing_since()
        else:
            post.shown_since = UNKNOWN
        return post

    def save(self, **kwargs) -> None:
        self.settle_status()
        super().save(**kwargs)

    def showing_since(self) -> datetime | None:
        """From when on readers see it; None for a draft."""
        return None if self.status == self.Status.DRAFT else self.published_at

    def tell_readers(self) -> None:
        """Open pages of a post are told when it is not any more what they show."""
        if self.is_visible:
            updated_at = self.updated_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            record(self, "post.updated", {"title": self.title, "updated_at": updated_at})

    def settle_status(self) -> None:
        """Let status and time agree: a post to come is scheduled, one whose time has come is published."""
        if self.status == self.Status.DRAFT:
            return
        now = timezone.now()
        self.published_at = self.published_at or now
        self.status = self.Status.SCHEDULED if self.published_at > now else self.Status.PUBLISHED

    @property
    def is_visible(self) -> bool:
        return (
            self.status != self.Status.DRAFT and self.published_at is not None and self.published_at <= timezone.now()
        )

    @property
    def comments_close_at(self) -> datetime | None:
        """When the post gets too old for comments; None where it never does."""
        if not settings.COMMENT_CLOSE_DAYS or self.published_at is None:
            return None
        return self.published_at + timedelta(days=settings.COMMENT_CLOSE_DAYS)

    @property
    def takes_comments(self) -> bool:
        """The author's switch is on, and the post is young enough."""
        closing = self.comments_close_at
        return self.comments_open and (closing is None or timezone.now() < closing)

    @property
    def views(self) -> int | None:
        """What readers are told of `n_views`."""
        return self.n_views if settings.SHOW_VIEWS else None

    def get_absolute_url(self) -> str:
        return self.url

    @property
    def url(self) -> str:
        if self.kind == self.Kind.ACTIVITY:
            return address_of("activity", self.pk)
        return address_of("post", self.slug)

    @property
    def cover_url(self) -> str:
        return self.cover.url if self.cover else self.cover_link

    @property
    def intro(self) -> SafeString:
        """What a list shows under the title, as HTML; empty where the summary says it already."""
        return mark_safe("" if self.summary else self.excerpt)  # noqa: S308

    @property
    def description(self) -> str:
        """One line of plain text for search engines, feeds and cards."""
        return Truncator(" ".join((self.summary or self.lead).split())).chars(160)

    # Plain functions, so that a post's page asks for these three in one hop, with the post's own tags.

    @batched_property
    def earlier(posts: list["Post"]) -> dict[int, Optional["Post"]]:
        return {post.pk: Post.objects.published().before(post).first() for post in posts}

    @batched_property
    def later(posts: list["Post"]) -> dict[int, Optional["Post"]]:
        return {post.pk: Post.objects.published().after(post).first() for post in posts}

    @batched_property
    def series(posts: list["Post"]) -> dict[int, list["Post"]]:
        """The published posts of the same topic, in the topic's order."""
        by_topic = defaultdict(list)
        for post in Post.objects.published().in_topics({post.topic_id for post in posts}):
            by_topic[post.topic_id].append(post)
        return {post.pk: by_topic[post.topic_id] for post in posts if post.topic_id}

    @async_property(cached=300, depends=("tags__posts",))
    async def related(self) -> list["Post"]:
        """A few that share tags. Five minutes, because a scheduled one comes without being saved."""
        return [post async for post in Post.objects.published().related_to(self)[:N_RELATED]]
