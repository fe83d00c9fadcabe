"""The list of posts by Django REST framework's own means: ModelViewSet and ModelSerializer, prefetched."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "frodo.settings")
django.setup(set_prefix=False)

from channels.routing import ProtocolTypeRouter  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.handlers.asgi import ASGIHandler  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.urls import include, path  # noqa: E402
from rest_framework import pagination, serializers, viewsets  # noqa: E402

from accounts.models import User  # noqa: E402
from blog.models import Post, Tag, Topic  # noqa: E402
from frodo.handler import Handler  # noqa: E402
from frodo.lifespan import Lifespan  # noqa: E402
from frodo.threads import OrmThreads  # noqa: E402

N = 50


class AuthorOut(serializers.ModelSerializer):
    class Meta:
        model = User
        fields = ("name", "url", "bio")


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
        counts = dict(Tag.objects.with_counts().values_list("pk", "n_posts"))
        return {**super().get_serializer_context(), "n_posts": counts}


urlpatterns = [
    path("plain/posts/", Posts.as_view({"get": "list"})),
    path("", include(settings.ROOT_URLCONF)),
]
settings.ROOT_URLCONF = __name__

ours = ProtocolTypeRouter({"http": OrmThreads(Handler()), "lifespan": OrmThreads(Lifespan())})
stock = ASGIHandler()
wsgi = WSGIHandler()
