"""The index of pages, one import per room."""

from django.urls import include, path

from blog.discussion.feeds import CommentFeed
from blog.discussion.threads import thread
from blog.posts.views import old_address, post
from frodo.page_cache import shared

urlpatterns = [
    path("post/<str:slug>/", post, {"parts": [thread]}, name="post"),
    path("post/<str:slug>/comments.xml", shared()(CommentFeed()), name="post_comments_feed"),
    path("", include("blog.discussion.urls")),
    path("", include("blog.events.urls")),
    path("", include("blog.posts.urls")),
    path("<path:path>", old_address),
]
