from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from blog.context import site_root
from frodo.page_cache import shared


@shared()
async def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        f"Disallow: {reverse('admin:index')}",
        f"Disallow: {reverse('search')}",
        "Disallow: /api/",
        f"Sitemap: {site_root(request)}{reverse('sitemap')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
