from django.urls import path

from blog.activities import api, feeds, views
from frodo.page_cache import shared

urlpatterns = [
    path("activities/", views.activities, name="activities"),
    path("activities/page/<int:number>/", views.activities, name="activities_page"),
    path("activities/atom.xml", shared()(feeds.Atom()), name="activities_atom"),
    path("activities/rss.xml", shared()(feeds.Rss()), name="activities_rss"),
    path("activities/feed.json", feeds.json_feed, name="activities_json_feed"),
    path("api/activities/", api.Activities.as_view(), name="api-activities"),
    path("api/activities/events/", api.Events.as_view(), name="api-activities-events"),
    path("api/activities/<int:pk>/", api.OneActivity.as_view(), name="api-activity"),
]
