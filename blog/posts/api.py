"""Posts, pages, tags and topics as JSON: read by everybody, written by those who write the blog."""

from asgiref.sync import async_to_sync
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import aget_object_or_404, get_object_or_404
from django.urls import reverse
from rest_framework import exceptions
from rest_framework.request import Request

from blog.posts import rights, writing
from blog.posts.models import Page, Post, Tag, Topic
from blog.posts.search import MAX_LENGTH, matching, terms_of
from blog.posts.serializers import PageIn, PostIn, ShelfIn
from frodo.api import (
    Answer,
    Endpoint,
    JSONParser,
    PublishersWrite,
    WritersWrite,
    number,
    one_of,
    shape,
    take_rows,
    year,
)
from frodo.api.cursors import MAX_LIMIT
from frodo.api.versions import Conflict, etag, names, tagged, version
from frodo.racing import ChangedMeanwhile

ORDERS = {"newest": "-published_at", "oldest": "published_at", "updated": "-updated_at", "popular": "-n_comments"}
ALL = "all"
SOURCE = ("text", "topic_order", "approval", "cover_link")
"""What besides is shown to those who write."""


class Written(Endpoint):
    """What the rooms' four kinds of entries have in common: make one, change it, take it away."""

    model: type[writing.Entry]
    serializer: type
    address: str
    source: tuple[str, ...] = ()
    scope = "posts"
    parser_classes = [JSONParser]
    permission_classes = [PublishersWrite]
    is_repeatable = True

    def said(self, request: Request, *, partial: bool = False) -> dict:
        found = self.serializer(data=request.data, partial=partial)
        found.is_valid(raise_exception=True)
        return found.validated_data

    def find(self, request: Request, slug: str) -> writing.Entry:
        return get_object_or_404(self.model, slug=slug)

    def make(self, request: Request) -> HttpResponse:
        entry = writing.create(self.model, self.said(request), user=request.user)
        return self.show(request, entry, 201, {"Location": reverse(self.address, args=[entry.slug])})

    def change(self, request: Request, slug: str, *, partial: bool) -> HttpResponse:
        entry, said = self.find(request, slug), self.said(request, partial=partial)
        try:
            return self.show(request, writing.change(entry, said, user=request.user, is_expected=self.expected))
        except ChangedMeanwhile as error:
            raise self.conflict(error.entry, request.data) from error

    def take_away(self, request: Request, slug: str) -> None:
        try:
            writing.delete(self.find(request, slug), user=request.user, is_expected=self.expected)
        except ChangedMeanwhile as error:
            raise self.conflict(error.entry, {}) from error

    def expected(self, entry: writing.Entry) -> bool:
        return names(self.request, version(*writing.edited(entry)))

    def conflict(self, entry: writing.Entry, yours: dict) -> Conflict:
        current = async_to_sync(self.whole)(entry)
        return Conflict(current, yours, etag(version(*writing.edited(entry))))

    def show(self, request: Request, entry: writing.Entry, status: int = 200, headers: dict | None = None) -> Answer:
        return tagged(Answer(async_to_sync(self.whole)(entry), status, headers), *writing.edited(entry))

    async def whole(self, entry: writing.Entry, fields: str | None = None, expand: str | None = None) -> dict:
        """As those see it who may change it; `fields` may name the source, too."""
        wanted = None if fields is None else [name.strip() for name in fields.split(",") if name.strip()]
        source = self.source if wanted is None else [name for name in wanted if name in self.source]
        shown = wanted and [name for name in wanted if name not in self.source]
        found = {} if wanted is not None and not shown else await entry.to_dict(shown, expand)
        return found | {name: getattr(entry, name) for name in source}

    async def one(self, request: Request, entry: writing.Entry, *, whole: bool) -> Answer:
        said = await (self.whole(entry, **shape(request)) if whole else entry.to_dict(**shape(request)))
        return tagged(Answer(said), *writing.edited(entry))


class Changes(Written):
    """What is done to one of them, at its own address."""

    def put(self, request: Request, slug: str) -> HttpResponse:
        """Put another version in its place; what is left out is as in a new one."""
        return self.change(request, slug, partial=False)

    def patch(self, request: Request, slug: str) -> HttpResponse:
        """Change what is named, and nothing else."""
        return self.change(request, slug, partial=True)

    def delete(self, request: Request, slug: str) -> None:
        """Take it away: a post with its discussion, a tag or a topic from its posts, which stay."""
        self.take_away(request, slug)


class OfPosts(Written):
    model, serializer, address, source = Post, PostIn, "api-post", SOURCE
    permission_classes = [WritersWrite]

    def find(self, request: Request, slug: str) -> Post:
        """What everybody sees is no secret: that one may not change it is said by the verb."""
        post = get_object_or_404(Post, slug=slug)
        if not (post.is_visible or rights.seen_by(request.user, Post.objects.filter(pk=post.pk)).exists()):
            raise Http404
        return post


