from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.views.decorators.http import require_safe

from accounts import avatars

FOR_EVER = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-site",
}


@require_safe
async def avatar(request: HttpRequest, key: str) -> HttpResponse:
    """A pure function of its address, which is its ETag, too."""
    etag = f'"{key}"'
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponseNotModified(headers={"ETag": etag, **FOR_EVER})
    return HttpResponse(avatars.draw(key), content_type="image/svg+xml", headers={"ETag": etag, **FOR_EVER})
