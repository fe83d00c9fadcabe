"""Posts, pages, tags and topics as JSON: read by everybody, written by those who write the blog."""

from collections.abc import Callable, Collection, Iterable
from typing import Any, TypedDict, cast

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import aget_object_or_404, get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from accounts.authentication import signed_in_user
from blog.posts import access, live_posts, permissions, services
from blog.posts.counts import with_posts
from blog.posts.models import LiveEntry, Page, Post, Tag, Topic
from blog.posts.models.taxonomy import Taxonomy
from blog.posts.querysets import UNPUBLISHED, PostQuerySet
from blog.posts.serializers import LiveEntryIn, PageIn, PostIn, TaxonomyIn
from frodo.api import (
    Answer,
    Endpoint,
    JSONParser,
    PublishersWrite,
    Versioned,
    WritersWrite,
    one_of,
    shape,
    take_rows,
    year,
)
from frodo.api.schema import ListOf, PageOf, Partial, error

ORDERS = {"newest": "-published_at", "oldest": "published_at", "updated": "-updated_at", "popular": "-n_comments"}
ALL = "all"
LOOKUPS = {"tag": "tags__slug", "topic": "topic__slug", "author": "author__username", "language": "language"}
SOURCE = ("text", "topic_order", "approval", "cover_link", "password", "translation_of", "shares_comments")
"""What besides is shown to those who write."""

POSTS = Partial(Post, ("author", "tags", "topic", "previous", "next", "series", "related", "translations"))
AUTHOR = OpenApiParameter("author", description=_("By this user, by username."))
YEAR = OpenApiParameter(
    "year", {"type": "integer", "minimum": 2, "maximum": 9998}, description=_("Published in this year.")
)
LANGUAGE = OpenApiParameter(
    "language", enum=[code for code, _name in settings.LANGUAGES], description=_("In this language.")
)


class MarkdownContent(Versioned, Endpoint):
    """What the rooms' four kinds of entries have in common: make one, change it, take it away."""

    model: type[services.Entry]
    serializer_class: type
    address: str
    source: tuple[str, ...] = ()
    scope = "posts"
    parser_classes = [JSONParser]
    permission_classes = [PublishersWrite]
    accepts_idempotency_key = True

    def validated_data(self, request: Request, *, partial: bool = False) -> dict:
        found = self.serializer_class(data=request.data, partial=partial)
        found.is_valid(raise_exception=True)
        return found.validated_data

    def find(self, request: Request, slug: str) -> services.Entry:
        return cast(services.Entry, get_object_or_404(self.model, slug=slug))

    def make(self, request: Request) -> HttpResponse:
        entry = services.create(self.model, self.validated_data(request), user=request.user)
        return self.show(entry, 201, {"Location": reverse(self.address, args=[entry.slug])})

    def change(self, request: Request, slug: str, *, partial: bool) -> HttpResponse:
        entry, data = self.find(request, slug), self.validated_data(request, partial=partial)
        return self.show(services.change(entry, data, user=request.user, is_expected=self.is_expected))

    def delete_target(self, request: Request, slug: str) -> None:
        services.delete(self.find(request, slug), user=request.user, is_expected=self.is_expected)

    def edited(self, entry: Any) -> list:
        return services.edited(entry)

    def shown(self, entry: Any) -> dict:
        return self.whole(entry)

    def whole(self, entry: services.Entry, fields: str | None = None, expand: str | None = None) -> dict:
        """As those see it who may change it; `fields` may name the source, too."""
        wanted = None if fields is None else [name.strip() for name in fields.split(",") if name.strip()]
        source = self.source if wanted is None else [name for name in wanted if name in self.source]
        shown = wanted and [name for name in wanted if name not in self.source]
        found = {} if wanted is not None and not shown else entry.to_dict_sync(shown, expand)
        return found | {name: services.current(entry, name) for name in source}

    async def one(self, request: Request, entry: services.Entry, *, whole: bool) -> HttpResponse:
        show = sync_to_async(self.whole) if whole else type(entry).to_dict
        data = await show(entry, **shape(request))
        return self.tagged(Answer(data), entry)


