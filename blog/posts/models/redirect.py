from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.db.models.deletion import Collector
from django.urls import resolve
from django.utils.translation import gettext_lazy as _

from blog.posts.models.page import Page
from blog.posts.models.post import Post
from blog.posts.models.taxonomy import Tag, Topic
from blog.posts.redirects import RedirectQuerySet
from blog.posts.slugs import MAX_PATH, normal_decoded, normal_path
from frodo.async_models import AsyncModel
from frodo.fields import Counter, ExactCharField

ENTRIES = {"post": Post, "page": Page, "tag": Tag, "topic": Topic}
"""Objects that a redirect can follow through changes of their slugs: column and URL pattern."""
LONGEST_TYPED = 9 * MAX_PATH
"""Percent-encoded, each Chinese character takes nine characters."""


def one_target() -> models.Q:
    """A constraint: exactly one of the columns is set."""
    is_empty = {name: models.Q(**{f"{name}__isnull": True}) for name in ENTRIES} | {"url": models.Q(url="")}
    condition = models.Q()
    for filled in is_empty:
        alone = models.Q()
        for name, empty in is_empty.items():
            alone &= ~empty if name == filled else empty
        condition |= alone
    return condition


def delete_too(collector: Collector, field: models.Field, redirects: models.QuerySet, using: str) -> None:
    """As `models.CASCADE`, which on MariaDB would first set the column to NULL and leave no target."""
    assert field.remote_field is not None  # a foreign key
    collector.collect(
        redirects, source=field.remote_field.model, source_attr=field.name, nullable=False, fail_on_restricted=False
    )


class PathField(ExactCharField):
    """Accepts a path or URL as copied from a browser, and normalises it."""

    def clean(self, value: str, model_instance: models.Model | None) -> str:
        return super().clean(normal_path(value), model_instance)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"max_length": LONGEST_TYPED, **kwargs})

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "frodo.fields.ExactCharField", args, kwargs  # the column is the same


