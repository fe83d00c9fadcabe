"""The whole site as one ASGI application: `uvicorn frodo.asgi:application`."""

import os

from django import setup

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "frodo.settings")
setup(set_prefix=False)  # before anything that imports models

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402

from blog.background import Background  # noqa: E402
from blog.reading.source import Reading  # noqa: E402
from frodo.files import Files  # noqa: E402
from frodo.handler import Handler  # noqa: E402
from frodo.lifespan import Lifespan  # noqa: E402
from frodo.mysql import expect_answers  # noqa: E402
from frodo.page_cache import PageCache  # noqa: E402
from frodo.routing import websocket_urlpatterns  # noqa: E402
from frodo.threads import OrmThreads  # noqa: E402
from frodo.workers import refuse_to_serve_alone  # noqa: E402

refuse_to_serve_alone()
expect_answers()
# No session is read for a socket that shows what everybody may see; one that needs a user looks itself.
parts = {
    "http": Files(OrmThreads(Handler())),
    "websocket": OrmThreads(AllowedHostsOriginValidator(URLRouter(websocket_urlpatterns))),
}
# Outermost, so that a page that is known passes through nothing else.
application = pages = PageCache(ProtocolTypeRouter(parts), Reading())
parts["lifespan"] = OrmThreads(Lifespan(pages, Background()))