class Changes(MarkdownContent):
    """What is done to one of them, at its own address."""

    @extend_schema(summary=_("Replace"))
    def put(self, request: Request, slug: str) -> HttpResponse:
        """Put another version in its place; what is left out is as in a new one."""
        return self.change(request, slug, partial=False)

    @extend_schema(summary=_("Change the given fields"))
    def patch(self, request: Request, slug: str) -> HttpResponse:
        """Change what is named, and nothing else."""
        return self.change(request, slug, partial=True)

    @extend_schema(summary=_("Delete"))
    def delete(self, request: Request, slug: str) -> None:
        """Take it away: a post with its discussion, a tag or a topic from its posts, which stay."""
        self.delete_target(request, slug)


class PostEndpoint(MarkdownContent):
    model, serializer_class, address, source = Post, PostIn, "api-post", SOURCE
    permission_classes = [WritersWrite]

    def find(self, request: Request, slug: str) -> Post:
        """What everybody sees is no secret: that one may not change it is said by the verb."""
        post = get_object_or_404(Post, slug=slug)
        if not permissions.seen_by(signed_in_user(request), Post.objects.filter(pk=post.pk)).exists():
            access.get_readable(request, Post.objects.only("pk"), pk=post.pk)
        return post


class Posts(PostEndpoint):
    @extend_schema(
        summary=_("List posts"),
        parameters=[
            OpenApiParameter("tag", description=_("With this tag, by slug.")),
            OpenApiParameter("topic", description=_("In this topic, by slug.")),
            AUTHOR,
            YEAR,
            LANGUAGE,
            OpenApiParameter(
                "status",
                enum=[*Post.Status.values, ALL],
                default="published",
                description=_("Others than published are for those who write."),
            ),
        ],
        responses=PageOf(POSTS, tuple(ORDERS)),
    )
    async def get(self, request: Request) -> Answer:
        """Published posts, the newest first; those who write may ask for drafts and scheduled ones."""
        found = filtered(request, wanted(request).for_list())
        is_dated = request.query_params.get("status") not in {*UNPUBLISHED, ALL}
        orders = ORDERS if is_dated else {name: column for name, column in ORDERS.items() if "published" not in column}
        page = await take_rows(found, request, orders, "newest" if is_dated else "updated")
        return Answer(page.answer(await Post.to_dicts(page.rows, **shape(request))), headers=page.headers)

    @extend_schema(
        summary=_("Create a post"),
        description=_("A draft by default. Contributors may create drafts only (`cannot_publish`)."),
    )
    def post(self, request: Request) -> HttpResponse:
        """Write a post: a draft, unless it says otherwise."""
        return self.make(request)


class PostDetail(PostEndpoint, Changes):
    @extend_schema(summary=_("Get a post"), description=_("With its text, for those who may edit it."), responses=POSTS)
    async def get(self, request: Request, slug: str) -> HttpResponse:
        """One post; to those who may change it with its text, published or not."""
        user = signed_in_user(request)
        if not may_write(request):
            posts = Post.objects.prefetch_related("tags")
            post = await sync_to_async(access.get_readable)(request, posts, slug=slug)
            return await self.one(request, post, whole=False)
        post = await aget_object_or_404(Post.objects.prefetch_related("tags"), slug=slug)
        is_own = not permissions.only_drafts(user) or post.author_id == user.pk
        if not is_own:
            await sync_to_async(access.get_readable)(request, Post.objects.only("pk"), pk=post.pk)
        return await self.one(request, post, whole=is_own)


class EntryList(TypedDict):
    n: int
    live: str
    entries: list[LiveEntry]


