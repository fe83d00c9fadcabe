from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Optional, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from blog.events import SOURCE, record
from blog.media import uploads_of
from blog.posts.models.taxonomy import Tag, Topic
from blog.posts.models.translation import TranslatedContent
from blog.posts.querysets import LINK_COLUMNS, UNPUBLISHED, PostManager, PostQuerySet
from frodo.async_models import batched_property
from frodo.fields import Counter, ExactCharField, Tally, validate_moments
from frodo.site_settings import site
from frodo.site_urls import absolute_html, address_of

if TYPE_CHECKING:
    from blog.posts.models.live_entry import LiveEntry

N_RELATED = 4

UNKNOWN = datetime.min.replace(tzinfo=UTC)


class Post(TranslatedContent):
    class Kind(models.TextChoices):
        """All kinds can be commented on; lists, feeds and search of posts contain posts only."""

        POST = "post", _("post")
        ACTIVITY = "activity", _("activity")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PENDING = "pending", _("Pending review")
        SCHEDULED = "scheduled", _("Scheduled")
        PUBLISHED = "published", _("Published")

    class Live(models.TextChoices):
        """Whether entries are added while readers follow (LiveEntry)."""

        NEVER = "", _("Off")
        LIVE = "live", pgettext_lazy("post", "Live")
        ENDED = "ended", pgettext_lazy("live post", "Ended")

    class Visibility(models.TextChoices):
        """Who may read it once it is published (blog.posts.access). Only public posts are listed anywhere."""

        PUBLIC = "public", _("Public")
        UNLISTED = "unlisted", _("Unlisted")
        PASSWORD = "password", _("Protected by a password")
        PRIVATE = "private", _("Private")

    class Approval(models.TextChoices):
        """Which comments require approval."""

        ALWAYS = "always", _("All of them")
        FIRST = "first", _("First comment of each person")
        NEVER = "never", _("None of them")

    public: ClassVar[Iterable[str]] = (
        "id",
        "slug",
        "title",
        "summary",
        "language",
        "status",
        "visibility",
        "published_at",
        "updated_at",
        "url",
        "canonical_url",
        "seo_title",
        "seo_description",
        "cover_url",
        "minutes",
        "n_comments",
        "reactions",
        "comments_open",
        "takes_comments",
        "comments_close_at",
        "discussion_id",
        "pinned",
        "live",
        "author",
        "tags",
        "topic",
    )
    details: ClassVar[Iterable[str]] = (
        "html",
        "body",
        "toc",
        "plain",
        "intro",
        "description",
        "share_image_url",
        "cover_width",
        "cover_height",
        "cover_sources",
        "kind",
        "last_event",
        "views",
        "previous",
        "next",
        "series",
        "related",
        "live_entries",
        "translations",
        "meta_title",
        "meta_description",
    )
    completed = frozenset({"n_comments", "reactions", "last_event", "takes_comments", "comments_close_at"})
    brief: ClassVar[Iterable[str]] = ("id", "slug", "title", "url", "language", "published_at")

    url_name = "post"
    status_before: str | None = None
    visibility_before: str | None = None
    shown_since: datetime | None = None
    """`showing_since()` as it was when last loaded or saved."""

    live_before: str | None = None
    """`live` as it was when last loaded or saved; None if it was not loaded."""

    TRASHED = "trashed"
    """The kind of a post in the trash: in no list, feed, search or API. A kind, because the indexes begin with it."""

    kind = models.CharField(max_length=10, choices=Kind, default=Kind.POST, editable=False)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    visibility = models.CharField(
        _("visibility"),
        max_length=10,
        choices=Visibility,
        default=Visibility.PUBLIC,
        db_default=Visibility.PUBLIC,
        help_text=_(
            "Unlisted: whoever has the URL can read it. Protected: whoever has the URL and the password. "
            "Private: signed-in editors and its author. Only public posts are in lists, feeds and the search."
        ),
    )
    password = ExactCharField(
        _("password"),
        max_length=100,
        blank=True,
        default="",
        db_default="",
        help_text=_("The password that readers enter. You can always see it here."),
    )
    summary = models.TextField(
        _("summary"),
        blank=True,
        help_text=_("Shown in lists and to search engines. If empty, the beginning of the text is used."),
    )
    cover = models.ImageField(
        _("cover"), upload_to="covers/%Y/%m/", blank=True, width_field="cover_width", height_field="cover_height"
    )
    cover_width = models.PositiveIntegerField(null=True, editable=False)
    cover_height = models.PositiveIntegerField(null=True, editable=False)
    cover_link = models.URLField(
        _("external cover"),
        max_length=500,
        blank=True,
        help_text=_("An image on another host, used if no cover is uploaded."),
    )
    share_image = models.CharField(max_length=100, editable=False, default="")
    """Path in the media storage (blog.share_images)."""
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="posts", verbose_name=_("author"))
    tags = models.ManyToManyField(Tag, related_name="posts", blank=True, verbose_name=_("tags"))
    topic = models.ForeignKey(
        Topic, models.SET_NULL, related_name="posts", null=True, blank=True, verbose_name=_("topic")
    )
    topic_order = models.PositiveIntegerField(_("order in the topic"), default=0)
    published_at = models.DateTimeField(
        _("published"),
        null=True,
        blank=True,
        help_text=_("A time in the future schedules the post. If empty, it is published now."),
    )
    pinned = models.BooleanField(_("pinned"), default=False, help_text=_("Stays first on the front page."))
    comments_open = models.BooleanField(_("comments open"), default=True)
    approval = models.CharField(
        _("comments require approval"),
        max_length=10,
        choices=Approval,
        blank=True,
        help_text=_("If empty, the site's setting applies."),
    )
    live = models.CharField(
        _("live post"),
        max_length=5,
        choices=Live,
        blank=True,
        default=Live.NEVER,
        help_text=_("New entries appear on every open page at once. End it after the last entry."),
    )
    n_comments = Counter(_("comments"), default=0, editable=False)
    last_event = Counter(default=0, editable=False)
    """Number of the latest event (blog.events)."""
    reactions = Tally(default=dict, editable=False)
    n_views = Counter(_("views"), default=0, editable=False)
    """Page views by browsers."""

    objects = PostManager()
    threads = PostQuerySet.as_manager()
    """All kinds, for comments, reactions, events, notifications and moderation."""

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        ordering = ["-published_at", "-id"]
        indexes = [
            models.Index(fields=["status", "-published_at"]),
            # Each begins with what is filtered by and goes on in the order of a list, so that a list reads its own rows
            # and no others: they are long.
            models.Index(
                fields=["kind", "published_at", "id", "status", "slug", "updated_at", "visibility"], name="by_time"
            ),
            models.Index(fields=["kind", "pinned", "published_at", "id", "status", "visibility"], name="front_page"),
            models.Index(fields=["kind", "language", "published_at", "id", "status", "visibility"], name="by_language"),
            models.Index(fields=["kind", "updated_at", "id", "status", "visibility"], name="by_update"),
            models.Index(fields=["kind", "n_comments", "id", "status", "visibility"], name="by_comments"),
            models.Index(fields=["author", "kind", "published_at", "id", "status", "visibility"], name="by_author"),
            models.Index(
                fields=["topic", "kind", "topic_order", "published_at", "id", "status", "visibility"], name="by_topic"
            ),
            models.Index(fields=["visibility", "kind", "published_at"], name="by_visibility"),
        ]

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Self:
        post = super().from_db(*args, **kwargs)
        if {"status", "published_at"} <= post.__dict__.keys():
            post.settle_status()  # its time may have come since it was saved
            post.shown_since = post.showing_since()
        else:
            post.shown_since = UNKNOWN
        return post

    def remember(self) -> None:
        super().remember()
        self.live_before = self.__dict__.get("live")
        self.status_before, self.visibility_before = self.__dict__.get("status"), self.__dict__.get("visibility")

    def clean(self) -> None:
        super().clean()
        if self.visibility == self.Visibility.PASSWORD and not self.password:
            raise ValidationError({"password": _("Enter the password that readers will need.")})
        if self.status == self.Status.SCHEDULED and self.published_at is None:  # else it would be published at once
            raise ValidationError({"published_at": _("Enter the time of publication.")})
        validate_moments(self, "published_at")

    def save(self, **kwargs: Any) -> None:
        self.settle_status()
        has_changed = self.live_before not in (None, self.__dict__.get("live"))
        with transaction.atomic():
            super().save(**kwargs)
            if has_changed and self.is_visible:
                record(self, "live.changed", {"live": self.live})

    def settled_update(self, moment: datetime) -> datetime:
        """Never before publication; in the future only for scheduled posts."""
        moment = min(moment, timezone.now())
        return moment if self.status in UNPUBLISHED or self.published_at is None else max(moment, self.published_at)

    def showing_since(self) -> datetime | None:
        """When readers see it first; None for a draft."""
        return None if self.status in UNPUBLISHED else self.published_at

    def settle_status(self) -> None:
        """Make status and time consistent: future posts are scheduled, due ones published."""
        if self.status in UNPUBLISHED:
            return
        now = timezone.now()
        self.published_at = self.published_at or now
        self.status = self.Status.SCHEDULED if self.published_at > now else self.Status.PUBLISHED

    @property
    def is_visible(self) -> bool:
        """Whether it is published, for whoever may read it."""
        return self.status not in UNPUBLISHED and self.published_at is not None and self.published_at <= timezone.now()

    @property
    def is_listed(self) -> bool:
        """Whether it is published for everyone: what PostQuerySet.published() selects."""
        return self.is_visible and self.visibility == self.Visibility.PUBLIC

    @property
    def is_open(self) -> bool:
        """Whether everyone may read it who has its URL, once it is published."""
        return self.visibility in (self.Visibility.PUBLIC, self.Visibility.UNLISTED)

    @property
    def access_key(self) -> str:
        """Changes with the visibility and the password, and cannot be guessed."""
        key = f"{self.pk}:{self.visibility}:{self.password}"
        return salted_hmac("blog.posts.access", key, algorithm="sha256").hexdigest()

    @property
    def event_room(self) -> str:
        """Name of the room of its live events. A new password changes it, so that older sockets get no more events."""
        return SOURCE if self.visibility == self.Visibility.PUBLIC else f"{SOURCE}.{self.access_key[32:]}"

    @property
    def event_key(self) -> str:
        """Required for the events of an unlisted post, whose ID can be guessed; its page contains the key."""
        return self.access_key[:32] if self.visibility == self.Visibility.UNLISTED else ""

    @property
    def comments_close_at(self) -> datetime | None:
        """When comments close by age; None for never."""
        discussion = self.discussion
        if discussion is None or not site.COMMENT_CLOSE_DAYS or discussion.published_at is None:
            return None
        return discussion.published_at + timedelta(days=site.COMMENT_CLOSE_DAYS)

    @property
    def takes_comments(self) -> bool:
        """Whether comments are open and the post is not too old."""
        discussion, closing = self.discussion, self.comments_close_at
        return discussion is not None and discussion.comments_open and (closing is None or timezone.now() < closing)

    @property
    def views(self) -> int | None:
        """Views shown to readers, or None."""
        return self.n_views if site.SHOW_VIEWS else None

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

    @batched_property
    def cover_sources(posts: list["Post"]) -> dict[int, dict[str, str]]:
        """`srcset` of its variants by MIME type, preferred first. Only uploads have variants."""
        names = {post.pk: str(post.cover.name) for post in posts if post.cover}
        uploads = uploads_of(names.values())
        return {pk: uploads[name].srcset for pk, name in names.items() if name in uploads}

    @property
    def share_image_url(self) -> str:
        """The image for links on other sites, of a post without a cover."""
        return default_storage.url(self.share_image) if self.share_image and not self.cover_url else ""

    @property
    def intro(self) -> SafeString:
        """HTML shown in lists; empty if the summary is shown."""
        return mark_safe("" if self.summary else absolute_html(self.excerpt, self.url))  # noqa: S308

    @property
    def description(self) -> str:
        """One line of plain text for search engines and feeds."""
        return Truncator(" ".join((self.summary or self.lead).split())).chars(160, "…")  # Django's Chinese has "..."

    # Plain functions, so that a post's page asks for these in one hop, with the post's own tags.

    @batched_property
    def previous(posts: list["Post"]) -> dict[int, Optional["Post"]]:
        return {post.pk: Post.objects.published().before(post).first() for post in posts}

    @batched_property
    def next(posts: list["Post"]) -> dict[int, Optional["Post"]]:
        return {post.pk: Post.objects.published().after(post).first() for post in posts}

    @batched_property
    def series(posts: list["Post"]) -> dict[int, list["Post"]]:
        """Published posts of the same topic, in the topic's order."""
        by_topic = defaultdict(list)
        for post in Post.objects.published().in_topics({post.topic_id for post in posts}):
            by_topic[post.topic_id].append(post)
        return {post.pk: by_topic[post.topic_id] for post in posts if post.topic_id}

    @batched_property
    def translations(posts: list["Post"]) -> dict[int, list["Post"]]:
        """The same text in other languages, published."""
        originals = {post.pk: post.translation_of_id or post.pk for post in posts}
        keys = set(originals.values())
        rows = Post.threads.published().filter(Q(pk__in=keys) | Q(translation_of__in=keys))
        found = defaultdict(list)
        for other in rows.order_by("language").only("translation_of", *LINK_COLUMNS):
            found[other.translation_of_id or other.pk].append(other)
        return {pk: [other for other in found[original] if other.pk != pk] for pk, original in originals.items()}

    @batched_property
    def related(posts: list["Post"]) -> dict[int, list["Post"]]:
        """Published posts that share tags."""
        return {post.pk: Post.objects.published().related_to(post, N_RELATED) for post in posts}

    @batched_property
    def live_entries(posts: list["Post"]) -> dict[int, list["LiveEntry"]]:
        """Of a post that is or was live, the oldest first."""
        from blog.posts.models.live_entry import entries_of

        return entries_of(posts)
