"""The index of pages, one import per room."""

from django.urls import include, path

from blog.activities.views import activity
from blog.discussion.api import Me
from blog.discussion.editing import editable
from blog.discussion.feeds import CommentFeed, SiteCommentFeed
from blog.discussion.threads import thread
from blog.letters.own import own_wish
from blog.lost import no_endpoint
from blog.moderation.api import Reports
from blog.moderation.tickets import ticket
from blog.moderation.views import decide_by_link
from blog.posts.views import old_address, post
from blog.reactions.reacting import own_reactions
from frodo.page_cache import shared

urlpatterns = [
    path("post/<str:slug>/", post, {"parts": [thread]}, name="post"),
    path("post/<str:slug>/comments.xml", shared()(CommentFeed()), name="post_comments_feed"),
    path("activities/<int:pk>/", activity, {"parts": [thread]}, name="activity"),
    path("activities/<int:pk>/comments.xml", shared()(CommentFeed()), name="activity_comments_feed"),
    path("api/me/", Me.as_view(), {"parts": [editable, own_reactions, own_wish, ticket]}, name="api-me"),
    path("moderate/<str:token>/", decide_by_link, name="decide-by-link"),
    path("api/comments/<int:pk>/report/", Reports.as_view(), name="api-report"),
    path("", include("blog.activities.urls")),
    path("", include("blog.discussion.urls")),
    path("", include("blog.reactions.urls")),
    path("comments.xml", shared()(SiteCommentFeed()), name="comments_feed"),
    path("", include("blog.events.urls")),
    path("", include("blog.letters.urls")),
    path("", include("blog.uploads.urls")),
    path("", include("blog.reference.urls")),
    path("", include("blog.posts.urls")),
    path("api/<path:path>", no_endpoint),
    path("<path:path>", old_address),
]
