"""What unsaved text will look like: the reader's own page, made from the form as it stands."""

from asgiref.sync import async_to_sync
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from blog.pages import render_page
from blog.posts.models import Page, Post, Tag
from blog.posts.shown import WRITTEN


@require_POST
def preview(request: HttpRequest, model: type[Post] | type[Page]) -> HttpResponse:
    entry = model(
        pk=0,  # relations of a row without a key cannot be asked
        title=request.POST.get("title", ""),
        text=request.POST.get("text", ""),
        language=request.POST.get("language", ""),
        slug=request.POST.get("slug") or "preview",
        updated_at=timezone.now(),
    )
    entry.render()
    if isinstance(entry, Page):
        template, name, fields = (
            "posts/page.html",
            "entry",
            ("title", "language", "updated_at", "body", "toc", "description"),
        )
    else:
        entry.author, entry.topic, entry.published_at = request.user, None, timezone.now()
        entry.summary = request.POST.get("summary", "")
        tags = Tag.objects.filter(pk__in=[pk for pk in request.POST.getlist("tags") if pk.isdigit()])
        entry._prefetched_objects_cache = {"tags": list(tags)}
        template, name, fields = "posts/post.html", "post", WRITTEN
    response = async_to_sync(show)(request, template, name, entry, fields)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


async def show(request: HttpRequest, template: str, name: str, entry: Post | Page, fields: tuple) -> HttpResponse:
    expand = ("author",) if "author" in fields else ()
    shown = await entry.to_dict(fields, expand, native=True)
    return await render_page(request, template, {name: shown, "json_ld": {}})
