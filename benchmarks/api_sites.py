"""The list of posts by Django REST framework's own means: ModelViewSet and ModelSerializer, prefetched."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "frodo.settings")
django.setup(set_prefix=False)

from channels.routing import ProtocolTypeRouter  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.handlers.asgi import ASGIHandler  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.db.models import Count, Q  # noqa: E402
from django.urls import include, path  # noqa: E402
from django.utils import timezone  # noqa: E402
from rest_framework import pagination, serializers, viewsets  # noqa: E402

from accounts.models import User  # noqa: E402
from benchmarks.django_middleware import django_middleware  # noqa: E402
from blog.models import Post, Tag, Topic  # noqa: E402
from frodo.lifespan import Lifespan  # noqa: E402
from frodo.orm_threads import OrmThreads, take_over_connections  # noqa: E402

N = 50


class AuthorOut(serializers.ModelSerializer):
    class Meta:
        model = User
        fields = User.public


class TagOut(serializers.ModelSerializer):
    n_posts = serializers.SerializerMethodField()

    class Meta:
        model = Tag
        fields = ("name", "slug", "url", "description", "n_posts")

    def get_n_posts(self, tag: Tag) -> int:
        return self.context["n_posts"].get(tag.pk, 0)


class TopicOut(serializers.ModelSerializer):
    class Meta:
        model = Topic
        fields = ("name", "slug", "url")


class PostOut(serializers.ModelSerializer):
    author, topic = AuthorOut(), TopicOut()
    tags = TagOut(many=True)

    class Meta:
        model = Post
        fields = Post.public


class ByTime(pagination.CursorPagination):
    page_size = N
    ordering = ("-published_at", "-id")


class Posts(viewsets.ModelViewSet):
    serializer_class = PostOut
    pagination_class = ByTime

    def get_queryset(self):
        return Post.objects.published().for_list().select_related("author", "topic").prefetch_related("tags")

    def get_serializer_context(self) -> dict:
        """All counts in one query, as ours asks: annotated, the prefetched tags would count within the page only."""
        published = Q(posts__published_at__lte=timezone.now()) & ~Q(posts__status="draft")
        tags = Tag.objects.annotate(n_posts=Count("posts", filter=published)).filter(n_posts__gt=0)
        counts = dict(tags.values_list("pk", "n_posts"))
        return {**super().get_serializer_context(), "n_posts": counts}


urlpatterns = [
    path("plain/posts/", Posts.as_view({"get": "list"})),
    path("", include(settings.ROOT_URLCONF)),
]
settings.ROOT_URLCONF = __name__

if settings.ORM_THREADS:
    take_over_connections()
ours = ProtocolTypeRouter({"http": OrmThreads(ASGIHandler()), "lifespan": OrmThreads(Lifespan())})
settings.MIDDLEWARE = django_middleware()
stock = ASGIHandler()
wsgi = WSGIHandler()