class Redirect(AsyncModel):
    """A redirect from an old path, looked up only if no view answers."""

    public = ("path",)

    path = PathField(
        _("old path"),
        max_length=MAX_PATH,
        unique=True,
        help_text=_("As copied from a browser, for example /2020/01/hello/. With /* at the end, all paths below it."),
        error_messages={"blank": _("Enter the path of a page that is gone, for example /2020/01/hello/.")},
    )
    post = models.ForeignKey(Post, delete_too, "redirects", null=True, blank=True, verbose_name=_("post"))
    page = models.ForeignKey(Page, delete_too, "redirects", null=True, blank=True, verbose_name=_("page"))
    tag = models.ForeignKey(Tag, delete_too, "redirects", null=True, blank=True, verbose_name=_("tag"))
    topic = models.ForeignKey(Topic, delete_too, "redirects", null=True, blank=True, verbose_name=_("topic"))
    url = models.CharField(
        _("other URL"),
        max_length=MAX_PATH,
        blank=True,
        help_text=_(
            "Another path of this site, such as /atom.xml or /archives/2020/, or a URL with https://. "
            "A * at its end is replaced by what the * of the old path matched."
        ),
    )
    n_uses = Counter(_("uses"), default=0, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)

    objects = RedirectQuerySet.as_manager()

    class Meta:
        verbose_name = _("redirect")
        verbose_name_plural = _("redirects")
        constraints = [
            models.CheckConstraint(
                condition=one_target(),
                name="one_target",
                violation_error_message=_("Choose one target: a post, a page, a tag, a topic or another URL."),
            )
        ]

    def __str__(self) -> str:
        return self.path

    def clean(self) -> None:
        if not self.path or self.path != normal_decoded(self.path):
            return  # it is refused already
        if self._state.adding and is_answered(self.path):
            raise ValidationError(
                {"path": _("This site has a page at this path, so the redirect would never be used.")}
            )
        if not self.url:
            return
        self.url = local_url(self.url)
        if not self.url.startswith("/"):
            try:
                URLValidator(schemes=["http", "https"])(self.url)
            except ValidationError as error:
                message = _("Enter a path that begins with /, or a URL that begins with https://.")
                raise ValidationError({"url": message}) from error
        elif self.leads_back() or self.leads_into_itself():
            raise ValidationError({"url": _("This would redirect in a circle. Choose another target.")})
        self.collapse()

    def leads_back(self) -> bool:
        """Whether following redirects from here leads back to its own path."""
        seen, url = {self.path}, self.url
        while url.startswith("/"):
            path = normal_path(url)
            if path in seen:
                return True
            seen.add(path)
            following = Redirect.objects.filter(path=path).exclude(pk=self.pk).first()
            url = following.url if following else ""
        return False

    def leads_into_itself(self) -> bool:
        """Whether a target below the prefix of a wildcard would be redirected again and again."""
        prefix = self.path.removesuffix("*")
        return prefix != self.path and f"{normal_path(self.url.removesuffix('*'))}/".startswith(prefix)

    def collapse(self) -> None:
        """Point to the object that the URL shows, since its slug may change, or to the end of a chain."""
        if not self.url.startswith("/") or {"?", "#", "*"} & set(self.url):
            return
        path = normal_path(self.url)
        if entry := entry_at(path):
            self.url = ""
            setattr(self, type(entry).__name__.lower(), entry)
        elif not is_answered(path) and (following := Redirect.objects.filter(path=path).first()):
            for name, value in following.target.items():
                setattr(self, name, value)

    def save(self, **kwargs: Any) -> None:
        self.path = normal_decoded(self.path)
        super().save(**kwargs)
        Redirect.objects.filter(url__in=[self.path, f"{self.path}/"]).exclude(pk=self.pk).update(**self.target)
        NotFoundPath.objects.filter(path=self.path).delete()

    @property
    def entry(self) -> Post | Page | Tag | Topic | None:
        return self.post or self.page or self.tag or self.topic

    @property
    def target(self) -> dict:
        return {name: getattr(self, name) for name in (*ENTRIES, "url")}


def local_url(url: str) -> str:
    """The path of a URL of this site; other URLs unchanged."""
    url = url.strip()
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    own = {urlsplit(settings.SITE_URL).netloc, *settings.ALLOWED_HOSTS} - {"", "*"}
    if parts.scheme and parts.netloc and {parts.netloc, parts.hostname} & own:
        return parts._replace(scheme="", netloc="", path=parts.path or "/").geturl()
    return url if parts.scheme else "/" + url.lstrip("/")


def entry_at(path: str) -> Post | Page | Tag | Topic | None:
    """The post, page, tag or topic whose URL has this path."""
    match = resolve(f"{path}/")
    model: Any = ENTRIES.get(match.url_name or "")
    return model and model.objects.filter(slug=match.kwargs["slug"]).first()


def is_answered(path: str) -> bool:
    """Whether the site itself answers at this path."""
    if entry := entry_at(path):
        return entry.is_visible
    matches: list[Any] = [resolve(path or "/"), resolve(f"{path}/")]
    return any(match.url_name and not match.captured_kwargs for match in matches)


class NotFoundPath(models.Model):
    """A path that was asked for and not found. Nothing is kept of who asked."""

    path = ExactCharField(_("path"), max_length=MAX_PATH, unique=True)
    n_requests = Counter(_("requests"), default=0)
    last_requested_at = models.DateTimeField(_("last requested"), db_index=True)
    referrer = models.CharField(_("linked from"), max_length=MAX_PATH, blank=True)
    """The page that had the link last, without its query, if the browser sent it."""

    class Meta:
        verbose_name = _("path not found")
        verbose_name_plural = _("paths not found")
        ordering = ["-n_requests", "path"]

    def __str__(self) -> str:
        return self.path
