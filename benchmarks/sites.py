"""The sites that are measured: ours without the page cache, Django's own ways, and single questions."""

import asyncio
import json
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "frodo.settings")
django.setup(set_prefix=False)

from asgiref.sync import sync_to_async  # noqa: E402
from channels.routing import ProtocolTypeRouter  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.handlers.asgi import ASGIHandler  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.db.models import F, Q  # noqa: E402
from django.http import HttpRequest, HttpResponse, JsonResponse  # noqa: E402
from django.shortcuts import get_object_or_404, render  # noqa: E402
from django.urls import include, path  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402

from benchmarks.django_middleware import django_middleware  # noqa: E402
from blog.comments.ordering import read  # noqa: E402
from blog.comments.threads import FIELDS, Thread, ThreadEntry, as_entries  # noqa: E402
from blog.media import uploads_of  # noqa: E402
from blog.models import Comment, Event, Post  # noqa: E402
from blog.posts import list_views  # noqa: E402
from blog.posts.models.live_entry import entries_of  # noqa: E402
from blog.posts.models.post import N_RELATED  # noqa: E402
from blog.posts.querysets import DETAIL, LINK_COLUMNS  # noqa: E402
from blog.site.structured_data import post_structured_data  # noqa: E402
from frodo import mail  # noqa: E402
from frodo.lifespan import Lifespan  # noqa: E402
from frodo.orm_threads import OrmThreads, take_over_connections  # noqa: E402
from frodo.site_frame import load_frame_context, site_root  # noqa: E402


def plain_post(request: HttpRequest, slug: str) -> HttpResponse:
    """blog.posts.views.post written without async: the same queries, the same template, the same bytes."""
    post = get_object_or_404(Post.objects.released().for_page(), slug=slug)
    published = Post.objects.published()
    author = post.author
    original = post.translation_of_id or post.pk
    translations = Post.threads.published().filter(Q(pk=original) | Q(translation_of=original)).exclude(pk=post.pk)
    entry = {name: getattr(post, name) for name in PLAIN}
    entry |= {
        "author": {"name": author.name, "url": author.url, "page_url": author.page_url, "bio": author.bio},
        "tags": [{"name": tag.name, "url": tag.url} for tag in post.tags.all()],
        "topic": post.topic,
        "translations": list(translations.order_by("language").only("translation_of", *LINK_COLUMNS)),
        "live_entries": entries_of([post])[post.pk] if post.live else [],
        "cover_sources": uploads_of([str(post.cover.name)]) if post.cover else {},
        "previous": published.before(post).first(),
        "next": published.after(post).first(),
        "series": list(published.in_topics([post.topic_id])) if post.topic_id else None,
        "related": published.related_to(post, N_RELATED),
    }
    part = read(post)
    comments = [
        {name: getattr(comment, name) for name in COMMENT} | {"parent": comment.parent_id, "author": comment.writer()}
        for comment in part.comments
    ]
    entries, pattern = as_entries(comments), ThreadEntry({}, is_template=True)
    root = site_root(request)
    context = {
        "post": entry,
        "json_ld": post_structured_data(entry, root),
        "canonical": post.canonical_url or root + post.url,
        "thread": Thread(entries, pattern, part.n_all, part.rest, part.next, post.pk, post.last_event, post.event_key),
        "mail": mail.about_comments(),
    }
    return render(request, "posts/post.html", context | load_frame_context())


RELATED = {"author", "tags", "topic", "translations", "live_entries", "cover_sources"}
PLAIN = [name for name in DETAIL if name not in RELATED]
COMMENT = [name for name in FIELDS if name not in ("parent", "author")]


@csrf_exempt
def plain_comment(request: HttpRequest, slug: str) -> HttpResponse:
    """A comment as one would write it without limits, rules and live events: the same rows, in one transaction."""
    sent = json.loads(request.body)
    post = get_object_or_404(Post.objects.published(), slug=slug)
    comment = Comment(post=post, text=sent["text"], name=sent["name"])
    comment.render()
    with transaction.atomic():
        Post.objects.select_for_update().only("pk").get(pk=post.pk)
        Comment.objects.bulk_create([comment])
        Post.objects.filter(pk=post.pk).update(n_comments=F("n_comments") + 1, last_event=F("last_event") + 1)
        n = Post.objects.values_list("last_event", flat=True).get(pk=post.pk)
        shown = comment.to_dict_sync()
        Event.objects.bulk_create([Event(post=post, n=n, type="comment.posted", data={"comment": shown})])
    return JsonResponse(shown, status=201)


def sleep(seconds: float) -> None:
    if connection.vendor == "mysql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT SLEEP(%s)", [seconds])
    else:
        import time

        time.sleep(seconds)


async def waits(request: HttpRequest, n: int) -> HttpResponse:
    """n independent questions of 0.1 s to the database."""
    await asyncio.gather(*(sync_to_async(sleep)(0.1) for _ in range(n)))
    return HttpResponse("done")


urlpatterns = [
    path("plain/<str:slug>/", plain_post),
    path("plain/<str:slug>/comments/", plain_comment),
    path("waits/<int:n>/", waits),
    path("", include(settings.ROOT_URLCONF)),
]
settings.ROOT_URLCONF = __name__

# A page of the archives is as long on a site of 20 posts as on one of 20,000.
list_views.LINKS_PER_PAGE = 20

# As in frodo.asgi, with no page cache in front.
if settings.ORM_THREADS:
    take_over_connections()
ours = ProtocolTypeRouter({"http": OrmThreads(ASGIHandler()), "lifespan": OrmThreads(Lifespan())})
settings.MIDDLEWARE = django_middleware()
stock = ASGIHandler()
wsgi = WSGIHandler()