class Posts(OfPosts):
    async def get(self, request: Request) -> Answer:
        """Published posts, the newest first; those who write may ask for drafts and scheduled ones."""
        found = filtered(request, wanted(request).for_list())
        is_dated = request.query_params.get("status") not in {"draft", ALL}
        orders = ORDERS if is_dated else {name: column for name, column in ORDERS.items() if "published" not in column}
        page = await take_rows(found, request, orders, "newest" if is_dated else "updated")
        return Answer(page.answer(await Post.to_dicts(page.rows, **shape(request))), headers=page.headers)

    def post(self, request: Request) -> HttpResponse:
        """Write a post: a draft, unless it says otherwise."""
        return self.make(request)


class OnePost(OfPosts, Changes):
    async def get(self, request: Request, slug: str) -> Answer:
        """One post; to those who may change it with its text, published or not."""
        user = request.user
        if not (user.is_authenticated and user.can_write):
            post = await aget_object_or_404(Post.objects.published().prefetch_related("tags"), slug=slug)
            return await self.one(request, post, whole=False)
        post = await aget_object_or_404(Post.objects.prefetch_related("tags"), slug=slug)
        is_own = not rights.only_drafts(user) or post.author_id == user.pk
        if not (is_own or post.is_visible):
            raise Http404
        return await self.one(request, post, whole=is_own)


def wanted(request: Request) -> QuerySet:
    """By `?status=`, which only those may say who write."""
    status = one_of(request, "status", (*Post.Status.values, ALL))
    if status in {None, Post.Status.PUBLISHED}:
        return Post.objects.published()
    if not request.user.is_authenticated:
        raise exceptions.NotAuthenticated
    if not request.user.can_write:
        raise exceptions.PermissionDenied(WritersWrite.message, WritersWrite.code)
    posts = rights.seen_by(request.user, Post.objects.all())
    return {"draft": posts.drafts, "scheduled": posts.scheduled, ALL: posts.all}[status]()


def filtered(request: Request, posts: QuerySet) -> QuerySet:
    lookups = {"tag": "tags__slug", "topic": "topic__slug", "author": "author__username", "language": "language"}
    for name, lookup in lookups.items():
        if value := request.query_params.get(name):
            posts = posts.filter(**{lookup: value})
    found = year(request)
    return posts if found is None else posts.in_year(found)


class Search(Endpoint):
    async def get(self, request: Request) -> Answer:
        """Posts that hold every word: those with all in the title first, then the newest."""
        terms = terms_of(request.query_params.get("q", "")[:MAX_LENGTH])
        limit = number(request.query_params.get("limit"), 20, least=1, most=MAX_LIMIT)
        found = matching(Post.objects.published(), terms).for_list()[:limit] if terms else []
        return Answer({"terms": terms, "results": await Post.to_dicts(found, **shape(request))})


class OfPages(Written):
    model, serializer, address = Page, PageIn, "api-page"
    source = ("text", "is_published", "in_menu", "menu_order")


class Pages(OfPages):
    async def get(self, request: Request) -> dict:
        """The standing pages, in the menu's order."""
        pages = Page.objects.all() if may_publish(request) else Page.objects.published()
        return {"results": await Page.to_dicts(pages, **shape(request))}

    def post(self, request: Request) -> HttpResponse:
        """Write a page."""
        return self.make(request)


class OnePage(OfPages, Changes):
    async def get(self, request: Request, slug: str) -> Answer:
        """One page; to those who may change it with its text, published or not."""
        whole = may_publish(request)
        page = await aget_object_or_404(Page.objects.all() if whole else Page.objects.published(), slug=slug)
        return await self.one(request, page, whole=whole)


def may_publish(request: Request) -> bool:
    return request.user.is_authenticated and request.user.can_publish


class OfShelves(Written):
    serializer = ShelfIn

    async def list(self, request: Request) -> dict:
        shelves = self.model.objects
        shelves = shelves.all() if may_publish(request) else shelves.with_counts()
        return {"results": await self.model.to_dicts(shelves, **shape(request))}

    async def show_one(self, request: Request, slug: str) -> Answer:
        return await self.one(request, await aget_object_or_404(self.model, slug=slug), whole=False)


class Tags(OfShelves):
    model, address = Tag, "api-tag"

    async def get(self, request: Request) -> dict:
        """Tags by name, with how many published posts bear each; the empty ones only for those who publish."""
        return await self.list(request)

    def post(self, request: Request) -> HttpResponse:
        """Make a tag."""
        return self.make(request)


class OneTag(OfShelves, Changes):
    model, address = Tag, "api-tag"

    async def get(self, request: Request, slug: str) -> Answer:
        """One tag."""
        return await self.show_one(request, slug)


class Topics(OfShelves):
    model, address = Topic, "api-topic"

    async def get(self, request: Request) -> dict:
        """Topics by name, with how many published posts each holds; the empty ones only for those who publish."""
        return await self.list(request)

    def post(self, request: Request) -> HttpResponse:
        """Make a topic."""
        return self.make(request)


class OneTopic(OneTag):
    model, address = Topic, "api-topic"
