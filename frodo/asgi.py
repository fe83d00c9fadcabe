"""The whole site as one ASGI application: `uvicorn frodo.asgi:application`."""

import os
from collections.abc import Callable
from functools import partial
from typing import Any, cast

from django import setup
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "frodo.settings")
try:
    setup(set_prefix=False)  # before anything that imports models
except ImproperlyConfigured as error:
    from frodo.startup import exit_with

    exit_with([str(error)])

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.urls import re_path

from blog.activities.events import ROOM as ACTIVITIES
from blog.activities.events import activity_events
from blog.events import consumers as events
from blog.moderation import consumers as moderation
from blog.posts import consumers as posts
from blog.posts.document_consumers import document
from blog.posts.page_cache_source import PageCacheSource
from blog.posts.redirects.usage import UrlUsage
from blog.search.indexer import Indexer
from frodo.asgi_types import ASGIApp
from frodo.channel_layer import sender
from frodo.database_limits import expect_answers
from frodo.files import Files
from frodo.jobs.worker import Worker
from frodo.lifespan import Lifespan
from frodo.metrics import MetricsSampler
from frodo.orm_threads import OrmThreads, take_over_connections
from frodo.page_cache import PageCache
from frodo.request_context import Observed
from frodo.request_limits import RequestLimits
from frodo.site_settings import SettingsLoader
from frodo.startup import refuse_if_misconfigured
from frodo.telemetry import traced

refuse_if_misconfigured()
expect_answers()
if settings.ORM_THREADS:
    take_over_connections()
SLOW = ("/accounts/with/", "/accounts/")
"""Paths below which mail servers and providers of sign-in are waited for."""
websocket = cast(Callable[..., Any], re_path)  # its stub knows views of HTTP only
websocket_urlpatterns: list[Any] = [
    websocket(r"^ws/posts/(?P<pk>[0-9]{1,18})/$", posts.posts),
    websocket(r"^ws/activities/$", partial(events.listen_to, activity_events, ACTIVITIES)),
    websocket(r"^ws/documents/(?P<kind>post|page)/(?P<pk>[0-9]{1,18})/$", document),
    websocket(r"^ws/moderation/$", moderation.queue),
    websocket(r"", events.not_found),
]
# No session is read for a socket that shows what everybody may see; one that needs a user looks itself.
parts = {
    "http": Files(Observed(traced(OrmThreads(RequestLimits(get_asgi_application()), slow=SLOW)))),
    "websocket": OrmThreads(cast(ASGIApp, AllowedHostsOriginValidator(URLRouter(websocket_urlpatterns)))),
}
# Outermost, so that a page that is known passes through nothing else.
application = pages = PageCache(cast(ASGIApp, ProtocolTypeRouter(parts)), PageCacheSource())
lifespan = Lifespan(MetricsSampler(), SettingsLoader(), sender, pages, UrlUsage(), Worker(), Indexer())
parts["lifespan"] = OrmThreads(lifespan)
