from django.contrib.sitemaps.views import sitemap
from django.urls import path

from blog.posts import api, feeds, views
from blog.posts.robots import robots
from blog.posts.sitemaps import sitemaps
from frodo.page_cache import shared


def feed_patterns(prefix: str, name: str, **kwargs) -> list:
    """The three feeds under one address."""
    return [
        path(f"{prefix}atom.xml", shared()(feeds.Atom()), kwargs, name=f"{name}atom"),
        path(f"{prefix}rss.xml", shared()(feeds.Rss()), kwargs, name=f"{name}rss"),
        path(f"{prefix}feed.json", feeds.json_feed, kwargs, name=f"{name}json_feed"),
    ]


urlpatterns = [
    path("", views.home, name="home"),
    path("page/<int:number>/", views.home, name="home_page"),
    path("p/<str:slug>/", views.page, name="page"),
    path("tags/", views.tags, name="tags"),
    path("tag/<str:slug>/", views.tag, name="tag"),
    path("tag/<str:slug>/page/<int:number>/", views.tag, name="tag_page"),
    path("topics/", views.topics, name="topics"),
    path("topic/<str:slug>/", views.topic, name="topic"),
    path("archives/", views.archives, name="archives"),
    path("archives/<int:year>/", views.archives, name="archive_year"),
    path("search/", views.search, name="search"),
    path("api/posts/", api.Posts.as_view(), name="api-posts"),
    path("api/posts/<str:slug>/", api.OnePost.as_view(), name="api-post"),
    path("api/pages/", api.Pages.as_view(), name="api-pages"),
    path("api/pages/<str:slug>/", api.OnePage.as_view(), name="api-page"),
    path("api/tags/", api.Tags.as_view(), name="api-tags"),
    path("api/tags/<str:slug>/", api.OneTag.as_view(), name="api-tag"),
    path("api/topics/", api.Topics.as_view(), name="api-topics"),
    path("api/topics/<str:slug>/", api.OneTopic.as_view(), name="api-topic"),
    path("api/search/", api.Search.as_view(), name="api-search"),
    *feed_patterns("", ""),
    *feed_patterns("tag/<str:slug>/", "tag_", shelf="tag"),
    *feed_patterns("topic/<str:slug>/", "topic_", shelf="topic"),
    path("sitemap.xml", shared()(sitemap), {"sitemaps": sitemaps}, name="sitemap"),
    path("robots.txt", robots, name="robots"),
]
