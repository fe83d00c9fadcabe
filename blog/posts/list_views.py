"""Lists of posts for readers: home, tags, topics, authors, archives."""

from datetime import date
from functools import lru_cache, partial
from itertools import groupby

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import aget_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext

from blog.posts import querysets
from blog.posts.counts import Counts, cloud_weight, count_months, counts, find_author, with_posts
from blog.posts.models import Post, Redirect, Tag, Topic
from blog.site.pagination import names_first_page, take_page
from blog.site.structured_data import author_structured_data
from frodo.page_cache import shared
from frodo.site_frame import render_page, site_root

LINKS_PER_PAGE = 50
"""Posts per archive page."""


@shared("p", "page_id")
async def home(request: HttpRequest, number: int = 1, language: str = "") -> HttpResponse:
    """Posts in all languages, or in one."""
    if names_first_page(request):
        return HttpResponsePermanentRedirect(url_in(language, "home"))
    if url := await plain_permalink(request):
        return HttpResponsePermanentRedirect(url)
    loaded: list[Counts] = []

    def count() -> int:
        """Called in the thread that loads the rows, so that the counts need no hop of their own."""
        loaded.append(counts())
        return sum(loaded[0].years.get(language, {}).values())

    found = Post.objects.published().in_language(language).pinned_first().for_list()
    rows, page = await take_page(found, number, partial(home_url, language), count=count)
    [totals] = loaded
    if language and language not in totals.languages:
        raise Http404
    posts = await Post.to_dicts(rows, querysets.CARD, native=True)
    context = {"posts": posts, "page": page, **language_context("home", language, totals)}
    return await render_page(request, "posts/home.html", context)


def url_in(language: str, name: str, **kwargs: object) -> str:
    """The URL of a list of posts in all languages, or in one."""
    return (
        reverse(f"language_{name}", kwargs={**kwargs, "language": language})
        if language
        else reverse(name, kwargs=kwargs)
    )


def language_context(name: str, language: str, totals: Counts) -> dict:
    """Links to the list in each language, where posts are in several."""
    codes = totals.languages if len(totals.languages) > 1 else []
    names = dict(settings.LANGUAGES)
    return {
        "language": language,
        "language_name": names.get(language, ""),
        "list_languages": [(code, names[code], url_in(code, name)) for code in codes],
        "mixed_url": reverse(name),
    }


async def plain_permalink(request: HttpRequest) -> str | None:
    """Where WordPress's `/?p=12` of an imported post leads."""
    for name in ("p", "page_id"):
        number = request.GET.get(name, "")
        found = await sync_to_async(Redirect.objects.match)(f"/?{name}={number}") if number.isdecimal() else None
        if found and not found[0].path.endswith("*"):
            return found[1]
    return None


def home_url(language: str, number: int) -> str:
    return url_in(language, "home") if number == 1 else url_in(language, "home_page", number=number)


@shared(shows_comments=False)
async def tags(request: HttpRequest) -> HttpResponse:
    found = await Tag.to_dicts(await sync_to_async(with_posts)(Tag))
    most = max((each["n_posts"] for each in found), default=1)
    for each in found:
        each["weight"] = cloud_weight(each["n_posts"], most)
    return await render_page(request, "posts/tags.html", {"tags": found}, in_thread=True)


@shared()
async def tag(request: HttpRequest, slug: str, number: int = 1) -> HttpResponse:
    taxonomy = await aget_object_or_404(Tag.objects.visible(), slug=slug)

    def page_url(n: int) -> str:
        return reverse("tag", args=[slug]) if n == 1 else reverse("tag_page", args=[slug, n])

    if names_first_page(request):
        return HttpResponsePermanentRedirect(page_url(1))
    n = (await sync_to_async(counts)()).tags[taxonomy.pk]
    rows, page = await take_page(
        Post.objects.published().tagged(taxonomy).newest().for_list(), number, page_url, count=lambda: n
    )
    posts = await Post.to_dicts(rows, querysets.CARD, native=True)
    return await render_page(request, "posts/tag.html", {"tag": taxonomy, "posts": posts, "page": page})


@shared(shows_comments=False)
async def topics(request: HttpRequest) -> HttpResponse:
    found = await Topic.to_dicts(await sync_to_async(with_posts)(Topic))
    return await render_page(request, "posts/topics.html", {"topics": found}, in_thread=True)


@shared()
async def topic(request: HttpRequest, slug: str) -> HttpResponse:
    taxonomy = await aget_object_or_404(Topic.objects.visible(), slug=slug)
    posts = await Post.to_dicts(Post.objects.published().in_topic(taxonomy).for_list(), querysets.CARD, native=True)
    return await render_page(request, "posts/topic.html", {"topic": taxonomy, "posts": posts}, in_thread=True)