class LiveEntryEndpoint(Endpoint):
    model, scope = LiveEntry, "posts"
    permission_classes = [WritersWrite]
    accepts_idempotency_key = True

    def post_of(self, request: Request, slug: str) -> Post:
        """Readers find the entries of published posts; who writes, those of the posts that they may change."""
        post = get_object_or_404(Post, slug=slug)
        is_own = may_write(request) and permissions.may_change(signed_in_user(request), post)
        if not is_own:
            access.get_readable(request, Post.objects.only("pk"), pk=post.pk)
            if request.method not in SAFE_METHODS:
                raise services.NotYours
        return post

    def text_of(self, request: Request) -> str:
        found = LiveEntryIn(data=request.data)
        found.is_valid(raise_exception=True)
        return found.validated_data["text"]


class LiveEntries(LiveEntryEndpoint):
    @extend_schema(summary=_("List the entries of a live post"), responses=EntryList)
    def get(self, request: Request, slug: str) -> dict:
        """The oldest first. `n` is the last event that they certainly include."""
        post = self.post_of(request, slug)
        return {"n": post.last_event, "live": post.live, "entries": LiveEntry.to_dicts_sync(post.entries.all())}

    @extend_schema(
        summary=_("Add an entry to a live post"),
        request=LiveEntryIn,
        responses={201: LiveEntry, 403: error("not_yours"), 409: error("not_live")},
    )
    def post(self, request: Request, slug: str) -> HttpResponse:
        """It reaches every open page of the post."""
        post = self.post_of(request, slug)
        entry = live_posts.add_entry(post, self.text_of(request), user=signed_in_user(request))
        return Answer(entry.to_dict_sync(), 201, {"Location": f"{post.url}#{entry.anchor}"})


class LiveEntryDetail(Versioned, LiveEntryEndpoint):
    @extend_schema(summary=_("Get an entry of a live post"), responses=LiveEntry)
    def get(self, request: Request, slug: str, pk: int) -> HttpResponse:
        """Get an entry."""
        return self.show(self.find(request, slug, pk))

    @extend_schema(summary=_("Edit an entry of a live post"), request=LiveEntryIn, responses=LiveEntry)
    def patch(self, request: Request, slug: str, pk: int) -> HttpResponse:
        """Open pages show the new text."""
        entry = self.find(request, slug, pk)
        return self.show(live_posts.edit_entry(entry, self.text_of(request), is_expected=self.is_expected))

    @extend_schema(summary=_("Delete an entry of a live post"))
    def delete(self, request: Request, slug: str, pk: int) -> None:
        """Open pages remove it."""
        live_posts.delete_entry(self.find(request, slug, pk), is_expected=self.is_expected)

    def find(self, request: Request, slug: str, pk: int) -> LiveEntry:
        post = self.post_of(request, slug)
        self.is_writer = may_write(request) and permissions.may_change(signed_in_user(request), post)
        return get_object_or_404(post.entries, pk=pk)

    def edited(self, entry: LiveEntry) -> list:
        return [entry.text]

    def shown(self, entry: LiveEntry) -> dict:
        return entry.to_dict_sync((*LiveEntry.public, "text") if self.is_writer else None)


def wanted(request: Request) -> PostQuerySet:
    """By `?status=`, which only those may say who write."""
    status = status_of(request, (*Post.Status.values, ALL), WritersWrite, may_write)
    if status is None:
        return Post.objects.published()
    posts = permissions.seen_by(signed_in_user(request), Post.objects.all())
    found = {"draft": posts.drafts, "pending": posts.pending, "scheduled": posts.scheduled, ALL: posts.all}
    return found[status]()


def status_of(
    request: Request,
    choices: Collection[str],
    permission: type[WritersWrite | PublishersWrite],
    may: Callable[[Request], bool],
) -> str | None:
    """What `?status=` says, None of what is published; who may not ask for that is refused."""
    status = one_of(request, "status", choices)
    if status in {None, Post.Status.PUBLISHED}:
        return None
    if not request.user.is_authenticated:
        raise exceptions.NotAuthenticated
    if not may(request):
        raise exceptions.PermissionDenied(permission.message, permission.code)
    return status


