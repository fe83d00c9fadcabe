from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import aget_object_or_404
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from blog.discussion import visitors
from blog.discussion.forms import CommentForm
from blog.discussion.speaking import post_comment
from blog.pages import render_page
from blog.posts.models import Post
from frodo.addresses import client_address, network
from frodo.api import number
from frodo.errors import Refused
from frodo.markdown import render_comment


class SeeOther(HttpResponseRedirect):
    status_code = 303


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
async def write(request: HttpRequest, slug: str) -> HttpResponse:
    """The form for who has no script; nothing of it is cached, and it works as the one in the page does."""
    post = await aget_object_or_404(Post.objects.published().select_related("author"), slug=slug)
    user = await request.auser()
    visitor = visitors.read(request)
    if request.method == "POST":
        return await take(request, post, user if user.is_authenticated else None, visitor)
    parent = number(request.GET.get("parent"))
    form = CommentForm(initial={"name": visitor.name, "parent": parent})
    return await show(request, post, form, parent=parent, held="held" in request.GET)


async def take(request: HttpRequest, post: Post, user, visitor: visitors.Visitor) -> HttpResponse:
    form = CommentForm(request.POST)
    if not form.is_valid():
        return await show(request, post, form, status=400)
    said = form.cleaned_data
    if request.POST.get("deed") == "preview":
        html = await sync_to_async(render_comment)(said["text"][: settings.COMMENT_MAX_LENGTH])
        return await show(request, post, form, parent=said["parent"], preview=mark_safe(html))  # noqa: S308
    try:
        comment = await sync_to_async(post_comment)(
            post, **said, user=user, visitor=visitor.id or visitors.new_id(), address=network(client_address(request))
        )
    except Refused as error:
        form.add_error(error.field, str(error))
        response = await show(request, post, form, parent=said["parent"], status=error.status)
        if error.retry_after:
            response["Retry-After"] = error.retry_after
        return response
    response = SeeOther(comment.url if comment.is_visible else f"{request.path}?held")
    if user is None:
        visitors.remember(response, visitors.Visitor(comment.visitor, comment.name))
    return response


async def show(
    request: HttpRequest, post: Post, form: CommentForm, *, parent: int | None = None, status: int = 200, **context
) -> HttpResponse:
    user = await request.auser()
    context |= {
        "post": post,
        "form": form,
        "parent": await post.comments.visible().filter(pk=parent).afirst() if parent else None,
        "writer": user if user.is_authenticated else None,
    }
    return await render_page(request, "discussion/write.html", context, status=status)
