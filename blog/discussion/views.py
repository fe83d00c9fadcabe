from functools import partial
from math import ceil
from urllib.parse import urlencode

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import aget_object_or_404
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from blog.discussion import visitors
from blog.discussion.forms import CommentForm
from blog.discussion.models import Comment
from blog.discussion.order import ORDERS
from blog.discussion.speaking import post_comment, preview
from blog.discussion.threads import address_of, thread
from blog.moderation import tickets
from blog.pages import render_page
from blog.paging import Page
from blog.posts.models import Post
from frodo import mail
from frodo.addresses import client_address, network
from frodo.api import number
from frodo.errors import Refused
from frodo.page_cache import ABOUT, shared

NAMES = {"oldest": _("Oldest first"), "newest": _("Newest first"), "best": _("Best first")}


class SeeOther(HttpResponseRedirect):
    status_code = 303


@shared("order", "page")
async def comments(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole discussion, page by page, for who has no script."""
    order = request.GET.get("order", "oldest")
    said = request.GET.get("page", "1")
    page = number(said, 0, most=10**6)
    if order not in ORDERS or not page or said != str(page):  # 01 is no page of its own to be kept
        raise Http404
    post = await aget_object_or_404(Post.threads.published().select_related("author"), slug=slug)
    context = await thread(post, order, page)
    n_all = context["thread"].n_all
    pages = Page(page, max(1, ceil(n_all / settings.COMMENTS_PER_PAGE)), n_all, partial(address, slug, order))
    if page > pages.n_pages:
        raise Http404
    orders = [(NAMES[name], address(slug, name, 1), name == order) for name in ORDERS]
    context |= {"post": post, "page": pages, "orders": orders}
    response = await render_page(request, "discussion/comments.html", context)
    response.headers[ABOUT] = post.pk
    return response


def address(slug: str, order: str, page: int) -> str:
    query = {} if order == "oldest" else {"order": order}
    return f"{reverse('comments', args=[slug])}?{urlencode(query | {'page': page})}"


@never_cache
async def place(request: HttpRequest, pk: int) -> HttpResponse:
    """A comment's lasting address leads to where it stands."""
    found = await aget_object_or_404(
        Comment.objects.select_related("post").filter(post__in=Post.threads.published()), pk=min(pk, 2**63 - 1)
    )
    address = await sync_to_async(address_of)(found)
    if address is None:
        raise Http404
    return HttpResponseRedirect(address)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
async def write(request: HttpRequest, slug: str) -> HttpResponse:
    """The form for who has no script; nothing of it is cached, and it works as the one in the page does."""
    post = await aget_object_or_404(Post.threads.published().select_related("author"), slug=slug)
    user = await request.auser()
    visitor = visitors.read(request)
    if request.method == "POST":
        return await take(request, post, user if user.is_authenticated else None, visitor)
    parent = number(request.GET.get("parent"))
    notify = user.is_authenticated and user.mail_answers
    form = CommentForm(initial={"name": visitor.name, "parent": parent, "notify": notify})
    return await show(request, post, form, parent=parent, held="held" in request.GET)


async def take(request: HttpRequest, post: Post, user, visitor: visitors.Visitor) -> HttpResponse:
    form = CommentForm(request.POST)
    if not form.is_valid():
        return await show(request, post, form, status=400)
    said = form.cleaned_data
    if request.POST.get("deed") == "preview":
        html = await sync_to_async(preview)(said["text"][: settings.COMMENT_MAX_LENGTH], post)
        return await show(request, post, form, parent=said["parent"], preview=mark_safe(html))  # noqa: S308
    try:
        comment = await sync_to_async(post_comment)(
            post,
            **said,
            by_form=True,
            user=user,
            visitor=visitor.id or visitors.new_id(),
            address=network(client_address(request)),
        )
    except Refused as error:
        form.add_error(error.field, str(error))
        response = await show(request, post, form, parent=said["parent"], status=error.status)
        if error.retry_after:
            response["Retry-After"] = error.retry_after
        return response
    response = SeeOther(await sync_to_async(address_of)(comment) or f"{request.path}?held")
    if user is None:
        visitors.remember(response, visitors.Visitor(comment.visitor, comment.name))
    return response


def ticket_of(form: CommentForm) -> str:
    """The one with which the page was first shown, so that an error mended in a second is not too fast."""
    known = form.data.get("ticket", "")
    return known if tickets.age(known) is not None else tickets.new()


async def show(
    request: HttpRequest, post: Post, form: CommentForm, *, parent: int | None = None, status: int = 200, **context
) -> HttpResponse:
    user = await request.auser()
    context |= {
        "post": post,
        "form": form,
        "ticket": ticket_of(form),
        "parent": await post.comments.visible().filter(pk=parent).afirst() if parent else None,
        "writer": user if user.is_authenticated else None,
        "mail": mail.can_be_sent(),
    }
    return await render_page(request, "discussion/write.html", context, status=status)
