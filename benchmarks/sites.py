"""The sites that are measured: ours without the page cache, Django's own ways, and single questions."""

import asyncio
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "frodo.settings")
django.setup(set_prefix=False)

from asgiref.sync import sync_to_async  # noqa: E402
from channels.routing import ProtocolTypeRouter  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.cache import caches  # noqa: E402
from django.core.handlers.asgi import ASGIHandler  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.shortcuts import get_object_or_404, render  # noqa: E402
from django.urls import include, path  # noqa: E402

from blog.context import site_root  # noqa: E402
from blog.discussion.order import read  # noqa: E402
from blog.discussion.threads import SHOWN, Place, Thread, as_places  # noqa: E402
from blog.models import Page, Post  # noqa: E402
from blog.posts.linked_data import linked_data  # noqa: E402
from blog.posts.models.post import N_RELATED  # noqa: E402
from blog.posts.shown import WRITTEN  # noqa: E402
from frodo.handler import Handler  # noqa: E402
from frodo.lifespan import Lifespan  # noqa: E402
from frodo.threads import OrmThreads  # noqa: E402


def plain_post(request: HttpRequest, slug: str) -> HttpResponse:
    """blog.posts.views.post as one would write it without async: the same queries, the same template, the same bytes.

    What ours keeps for five minutes (related posts), this keeps as well.
    """
    published = Post.objects.published()
    post = get_object_or_404(published.for_page(), slug=slug)
    author = post.author
    entry = {name: getattr(post, name) for name in PLAIN}
    entry |= {
        "author": {"name": author.name, "url": author.url, "bio": author.bio},
        "tags": [{"name": tag.name, "url": tag.url} for tag in post.tags.all()],
        "topic": post.topic,
        "earlier": published.before(post).first(),
        "later": published.after(post).first(),
        "series": list(published.in_topics([post.topic_id])) if post.topic_id else None,
        "related": caches["models"].get_or_set(
            f"plain:{post.pk}", lambda: list(published.related_to(post)[:N_RELATED]), 300
        ),
    }
    part = read(post)
    comments = [
        {name: getattr(comment, name) for name in COMMENT} | {"parent": comment.parent_id, "author": comment.writer()}
        for comment in part.comments
    ]
    context = {
        "menu": list(Page.objects.for_menu()),
        "post": entry,
        "json_ld": linked_data(entry, site_root(request)),
        "thread": Thread(as_places(comments), Place({}, is_pattern=True), part.n_all, part.rest, part.next),
    }
    return render(request, "posts/post.html", context)


PLAIN = [name for name in WRITTEN if name not in ("author", "tags", "topic")]
COMMENT = [name for name in SHOWN if name not in ("parent", "author")]


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
    path("waits/<int:n>/", waits),
    path("", include(settings.ROOT_URLCONF)),
]
settings.ROOT_URLCONF = __name__

# As in frodo.asgi, with no page cache in front.
ours = ProtocolTypeRouter({"http": OrmThreads(Handler()), "lifespan": OrmThreads(Lifespan())})
stock = ASGIHandler()
wsgi = WSGIHandler()
