"""The QR code of a post's URL, for phones and WeChat."""

from itertools import groupby

import qrcode
from django.http import Http404, HttpRequest, HttpResponse

from blog.posts.models import Post
from frodo.page_cache import shared
from frodo.site_frame import site_root

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {n} {n}" shape-rendering="crispEdges">'
    '<path fill="#fff" d="M0 0h{n}v{n}H0z"/><path d="{path}"/></svg>'
)


@shared(shows_comments=False)
async def post_qr(request: HttpRequest, slug: str) -> HttpResponse:
    post = await Post.objects.open_to_all().for_links().filter(slug=slug).afirst()
    if post is None:
        raise Http404
    return HttpResponse(draw(site_root(request) + post.url), content_type="image/svg+xml")


def draw(url: str) -> str:
    """An SVG with the quiet zone of four modules that ISO/IEC 18004 asks for."""
    code = qrcode.QRCode(border=4)
    code.add_data(url)
    matrix, path = code.get_matrix(), []
    for y, row in enumerate(matrix):
        x = 0
        for is_dark, run in groupby(row):
            length = len(list(run))
            if is_dark:
                path.append(f"M{x} {y}h{length}v1h-{length}z")
            x += length
    return SVG.format(n=len(matrix), path="".join(path))
