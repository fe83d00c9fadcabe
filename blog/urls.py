"""All URLs of the blog: its pages in the admin, and the site."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from blog.activities import api as activities_api
from blog.activities import feeds as activities_feeds
from blog.activities import views as activities
from blog.comments import api as comments_api
from blog.comments import reader_api
from blog.comments import views as comments
from blog.comments.edit_services import editable
from blog.comments.feeds import CommentFeed, SiteCommentFeed
from blog.comments.form_timestamps import ticket
from blog.comments.threads import thread
from blog.dashboard import doctor
from blog.error_views import no_endpoint
from blog.exporters import views as exporters
from blog.media import api as media_api
from blog.moderation import views as moderation
from blog.moderation.api import Reports
from blog.notifications import views as notifications
from blog.notifications.preferences import own_subscription
from blog.posts import urls as posts
from blog.posts.events_api import Events
from blog.posts.views import nothing, post, unlock
from blog.reactions import api as reactions_api
from blog.reactions.services import own_reactions
from blog.reactions.views import react_by_form
from blog.search import views as search
from blog.search.api import Search
from blog.setup import setup
from blog.site import views as site
from blog.statistics.api import MostRead
from blog.statistics.views import view as statistics
from frodo.page_cache import shared

admin_urlpatterns = [
    path("moderation/", moderation.queue, name="moderation"),
    path("moderation/counts/", moderation.counts, name="moderation-counts"),
    path("moderation/decide/", moderation.decide, name="moderation-decide"),
    path("moderation/seen/", moderation.seen, name="moderation-seen"),
    path("moderation/spam-wave/end/", moderation.end_spam_wave, name="moderation-end-spam-wave"),
    path("moderation/<int:pk>/reply/", moderation.reply_to, name="moderation-reply"),
    path("moderation/<int:pk>/", moderation.comment, name="moderation-comment"),
    path("setup/<str:token>/", setup, name="setup"),
    path("statistics/", statistics, name="statistics"),
    path("doctor/", admin.site.admin_view(doctor), name="doctor"),
    path("export/", admin.site.admin_view(exporters.exports), name="exports"),
    path("export/<number:pk>/", admin.site.admin_view(exporters.download), name="export-download"),
    path("export/<number:pk>/delete/", admin.site.admin_view(exporters.delete), name="export-delete"),
]
"""Below settings.ADMIN_PATH."""
urlpatterns = [
    path("post/<str:slug>/", post, {"parts": [thread]}, name="post"),
    path("activities/<number:pk>/", activities.activity, {"parts": [thread]}, name="activity"),
    path("activities/", activities.activities, name="activities"),
    path("activities/page/<number:number>/", activities.activities, name="activities_page"),
    path("activities/atom.xml", shared()(activities_feeds.Atom()), name="activities_atom"),
    path("activities/rss.xml", shared()(activities_feeds.Rss()), name="activities_rss"),
    path("activities/feed.json", activities_feeds.json_feed, name="activities_json_feed"),
    path("activities/", include(posts.usual_feed_urls("activities_"))),
    path("", include(posts)),
    path("appearance/<str:version>.css", site.appearance, name="appearance"),
    path("theme/<str:name>/<str:version>/<path:path>", site.theme_file, name="theme_file"),
    path("blogroll/", site.blogroll, name="blogroll"),
    path("blogroll.opml", site.opml, name="blogroll_opml"),
    path("speculation-rules.json", site.speculation_rules, name="speculation_rules"),
    path("service-worker.js", site.service_worker, name="service_worker"),
    path("offline/", site.offline, name="offline"),
    # Comments
    path("post/<str:slug>/unlock/", unlock, name="unlock"),
    path("post/<str:slug>/comments/", comments.comments, name="comments"),
    path("post/<str:slug>/comment/", comments.write, name="comment"),
    path("post/<str:slug>/react/", react_by_form, name="react"),
    path("comment/<number:pk>/", comments.place, name="comment-place"),
    path("post/<str:slug>/comments.xml", shared()(CommentFeed()), name="post_comments_feed"),
    path("activities/<number:pk>/comments.xml", shared()(CommentFeed()), name="activity_comments_feed"),
    path("comments/latest/", comments.latest, name="latest_comments"),
    path("comments.xml", shared()(SiteCommentFeed()), name="comments_feed"),
    path("comments/feed/", shared()(RedirectView.as_view(pattern_name="comments_feed", permanent=True))),
    path("moderate/<str:token>/", moderation.decide_by_link, name="decide-by-link"),
    # Search
    path("search/", search.page, name="search"),
    path("search/results/", search.fragment, name="search_results"),
    # Notifications
    path("notifications/stop/<str:token>/", notifications.stop, name="notifications-stop"),
    path("notifications/confirm/<str:token>/", notifications.confirm, name="notifications-confirm"),
    path("notifications/", notifications.mine, name="notifications"),
    path("<path:path>", nothing),
]
api_urlpatterns = [
    *posts.api_urlpatterns,
    path(
        "me/",
        reader_api.Me.as_view(),
        {"parts": [editable, own_reactions, own_subscription, ticket]},
        name="api-me",
    ),
    path("activities/", activities_api.Activities.as_view(), name="api-activities"),
    path("activities/events/", activities_api.Events.as_view(), name="api-activities-events"),
    path("activities/<int:pk>/", activities_api.ActivityDetail.as_view(), name="api-activity"),
    path("posts/<str:slug>/comments/", comments_api.Comments.as_view(), name="api-comments"),
    path("posts/<str:slug>/writing/", reader_api.Writing.as_view(), name="api-writing"),
    path("posts/<str:slug>/people/", reader_api.People.as_view(), name="api-people"),
    path("posts/<str:slug>/events/", Events.as_view(), name="api-events"),
    path("posts/<str:slug>/reactions/", reactions_api.PostReaction.as_view(), name="api-post-reactions"),
    path("comments/<int:pk>/", comments_api.CommentDetail.as_view(), name="api-comment"),
    path("comments/<int:pk>/report/", Reports.as_view(), name="api-report"),
    path("comments/<int:pk>/reactions/", reactions_api.CommentReaction.as_view(), name="api-comment-reactions"),
    path("most-read/", MostRead.as_view(), name="api-most-read"),
    path("search/", Search.as_view(), name="api-search"),
    path("markdown/", reader_api.Markdown.as_view(), name="api-markdown"),
    path("uploads/", media_api.Uploads.as_view(), name="api-uploads"),
    path("uploads/<int:pk>/", media_api.UploadDetail.as_view(), name="api-upload"),
    path("<path:path>", no_endpoint),
]
"""Below `/api/`."""