def filtered(request: Request, rows: PostQuerySet, names: Iterable[str] = tuple(LOOKUPS)) -> PostQuerySet:
    for name in names:
        if value := request.query_params.get(name):
            rows = rows.filter(**{LOOKUPS[name]: value})
            if name == "author":  # MariaDB's "=" ignores case
                rows = rows.filter(author__username__contains=value)
    found = year(request)
    return rows if found is None else rows.in_year(found)


class PageEndpoint(MarkdownContent):
    model, serializer_class, address = Page, PageIn, "api-page"
    source = ("text", "is_published", "in_menu", "menu_order")


class Pages(PageEndpoint):
    @extend_schema(summary=_("List pages"), responses=ListOf(Partial(Page)))
    async def get(self, request: Request) -> dict:
        """The standing pages, in the menu's order."""
        pages = Page.objects.all() if may_publish(request) else Page.objects.published()
        return {"results": await Page.to_dicts(pages, **shape(request))}

    @extend_schema(summary=_("Create a page"))
    def post(self, request: Request) -> HttpResponse:
        """Write a page."""
        return self.make(request)


class PageDetail(PageEndpoint, Changes):
    @extend_schema(
        summary=_("Get a page"), description=_("With its text, for those who may edit it."), responses=Partial(Page)
    )
    async def get(self, request: Request, slug: str) -> HttpResponse:
        """One page; to those who may change it with its text, published or not."""
        whole = may_publish(request)
        page = await aget_object_or_404(Page.objects.all() if whole else Page.objects.published(), slug=slug)
        return await self.one(request, page, whole=whole)


def may_write(request: Request) -> bool:
    return request.user.is_authenticated and request.user.can_write


def may_publish(request: Request) -> bool:
    return request.user.is_authenticated and request.user.can_publish


class TaxonomyEndpoint(MarkdownContent):
    serializer_class = TaxonomyIn

    async def list(self, request: Request) -> dict:
        taxonomies: Any = (
            self.model.objects.all() if may_publish(request) else await sync_to_async(with_posts)(self.model)
        )
        return {"results": await cast(type[Taxonomy], self.model).to_dicts(taxonomies, **shape(request))}

    async def show_one(self, request: Request, slug: str) -> HttpResponse:
        taxonomies: Any = self.model.objects
        taxonomies = taxonomies.all() if may_publish(request) else taxonomies.visible()
        return await self.one(request, await aget_object_or_404(taxonomies, slug=slug), whole=False)


class Tags(TaxonomyEndpoint):
    model, address = Tag, "api-tag"

    @extend_schema(summary=_("List tags"), responses=ListOf(Partial(Tag)))
    async def get(self, request: Request) -> dict:
        """Tags by name, with how many published posts bear each; the empty ones only for those who publish."""
        return await self.list(request)

    @extend_schema(summary=_("Create a tag"))
    def post(self, request: Request) -> HttpResponse:
        """Make a tag."""
        return self.make(request)


class TagDetail(TaxonomyEndpoint, Changes):
    model, address = Tag, "api-tag"

    @extend_schema(summary=_("Get a tag"), responses=Partial(Tag))
    async def get(self, request: Request, slug: str) -> HttpResponse:
        """One tag; one that only drafts bear is shown to those who publish."""
        return await self.show_one(request, slug)


class Topics(TaxonomyEndpoint):
    model, address = Topic, "api-topic"

    @extend_schema(summary=_("List topics"), responses=ListOf(Partial(Topic)))
    async def get(self, request: Request) -> dict:
        """Topics by name, with how many published posts each holds; the empty ones only for those who publish."""
        return await self.list(request)

    @extend_schema(summary=_("Create a topic"))
    def post(self, request: Request) -> HttpResponse:
        """Make a topic."""
        return self.make(request)


class TopicDetail(TaxonomyEndpoint, Changes):
    model, address = Topic, "api-topic"

    @extend_schema(summary=_("Get a topic"), responses=Partial(Topic))
    async def get(self, request: Request, slug: str) -> HttpResponse:
        """One topic; one that only drafts are in is shown to those who publish."""
        return await self.show_one(request, slug)