@shared()
async def author(request: HttpRequest, name: str, number: int = 1) -> HttpResponse:
    """What somebody wrote, and who that is."""
    user = await sync_to_async(find_author)(name)
    if user is None:
        raise Http404

    def page_url(n: int) -> str:
        return reverse("author", args=[name]) if n == 1 else reverse("author_page", args=[name, n])

    if names_first_page(request):
        return HttpResponsePermanentRedirect(page_url(1))
    found = Post.objects.published().by_author(user).newest().for_list()
    rows, page = await take_page(found, number, page_url)
    context = {
        "author": user,
        "posts": await Post.to_dicts(rows, querysets.CARD, native=True),
        "page": page,
        "json_ld": author_structured_data(user, site_root(request) + reverse("author", args=[name])),
    }
    return await render_page(request, "posts/author.html", context)


@shared(shows_comments=False)
async def archive_month(
    request: HttpRequest, year: int, month: int, number: int = 1, language: str = ""
) -> HttpResponse:
    totals = await sync_to_async(counts)()
    if not 1 <= month <= 12 or year not in totals.years.get(language, {}):
        raise Http404
    listed = Post.objects.published().in_language(language).newest().for_links().in_month(year, month)
    page_url = partial(month_url, language, year, month)
    rows, page = await take_page(listed, number, page_url, LINKS_PER_PAGE)
    if not page.n_objects:
        raise Http404
    if names_first_page(request):
        return HttpResponsePermanentRedirect(page_url(1))
    context = {
        "years": [(year, "", await with_days(rows))],
        "year": year,
        "month": date_format(date(year, month, 1), "YEAR_MONTH_FORMAT"),
        "page": page,
        "archives_url": url_in(language, "archives"),
        "year_url": archive_url(language, year),
        **language_context("archives", language, totals),
    }
    return await render_page(request, "posts/archives.html", context, in_thread=True)


def month_url(language: str, year: int, month: int, number: int = 1) -> str:
    if number == 1:
        return url_in(language, "archive_month", year=year, month=month)
    return url_in(language, "archive_month_page", year=year, month=month, number=number)


async def with_days(rows: QuerySet | list) -> list[dict]:
    """Links to posts, each with its day in the site's time zone."""
    found = await Post.to_dicts(rows, querysets.LINK, native=True)
    zone, interface_language = timezone.get_current_timezone(), get_language()
    for post in found:
        post["date"] = post["published_at"].astimezone(zone).date()
        post["day"] = day_of_year(post["date"], interface_language)
    return found


@shared(shows_comments=False)
async def archives(request: HttpRequest, year: int | None = None, number: int = 1, language: str = "") -> HttpResponse:
    """All years with their post counts, and the posts of one year or the latest that fit on a page."""
    totals = await sync_to_async(counts)()
    if language and language not in totals.languages:
        raise Http404
    n_by_year = totals.years[language]
    if year is not None and year not in n_by_year:
        raise Http404
    if year is not None and names_first_page(request):
        return HttpResponsePermanentRedirect(url_in(language, "archive_year", year=year))
    shown_years = latest_years(n_by_year) if year is None else [year]
    listed = Post.objects.published().in_language(language).newest().for_links()
    rows: QuerySet | list = listed
    page = None
    if len(shown_years) == 1:
        year_shown = shown_years[0]
        rows, page = await take_page(
            listed.in_year(year_shown),
            number,
            partial(archive_url, language, year_shown),
            LINKS_PER_PAGE,
            count=lambda: n_by_year[year_shown],
        )
    found = await with_days(rows[:LINKS_PER_PAGE] if page is None else rows)
    months = {} if year is None else await sync_to_async(count_months)(language, year)
    by_year = groupby(found, key=lambda post: post["date"].year)
    url_of_year = partial(archive_url, language)
    context = {
        "years": [(each, url_of_year(each), list(posts)) for each, posts in by_year if each in shown_years],
        "year": year,
        "n_by_year": [(each, url_of_year(each), count, each == year) for each, count in n_by_year.items()],
        "months": [
            (date_format(date(year or 1, each, 1), "F"), month_url(language, year or 1, each), count)
            for each, count in months.items()
        ],
        "page": page,
        "archives_url": url_in(language, "archives"),
        **language_context("archives", language, totals),
    }
    return await render_page(request, "posts/archives.html", context, in_thread=True)


@lru_cache(maxsize=10_000)
def day_of_year(day: date, language: str) -> str:
    """Localised day and month, cached because formatting dates is slow."""
    return date_format(day, pgettext("date format: a day of a known year", "F j"))


def latest_years(n_by_year: dict[int, int]) -> list[int]:
    """The latest year, and previous ones as far as they fit on a page."""
    found: list[int] = []
    n_posts = 0
    for year, n in n_by_year.items():
        n_posts += n
        if found and n_posts > LINKS_PER_PAGE:
            break
        found.append(year)
    return found


def archive_url(language: str, year: int, number: int = 1) -> str:
    if number == 1:
        return url_in(language, "archive_year", year=year)
    return url_in(language, "archive_year_page", year=year, number=number)
