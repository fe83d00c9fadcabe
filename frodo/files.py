"""Static and media files, served by ASGI without entering Django."""

import re
from collections.abc import Iterator, MutableMapping
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.utils._os import safe_join
from servestatic import ServeStaticASGI
from servestatic.storage import CompressedManifestStaticFilesStorage

from frodo.asgi_types import ASGIApp, Receive, Scope, Send

FOR_EVER = "public, max-age=31536000, immutable"
RANDOM = re.compile(r"(?:uploads/[0-9a-f]{2}|covers/[0-9]{4}/[0-9]{2})/[0-9a-f]{32}(?:-[0-9]+)?\.[a-z]+\Z")
"""Names that are never used for another content, so browsers may cache the files for ever."""


def only_to_look_at(headers: MutableMapping[str, str], path: str, url: str) -> None:
    """Headers of uploaded files: shown, never executed as a page or script."""
    if RANDOM.search(url):
        headers["Cache-Control"] = FOR_EVER
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    headers["Cross-Origin-Resource-Policy"] = "cross-origin"  # feed readers and others show pictures


def as_a_page(headers: MutableMapping[str, str], path: str, url: str) -> None:
    """Security headers of a static file that is opened by itself, such as an SVG."""
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Content-Security-Policy"] = settings.CONTENT_SECURITY_POLICY
    headers["Permissions-Policy"] = settings.PERMISSIONS_POLICY
    headers["Cross-Origin-Resource-Policy"] = "same-origin"


async def no_file(scope: Scope, receive: Receive, send: Send) -> None:
    headers: dict[str, str] = {}
    as_a_page(headers, "", "")
    lines = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    lines += [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"9")]
    await send({"type": "http.response.start", "status": 404, "headers": lines})
    await send({"type": "http.response.body", "body": b"Not Found"})


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
    """Static files from where they are written; or collected since this process started, by the next version."""

    def candidate_paths_for_url(self, url: str) -> Iterator[str]:
        name = url.removeprefix(settings.STATIC_URL)
        found = finders.find(name)
        if found:
            yield found
        elif not settings.DEBUG:
            yield safe_join(settings.STATIC_ROOT, name)


class Files:
    """ASGI: `/static/` and `/media/` from disk, all else to `app`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.static_url, self.media_url = settings.STATIC_URL, settings.MEDIA_URL  # a setting takes longer than a page
        self.static = Source(no_file, autorefresh=True, add_headers_function=as_a_page)
        if not settings.DEBUG and (settings.STATIC_ROOT / "staticfiles.json").exists():
            self.static = ServeStaticASGI(
                self.static,
                root=settings.STATIC_ROOT,
                prefix=settings.STATIC_URL,
                add_headers_function=as_a_page,
            )
        self.media_host = (urlsplit(settings.MEDIA_PUBLIC_URL).hostname or "").encode()
        self.media = (
            self.app
            if not settings.MEDIA_IS_LOCAL
            else ServeStaticASGI(
                no_file,
                root=settings.MEDIA_ROOT,
                prefix=settings.MEDIA_URL,
                autorefresh=True,  # files come while we run
                max_age=7 * 24 * 3600,
                add_headers_function=only_to_look_at,
            )
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path.startswith(self.static_url):
            await self.static(scope, receive, send)
        elif path.startswith(self.media_url) and (not self.media_host or host_of(scope) == self.media_host):
            await self.media(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def host_of(scope: Scope) -> bytes:
    """The host that was asked, without the port."""
    header = next((value for name, value in scope["headers"] if name == b"host"), b"")
    return header.partition(b":")[0].lower()


async def elsewhere(request: HttpRequest, name: str) -> HttpResponseRedirect:
    """Redirect from a media URL of the pages' host to the host or S3 store of the files."""
    try:
        return HttpResponseRedirect(default_storage.url(name))
    except (SuspiciousOperation, ValueError) as error:
        raise Http404 from error
