from typing import Any

from django.conf import settings
from django.urls import include, path

from blog.posts import api, feeds, list_views, views
from blog.posts.announcements import indexnow_key
from blog.posts.preview import shared_preview
from blog.posts.qr_codes import post_qr
from blog.posts.sitemaps import favicon, llms, robots, sitemap, sitemap_section
from frodo.page_cache import shared

atom, rss = shared(shows_comments=False)(feeds.Atom()), shared(shows_comments=False)(feeds.Rss())


def usual_feed_urls(name: str, **kwargs: Any) -> list:
    """Usual feed URLs of WordPress, Jekyll, Hexo and Hugo."""
    usual = {
        "atom": ("feed/", "feed/atom/", "feed.xml", "atom/"),
        "rss": ("rss/", "feed/rss/", "rss2.xml", "index.xml"),
    }
    return [path(url, feeds.usual_url, {"feed": name + kind, **kwargs}) for kind, urls in usual.items() for url in urls]


def feed_patterns(name: str, **kwargs: Any) -> list:
    """The three feeds of a list."""
    return [
        path("atom.xml", atom, kwargs, name=f"{name}atom"),
        path("rss.xml", rss, kwargs, name=f"{name}rss"),
        path("feed.json", feeds.json_feed, kwargs, name=f"{name}json_feed"),
        *usual_feed_urls(name, **kwargs),
    ]


def list_patterns(name: str, **kwargs: Any) -> list:
    """Home and archives."""
    year, month = "archives/<number:year>/", "archives/<number:year>/<number:month>/"
    return [
        path("", list_views.home, kwargs, name=f"{name}home"),
        path("page/<number:number>/", list_views.home, kwargs, name=f"{name}home_page"),
        path("archives/", list_views.archives, kwargs, name=f"{name}archives"),
        path(year, list_views.archives, kwargs, name=f"{name}archive_year"),
        path(f"{year}page/<number:number>/", list_views.archives, kwargs, name=f"{name}archive_year_page"),
        path(month, list_views.archive_month, kwargs, name=f"{name}archive_month"),
        path(f"{month}page/<number:number>/", list_views.archive_month, kwargs, name=f"{name}archive_month_page"),
    ]


def language_patterns() -> list:
    """Home, archives and feeds of the posts in one language, below `/en/` and the like."""
    return [
        path(f"{code}/", include(patterns("language_", language=code)))
        for code, _name in settings.LANGUAGES
        for patterns in (list_patterns, feed_patterns)
    ]


urlpatterns = [
    *list_patterns(""),
    path("preview/<str:token>/", shared_preview, name="shared_preview"),
    path("p/<str:slug>/", views.page, name="page"),
    path("post/<str:slug>/qr.svg", post_qr, name="post_qr"),
    path("tags/", list_views.tags, name="tags"),
    path("tag/<str:slug>/", list_views.tag, name="tag"),
    path("tag/<str:slug>/page/<number:number>/", list_views.tag, name="tag_page"),
    path("author/<str:name>/", list_views.author, name="author"),
    path("author/<str:name>/page/<number:number>/", list_views.author, name="author_page"),
    path("topics/", list_views.topics, name="topics"),
    path("topic/<str:slug>/", list_views.topic, name="topic"),
    *language_patterns(),
    *feed_patterns(""),
    path("tag/<str:slug>/", include(feed_patterns("tag_", taxonomy="tag"))),
    path("topic/<str:slug>/", include(feed_patterns("topic_", taxonomy="topic"))),
    path("author/<str:slug>/", include(feed_patterns("author_", taxonomy="author"))),
    path("sitemap.xml", shared(shows_comments=False)(sitemap), name="sitemap"),
    path("sitemap-<slug:section>.xml", shared("p", shows_comments=False)(sitemap_section), name="sitemap_section"),
    path("robots.txt", robots, name="robots"),
    path("llms.txt", llms, name="llms"),
    path("indexnow.txt", indexnow_key, name="indexnow_key"),
    path("favicon.ico", favicon, name="favicon"),
]
api_urlpatterns = [
    path("posts/", api.Posts.as_view(), name="api-posts"),
    path("posts/<str:slug>/", api.PostDetail.as_view(), name="api-post"),
    path("posts/<str:slug>/entries/", api.LiveEntries.as_view(), name="api-live-entries"),
    path("posts/<str:slug>/entries/<int:pk>/", api.LiveEntryDetail.as_view(), name="api-live-entry"),
    path("pages/", api.Pages.as_view(), name="api-pages"),
    path("pages/<str:slug>/", api.PageDetail.as_view(), name="api-page"),
    path("tags/", api.Tags.as_view(), name="api-tags"),
    path("tags/<str:slug>/", api.TagDetail.as_view(), name="api-tag"),
    path("topics/", api.Topics.as_view(), name="api-topics"),
    path("topics/<str:slug>/", api.TopicDetail.as_view(), name="api-topic"),
]
"""Below `/api/`."""
