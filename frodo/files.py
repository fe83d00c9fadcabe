"""Static and media files, sent by the ASGI server without entering Django."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponseRedirect
from servestatic import ServeStaticASGI
from servestatic.storage import CompressedManifestStaticFilesStorage

FOR_EVER = "public, max-age=31536000, immutable"
RANDOM = re.compile(r"(?:uploads/[0-9a-f]{2}|covers/[0-9]{4}/[0-9]{2})/[0-9a-f]{32}(?:-[0-9]+)?\.[a-z]+\Z")
"""Names by which never anything else is found."""


def only_to_look_at(headers, path: str, url: str) -> None:
    """An uploaded file is shown, never run: not as a page, not as a script."""
    if RANDOM.search(url):
        headers["Cache-Control"] = FOR_EVER
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Where files were collected, their names carry a hash of their content; elsewhere they are plain.

    A script's imports are renamed too, one step of the way for each pass.
    """

    support_js_module_import_aggregation = True
    max_post_process_passes = 12

    def stored_name(self, name: str) -> str:
        is_collected = self.hash_key(self.clean_name(urlsplit(name).path)) in self.hashed_files
        return super().stored_name(name) if is_collected else name


class Source(ServeStaticASGI):
    """Static files from where they are written."""

    def candidate_paths_for_url(self, url: str) -> Iterator[str]:
        found = finders.find(url.removeprefix(settings.STATIC_URL))
        if found:
            yield found


class Files:
    """ASGI: `/static/` and `/media/` from disk, all else to `app`."""

    def __init__(self, app) -> None:
        self.app = app
        self.static_url, self.media_url = settings.STATIC_URL, settings.MEDIA_URL  # a setting takes longer than a page
        self.static = Source(None, autorefresh=True)
        if not settings.DEBUG and (settings.STATIC_ROOT / "staticfiles.json").exists():
            self.static = ServeStaticASGI(self.static, root=settings.STATIC_ROOT, prefix=settings.STATIC_URL)
        self.media = (
            self.app
            if not settings.MEDIA_IS_HERE
            else ServeStaticASGI(
                None,
                root=settings.MEDIA_ROOT,
                prefix=settings.MEDIA_URL,
                autorefresh=True,  # files come while we run
                max_age=7 * 24 * 3600,
                add_headers_function=only_to_look_at,
            )
        )

    async def __call__(self, scope, receive, send) -> None:
        path = scope["path"]
        if path.startswith(self.static_url):
            await self.static(scope, receive, send)
        elif path.startswith(self.media_url):
            await self.media(scope, receive, send)
        else:
            await self.app(scope, receive, send)


async def elsewhere(request: HttpRequest, name: str) -> HttpResponseRedirect:
    """An address of ours, from before files were kept in another store."""
    try:
        return HttpResponseRedirect(default_storage.url(name))
    except (SuspiciousOperation, ValueError) as error:
        raise Http404 from error
