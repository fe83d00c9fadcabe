from typing import TYPE_CHECKING, Any, Self
from urllib.parse import unquote

from django.db import IntegrityError, models, transaction
from django.urls import reverse

from blog.posts.slugs import free_slug, normal_decoded
from frodo.async_models import AsyncModel

TRIES = 20


class Slugged(AsyncModel):
    """Abstract: an object with a slug in its URL. Former URLs redirect.

    A subclass has `slug`, and names its URL pattern and the source of the slug.
    """

    url_name: str
    slug_source = "title"
    slug_before: str | None = None
    redirects: Any
    """The rows of Redirect that lead here."""

    if TYPE_CHECKING:

        @property
        def is_visible(self) -> bool: ...

        @property
        def url(self) -> str: ...

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Self:
        instance = super().from_db(*args, **kwargs)
        instance.remember()
        return instance

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        super().refresh_from_db(*args, **kwargs)
        self.remember()

    def remember(self) -> None:
        """Remember loaded values, to detect changes at the next save."""
        self.slug_before = self.__dict__.get("slug")

    def save(self, **kwargs: Any) -> None:
        with transaction.atomic(savepoint=False):
            if self.slug:
                super().save(**kwargs)
            else:
                self.save_with_free_slug(**kwargs)
            self.redirect_old_slug()
        self.remember()

    def save_with_free_slug(self, **kwargs: Any) -> None:
        """Save with the next free slug if another process takes it in between."""
        for n_left in reversed(range(TRIES)):
            self.slug = free_slug(type(self), getattr(self, self.slug_source))
            try:
                with transaction.atomic():
                    super().save(**kwargs)
            except IntegrityError:
                if not n_left or not self.is_slug_taken():
                    raise
            else:
                return

    def is_slug_taken(self) -> bool:
        rows: models.Manager[Any] = type(self)._base_manager
        return rows.filter(slug=self.slug).exists()

    def redirect_old_slug(self) -> None:
        if not self.slug_before or self.slug_before == self.slug:
            return
        self.redirects.filter(path=self.path_of(self.slug)).delete()  # it is named so again
        redirects, path = self.redirects.model.objects, self.path_of(self.slug_before)
        known = redirects.filter(path=path).first()
        if known and not self.is_visible and (known.url or known.entry.is_visible):
            return  # what readers never saw takes no URL from what they did
        targets = {"post": None, "page": None, "tag": None, "topic": None, "url": ""}
        redirects.update_or_create(path=path, defaults=targets | {self.redirects.field.name: self})

    def path_of(self, slug: str) -> str:
        return normal_decoded(unquote(reverse(self.url_name, args=[slug])))
