"""Preview of unsaved content: the reader's page, rendered from the form."""

import re
from typing import TypeVar

from asgiref.sync import async_to_sync
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.authentication import signed_in_user
from accounts.models import User
from blog.posts.models import Page, Post, PreviewLink, Tag, Topic
from blog.posts.querysets import DETAIL
from blog.posts.slugs import slug_for
from frodo.site_frame import render_page

T = TypeVar("T", bound=Model)
SCRIPT = re.compile(r'<script\b.*?</script>|<link rel="modulepreload"[^>]*>', re.DOTALL)


@require_POST
def preview(request: HttpRequest, model: type[Post] | type[Page]) -> HttpResponse:
    entry = model(
        pk=0,  # relations of a row without a key cannot be asked
        title=request.POST.get("title", ""),
        text=request.POST.get("text", ""),
        language=request.POST.get("language", ""),
        slug=slug_for(request.POST.get("slug", "")) or "preview",
        updated_at=timezone.now(),
    )
    entry.render()
    fields: tuple[str, ...]
    if isinstance(entry, Page):
        template, name, fields = (
            "posts/page.html",
            "entry",
            ("title", "language", "updated_at", "body", "toc", "description"),
        )
    else:
        entry.author = chosen(User, request.POST.get("author")) or User.objects.get(pk=signed_in_user(request).pk)
        entry.topic, entry.published_at = chosen(Topic, request.POST.get("topic")), timezone.now()
        entry.cover_link = request.POST.get("cover_link", "")
        entry.summary = request.POST.get("summary", "")
        tags = Tag.objects.filter(pk__in=[pk for pk in request.POST.getlist("tags") if is_key(pk)])
        prefetched = {"tags": list(tags)}
        entry._prefetched_objects_cache = prefetched  # type: ignore[attr-defined]  # as prefetch_related does
        template, name, fields = "posts/post.html", "post", DETAIL
    response = async_to_sync(show)(request, template, name, entry, fields)
    response.content = framed(response.content.decode())
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


async def shared_preview(request: HttpRequest, token: str) -> HttpResponse:
    """An unpublished post, for whoever has its secret URL; once it is published, a redirect to it."""
    links = PreviewLink.objects.filter(token=token, expires_at__gt=timezone.now(), post__kind=Post.Kind.POST)
    link = await links.afirst()
    if link is None:
        raise Http404
    post = await Post.objects.select_related("author", "topic").prefetch_related("tags").aget(pk=link.post_id)
    if post.is_visible:
        return HttpResponseRedirect(post.url)
    post.published_at = post.published_at or timezone.now()
    data = await post.to_dict(DETAIL, ("author",), native=True)
    response = await render_page(request, "posts/post.html", {"post": data, "json_ld": {}, "preview": link})
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"  # the URL is the secret
    return response


def framed(page: str) -> str:
    """Without scripts, and with a style sheet that hides the site around the text."""
    more = f'<base target="_blank">\n<link rel="stylesheet" href="{static("css/preview.css")}">\n</head>'
    return SCRIPT.sub("", page).replace("</head>", more, 1)


def chosen(model: type[T], key: str | None) -> T | None:
    return model._default_manager.filter(pk=key).first() if key and is_key(key) else None


def is_key(data: str) -> bool:
    return data.isascii() and data.isdigit() and len(data) < 19


async def show(request: HttpRequest, template: str, name: str, entry: Post | Page, fields: tuple) -> HttpResponse:
    expand = ("author",) if "author" in fields else ()
    data = await entry.to_dict(fields, expand, native=True)
    return await render_page(request, template, {name: data, "json_ld": {}})
