"""The W3C's feed validator would find nothing in any feed: neither errors nor warnings (feed_rules.py)."""

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from blog.models import Activity, Post
from tests.markdown.shared import corpus
from tests.markdown.test_structure import FOLDERS
from tests.posts.feed_rules import atom_faults, json_feed_faults, rss_faults
from tests.site.every_kind_of_page import fill
from tests.site.test_site_settings import save  # noqa: F401

pytestmark = pytest.mark.django_db

ROOT = "https://blog.example"


@pytest.fixture(autouse=True)
def _a_site(settings, tmp_path):
    settings.SITE_URL, settings.MEDIA_ROOT = ROOT, tmp_path
    settings.ALLOWED_HOSTS = ["*"]


def fill_until_now(language: str) -> None:
    """A post of `fill` was updated in two days; feeds that say so are warned of."""
    fill(language)
    Post.threads.filter(updated_at__gt=timezone.now()).update(updated_at=timezone.now())


def prefixes() -> list[str]:
    """What the three kinds of feeds of posts stand below."""
    post = Post.objects.filter(topic__isnull=False, tags__isnull=False).first()
    names = [reverse("author", args=[post.author.username]), post.topic.url, *(tag.url for tag in post.tags.all())]
    return ["/", "/en/", "/zh-hans/", *names]


def faults(client, path: str) -> list[str]:
    kind = path.rpartition("/")[2]
    judge = {"rss.xml": rss_faults, "feed.json": json_feed_faults}.get(kind, atom_faults)
    answer = client.get(path)
    assert answer.status_code == 200, path
    return [f"{path}: {fault}" for fault in judge(answer, ROOT + path)]


def all_faults(client) -> list[str]:
    paths = [prefix + name for prefix in [*prefixes(), "/activities/"] for name in ("atom.xml", "rss.xml", "feed.json")]
    threads = [Post.objects.filter(n_comments__gt=0).first().url, Activity.objects.filter(n_comments__gt=0).first().url]
    paths += ["/comments.xml", *(f"{url}comments.xml" for url in threads)]
    return [fault for path in paths for fault in faults(client, path)]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_feeds_of_every_kind(client, settings, language):
    settings.WEBSUB_HUB = "https://hub.example/"
    fill_until_now(language)

    assert all_faults(client) == []


def test_feeds_of_summaries(client, save):  # noqa: F811
    save(feed_summaries="on")
    fill_until_now("en")

    assert all_faults(client) == []


def test_feeds_of_an_empty_blog(client):
    for path in ("/atom.xml", "/rss.xml", "/feed.json", "/activities/atom.xml", "/activities/rss.xml", "/comments.xml"):
        assert faults(client, path) == []


@pytest.mark.quality
@pytest.mark.parametrize("folder", FOLDERS)
def test_feeds_of_the_blogs_of_others(client, settings, ann, folder):
    settings.POSTS_PER_FEED = 1000
    call_command("import_blog", corpus(folder), author="ann", verbosity=0)

    assert [fault for name in ("atom.xml", "rss.xml", "feed.json") for fault in faults(client, f"/{name}")] == []
