from functools import partial
from html import unescape
from math import ceil
from typing import Any
from urllib.parse import urlencode

from asgiref.sync import sync_to_async
from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import aget_object_or_404
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import guests
from accounts.models import User
from blog.comments import form_timestamps, threads
from blog.comments.models import Comment
from blog.comments.ordering import ORDERS
from blog.comments.services import create_comment, preview
from blog.comments.threads import thread
from blog.posts import access
from blog.posts.models import Post
from blog.site.pagination import Page
from frodo import mail
from frodo.api import number
from frodo.client_ip import client_address, network
from frodo.errors import ServiceError
from frodo.page_cache import SURROGATE_KEY, shared
from frodo.site_frame import render_page
from frodo.site_settings import site


class CommentForm(forms.Form):
    """The comment form without JavaScript. The service validates the content."""

    text = forms.CharField(required=False, strip=False)
    name = forms.CharField(required=False, max_length=60)
    email = forms.EmailField(required=False)
    notify = forms.BooleanField(required=False)
    parent = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    website = forms.CharField(required=False, max_length=2000)
    ticket = forms.CharField(required=False, max_length=400)


NAMES = {"oldest": _("Oldest"), "newest": _("Newest"), "best": _("Best")}


class SeeOther(HttpResponseRedirect):
    status_code = 303


MOST_LATEST = 30


@shared()
async def latest(request: HttpRequest) -> HttpResponse:
    """The latest comments of the site, as many as the block of them shows."""
    n = next((block["n"] for block in site.BLOCKS if block["kind"] == "comments"), MOST_LATEST)
    found = await sync_to_async(threads.latest_comments)(n)
    rows = [{"comment": each, "text": unescape(strip_tags(each.html))} for each in found]
    return await render_page(request, "comments/latest.html", {"rows": rows})


@shared("order", "page")
async def comments(request: HttpRequest, slug: str) -> HttpResponse:
    """All comments of a post, paginated, without JavaScript."""
    order = request.GET.get("order", "oldest")
    data = request.GET.get("page", "1")
    page = number(data, 0, most=10**6)
    if order not in ORDERS or not page or data != str(page):  # 01 must not be a cache entry of its own
        raise Http404
    post = await sync_to_async(readable)(request, slug)
    context = await thread(post, order, page)
    n_all = context["thread"].n_all
    pages = Page(page, max(1, ceil(n_all / site.COMMENTS_PER_PAGE)), n_all, partial(page_url, slug, order))
    if page > pages.n_pages:
        raise Http404
    orders = [(NAMES[name], page_url(slug, name, 1), name == order) for name in ORDERS]
    context |= {"post": post, "page": pages, "orders": orders}
    response = await render_page(request, "comments/comments.html", context)
    response.headers[SURROGATE_KEY] = post.surrogate_keys
    if not post.is_listed:
        response.headers["X-Robots-Tag"] = "noindex"
    return response


def readable(request: HttpRequest, slug: str) -> Post:
    """The post of this page. Raises Http404 if it shows no discussion."""
    post = access.get_readable(request, Post.threads.select_related("author"), slug=slug)
    if post.discussion is None:
        raise Http404
    return post


def page_url(slug: str, order: str, page: int) -> str:
    query = {} if order == "oldest" else {"order": order}
    return f"{reverse('comments', args=[slug])}?{urlencode(query | {'page': page})}"


@never_cache
async def place(request: HttpRequest, pk: int) -> HttpResponse:
    """Redirect a comment's permanent URL to the page that shows it. IDs can be counted up, so listed posts only."""
    comments = Comment.objects.select_related("post").filter(post__in=Post.threads.published())
    found = await aget_object_or_404(comments, pk=min(pk, 2**63 - 1))
    url = await sync_to_async(threads.page_url)(found)
    if url is None:
        raise Http404
    return HttpResponseRedirect(url)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
async def write(request: HttpRequest, slug: str) -> HttpResponse:
    """The comment form without JavaScript. Not cached."""
    post = await sync_to_async(readable)(request, slug)
    user = await request.auser()
    visitor = guests.read(request)
    if request.method == "POST":
        return await submit(request, post, user if user.is_authenticated else None, visitor)
    parent = number(request.GET.get("parent"))
    notify = user.is_authenticated and user.mail_answers
    form = CommentForm(initial={"name": visitor.name, "parent": parent, "notify": notify})
    return await show(request, post, form, parent=parent, pending="pending" in request.GET)


async def submit(request: HttpRequest, post: Post, user: User | None, visitor: guests.Guest) -> HttpResponse:
    discussion = post.discussion or post
    form = CommentForm(request.POST)
    if not form.is_valid():
        return await show(request, post, form, status=400)
    data = {**form.cleaned_data}  # an error takes its field out of the form's own
    if request.POST.get("intent") == "preview":
        html = await sync_to_async(preview)(data["text"][: settings.COMMENT_MAX_LENGTH], discussion)
        return await show(request, post, form, parent=data["parent"], preview=mark_safe(html))  # noqa: S308
    try:
        comment = await sync_to_async(create_comment)(
            discussion,
            **data,
            by_form=True,
            user=user,
            visitor=visitor.id or guests.new_id(),
            network=network(client_address(request)),
        )
    except ServiceError as error:
        form.add_error(error.field, str(error))
        response = await show(request, post, form, parent=data["parent"], status=error.status)
        if error.retry_after:
            response["Retry-After"] = error.retry_after
        return response
    response = SeeOther(await sync_to_async(threads.page_url)(comment, post) or f"{request.path}?pending")
    if user is None:
        guests.remember(response, guests.Guest(comment.visitor, comment.name))
    return response


def ticket_of(form: CommentForm) -> str:
    """The timestamp with which the form was first shown, so that correcting an error quickly is not "too fast"."""
    known = form.data.get("ticket", "")
    return known if form_timestamps.age(known) is not None else form_timestamps.new()


async def show(
    request: HttpRequest, post: Post, form: CommentForm, *, parent: int | None = None, status: int = 200, **context: Any
) -> HttpResponse:
    user = await request.auser()
    if "parent" in form.errors:  # sent again, it is a comment of its own
        form.data, parent = dict(form.data.items()) | {"parent": ""}, None
    context |= {
        "post": post,
        "form": form,
        "ticket": ticket_of(form),
        "parent": await Comment.objects.visible().filter(post=post.discussion_id, pk=parent).afirst()
        if parent
        else None,
        "writer": user if user.is_authenticated else None,
        "mail": mail.about_comments(),
    }
    return await render_page(request, "comments/write.html", context, status=status)
