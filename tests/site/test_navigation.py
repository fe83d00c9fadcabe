"""Files that browsers ask for besides pages: what to fetch ahead, and the worker for reading offline."""

import json
import re

import pytest
from django.urls import resolve

from frodo.site_settings.models import SiteSettings
from tests.factories import make_post

pytestmark = pytest.mark.django_db


def switch(offline: bool) -> None:
    row = SiteSettings.current()
    row.offline = offline
    row.save()


def test_pages_name_the_rules_and_the_rules_name_pages(client):
    post = make_post(title="A walk", tags=("tea",))

    header = client.get(post.url).headers["Speculation-Rules"]
    answer = client.get(json.loads(header))

    assert answer.headers["Content-Type"] == "application/speculationrules+json"
    rules = json.loads(answer.content)
    assert list(rules) == ["prefetch"]  # a page that is drawn ahead would open a websocket
    links, _no_follow = rules["prefetch"][0]["where"]["and"]
    patterns = [re.compile(re.sub(r":\w+", "[^/]+", path)) for path in links["href_matches"]]
    fetched = lambda path: any(pattern.fullmatch(path) for pattern in patterns)  # noqa: E731
    for path in ("/", post.url, "/tag/tea/", "/tags/", "/archives/", "/page/2/", "/zh-hans/", "/author/ann/"):
        assert fetched(path), path
        assert resolve(path)
    for path in (
        f"{post.url}comment/",
        f"{post.url}comments/",
        "/accounts/sign-in/",
        "/admin/",
        "/search/",
        "/atom.xml",
    ):
        assert not fetched(path), path


def test_without_the_setting_the_worker_removes_itself_and_pages_do_not_name_it(client, transactional_db):
    answer = client.get("/service-worker.js")

    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert "no-cache" in answer.headers["Cache-Control"]
    assert "unregister()" in answer.content.decode()
    assert "data-worker" not in client.get("/").content.decode()


def test_with_the_setting_pages_name_the_worker(client, transactional_db):
    switch(True)

    assert '<html lang="en" data-worker="/service-worker.js">' in client.get("/").content.decode()
    worker = client.get("/service-worker.js").content.decode()
    assert "unregister" not in worker
    assert 'addEventListener("fetch"' in worker
    switch(False)
    assert "unregister()" in client.get("/service-worker.js").content.decode()


def test_the_page_without_a_network_is_in_both_languages_and_no_search_engine_s(client):
    assert '<meta name="robots" content="noindex">' in client.get("/offline/").content.decode()
    assert client.get("/offline/", headers={"accept-language": "zh-CN"}).headers["Content-Language"] == "zh-hans"
