"""New and changed posts are announced by IndexNow and WebSub: to a fake search engine and a fake hub."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from django.core.management import call_command
from django.utils import timezone

from frodo.jobs import Job
from tests.factories import make_activity, make_page, make_post
from tests.http_client.hosts import Host, says
from tests.site.test_site_settings import page_of, save  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db(transaction=True)

KEY = "a-key-of-mine-123"


@pytest.fixture
def host(settings):
    """Answers as IndexNow and hubs do; `host.answers` may be changed."""
    settings.SITE_URL = "https://blog.example"
    settings.HTTP_CLIENT_ALLOW, settings.HTTP_CLIENT_PAUSE = ["127.0.0.1/32"], 0
    with Host() as host:
        yield host


@pytest.fixture
def index(host, settings):
    settings.INDEXNOW_KEY, settings.INDEXNOW_URL = KEY, f"{host.url}/indexnow"
    host.respond = lambda status: host.answers.update({path_of("walk"): says(status, "Content-Length: 0")})
    host.respond("200 OK")
    return host


def path_of(slug: str) -> str:
    here = "https%3A%2F%2Fblog.example%2F"
    return f"/indexnow?url={here}post%2F{slug}%2F&key={KEY}&keyLocation={here}indexnow.txt"


@pytest.fixture
def hub(host, settings):
    settings.WEBSUB_HUB = f"{host.url}/hub"
    host.answers["/hub"] = says("204 No Content")
    return host


def run(*types: str) -> None:
    call_command("run_jobs", "--batch", *(types or ("submit_to_indexnow", "ping_websub_hub")))


def test_search_engines_are_told_of_a_post_once_for_each_change(index):
    post = make_post(title="Walk")
    post.save()
    run()
    assert len(index.heard) == 1
    query = parse_qs(urlsplit(index.heard[0].split()[1].decode()).query)
    assert query == {
        "url": ["https://blog.example/post/walk/"],
        "key": [KEY],
        "keyLocation": ["https://blog.example/indexnow.txt"],
    }

    post.text = "Changed."
    post.save()
    run()

    assert len(index.heard) == 2


def test_the_key_is_where_search_engines_look_for_it(index, client, settings):
    assert client.get("/indexnow.txt", headers={"host": "localhost"}).content.decode() == KEY

    settings.INDEXNOW_KEY = ""

    assert client.get("/indexnow.txt", headers={"host": "localhost"}).status_code == 404


@pytest.mark.parametrize("status", ["200 OK", "202 Accepted"])
def test_what_was_accepted_is_done(index, status):
    index.respond(status)
    make_post(title="Walk")

    run()

    assert not Job.objects.filter(type="submit_to_indexnow").exists()


@pytest.mark.parametrize(("status", "state"), [("403 Forbidden", "failed"), ("503 Away", "pending")])
def test_what_was_refused_is_tried_again_only_where_that_may_help(index, status, state):
    index.respond(status)
    make_post(title="Walk")

    run()

    job = Job.objects.get(type="submit_to_indexnow")
    assert job.state == state
    assert status[:3] in job.error


def test_a_draft_and_what_is_no_post_are_told_to_nobody(index, hub):
    make_post(title="Walk", status="draft")
    make_page()
    make_activity()

    run()

    assert index.heard == []
    assert not Job.objects.filter(type__in=["submit_to_indexnow", "ping_websub_hub"]).exists()


def test_a_scheduled_post_is_told_when_its_time_has_come(index):
    post = make_post(title="Walk", published_at=timezone.now() + timedelta(days=2))
    run()
    assert index.heard == []
    job = Job.objects.get(type="submit_to_indexnow")
    assert job.available_at == post.published_at

    post.published_at = timezone.now() - timedelta(minutes=1)
    post.save()
    run()

    assert len(index.heard) == 1


def test_a_post_that_was_withdrawn_meanwhile_is_not_told(index):
    post = make_post(title="Walk")
    post.status = "draft"
    post.save()

    run()

    assert index.heard == []


def test_the_hub_is_told_which_feeds_have_changed(hub):
    make_post(title="Walk")

    run()

    head, _empty, body = hub.heard[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /hub ")
    assert b"Content-Type: application/x-www-form-urlencoded" in head
    urls = [f"https://blog.example/{feed}" for feed in ("atom.xml", "rss.xml", "feed.json")]
    assert parse_qs(body.decode()) == {"hub.mode": ["publish"], "hub.url": urls}
    assert not Job.objects.filter(type="ping_websub_hub").exists()


def test_feeds_name_the_hub(hub, client, settings):
    make_post(title="Walk", tags=("tea",))

    atom = ElementTree.fromstring(client.get("/atom.xml").content)
    rss = ElementTree.fromstring(client.get("/rss.xml").content)

    links = [*atom.iter("{http://www.w3.org/2005/Atom}link"), *rss.iter("{http://www.w3.org/2005/Atom}link")]
    assert [link.get("href") for link in links if link.get("rel") == "hub"] == [settings.WEBSUB_HUB] * 2
    assert client.get("/feed.json").json()["hubs"] == [{"type": "WebSub", "url": settings.WEBSUB_HUB}]
    assert settings.WEBSUB_HUB not in client.get("/tag/tea/atom.xml").content.decode()


def test_a_hub_inside_our_network_is_not_asked(hub, settings):
    settings.HTTP_CLIENT_ALLOW = []
    make_post(title="Walk")

    run()

    assert hub.heard == []
    assert Job.objects.get(type="ping_websub_hub").state == "failed"


def test_without_settings_nobody_is_told(client):
    make_post(title="Walk")

    assert not Job.objects.filter(type__in=["submit_to_indexnow", "ping_websub_hub"]).exists()
    assert "hub" not in client.get("/atom.xml").content.decode()
    assert "hubs" not in client.get("/feed.json").json()


def test_language_models_are_given_a_list_where_the_author_wants_it(save, client):  # noqa: F811
    make_post(title="Tea [green]", text="First sentence.")
    make_post(title="Secret", status="draft")
    make_page(title="About")
    assert client.get("/llms.txt").status_code == 404

    save(llms_txt="on", name="Leaves", description="On tea.")

    text = page_of(client, "/llms.txt")
    assert text.startswith("# Leaves\n\n> On tea.\n\n## Posts\n")
    assert "- [Tea (green)](http://testserver/post/tea-green/): First sentence." in text
    assert "- [About](http://testserver/p/about/): Who we are." in text
    assert "Secret" not in text
