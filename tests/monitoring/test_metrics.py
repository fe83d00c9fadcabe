"""`/metrics` as Prometheus reads it."""

import json
import os
import re
import signal

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.databases import ROOT
from tests.monitoring.scrape import TOKEN, Scrape, scrape
from tests.redis import Redis
from tests.server import Server, until

HTML = {"User-Agent": "Mozilla/5.0", "Accept-Language": "en"}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("server"), METRICS_TOKEN=TOKEN, PAGE_CACHE_MB="16") as server:
        server.run("from tests.factories import make_post; make_post(slug='walk')")
        yield server


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": TOKEN}])
def test_metrics_are_only_for_who_knows_the_token(server, headers):
    assert server.ask("/metrics", **headers)[0] == 404


def test_without_a_token_nobody_reads_them(db, client, settings):
    settings.METRICS_TOKEN = ""

    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_requests_are_counted_by_view_and_cache_state(server):
    before = scrape(server)
    for _ in range(3):
        assert server.ask("/post/walk/", **HTML)[0] == 200
    server.ask("/post/walk/?utm_source=x", **HTML)
    server.ask("/nothing-here/")
    now = scrape(server)

    def more(name: str, **labels: str) -> float:
        return now.value(name, **labels) - before.value(name, **labels)

    n_renders = more("frodo_page_renders_total", view="post")  # more than one if a change came in between
    assert 1 <= n_renders == more("frodo_pages_total", view="post", cache="miss")
    assert more("frodo_pages_total", view="post", cache="hit") == 4 - n_renders >= 1
    assert more("frodo_requests_total", view="post", method="GET", status="200") == n_renders
    # A page of an error is asked for again, too, if a change came in between.
    assert more("frodo_requests_total", method="GET", status="404") >= 1, now.labels("frodo_requests_total")
    assert more("frodo_request_seconds_count", view="post") == n_renders
    assert more("frodo_database_query_seconds_count") > 5
    assert now.value("frodo_page_cache_pages") >= 1
    assert now.value("frodo_page_cache_bytes") > 3000


def test_made_up_methods_are_one_series(server):
    from http.client import HTTPConnection

    for method in ("PURGE", "LOCK"):
        connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
        connection.request(method, "/post/walk/")
        connection.getresponse().read()
        connection.close()

    methods = {labels["method"] for labels in scrape(server).labels("frodo_requests_total")}
    assert "other" in methods
    assert "PURGE" not in methods


def test_a_comment_shows_as_an_event_a_job_and_a_purge(server):
    server.ask("/post/walk/", **HTML)
    before = scrape(server)
    status, _comment = server.ask("/api/posts/walk/comments/", {"text": "Lovely.", "name": "Bob"})
    server.ask("/post/walk/", **HTML)  # it learns of the change now
    now = scrape(server)

    assert status == 201
    assert now.value("frodo_events_total", source="post") == before.value("frodo_events_total", source="post") + 1
    assert now.value("frodo_page_cache_purges_total") > before.value("frodo_page_cache_purges_total")
    done = {"type": "erase_personal_data", "outcome": "done"}  # a scheduled one, which a new server runs at once
    until(lambda: scrape(server).value("frodo_job_runs_total", **done) >= 1, "a job to be counted")
    assert scrape(server).value("frodo_jobs", state="pending") >= 1
    assert now.value("frodo_jobs", state="failed") == 0
    assert now.value("frodo_up", server="database") == 1
    assert now.value("frodo_orm_threads") >= 1


def test_open_sockets_are_counted(server):
    from websockets.sync.client import connect

    post = server.query("SELECT id FROM blog_post WHERE slug = 'walk'")[0][0]
    before = scrape(server)
    with connect(f"ws://127.0.0.1:{server.port}/ws/posts/{post}/", origin=server.url) as line:
        assert json.loads(line.recv())["type"] == "hello"
        assert scrape(server).value("frodo_websockets") == before.value("frodo_websockets") + 1
        server.ask("/api/posts/walk/comments/", {"text": "Heard by one.", "name": "Bob"})
        assert json.loads(line.recv())["type"] == "comment.posted"
        sent = "frodo_websocket_frames_total"
        assert scrape(server).value(sent) == before.value(sent) + 1
    until(lambda: scrape(server).value("frodo_websockets") == before.value("frodo_websockets"), "the socket to leave")


def test_workers_answer_for_one_another_even_when_one_was_killed(tmp_path):
    """By a folder that they share; what a killed process held open is not counted any longer."""
    folder = tmp_path / "metrics"
    folder.mkdir()
    with Redis(tmp_path) as redis:
        shared = {"PROMETHEUS_MULTIPROC_DIR": str(folder), "METRICS_TOKEN": TOKEN, "REDIS_URL": redis.url}
        with Server(tmp_path, "--workers", "2", **shared) as server:
            n = 40
            for _ in range(n):
                assert server.ask("/api/posts/")[0] == 200
            counted = {"view": "api-posts", "method": "GET", "status": "200"}

            def values() -> set[float]:
                """Of whichever of the two is asked."""
                return {scrape(server).value("frodo_requests_total", **counted) for _ in range(10)}

            until(lambda: values() == {n}, "both to have written their numbers")
            pids = {int(path.stem.rpartition("_")[2]) for path in folder.glob("gauge_livesum_*.db")}
            assert len(pids) == 2
            assert scrape(server).value("frodo_up", server="redis") == 1
            until(lambda: scrape(server).value("frodo_orm_threads") >= 2, "both to have written how many threads")

            os.kill(min(pids), signal.SIGKILL)
            until(lambda: not (folder / f"gauge_livesum_{min(pids)}.db").exists() or not scrape(server), "its end")
            assert scrape(server).value("frodo_requests_total", **counted) == n


def test_the_dashboard_and_the_documents_name_the_metrics_that_exist(server):
    families = {family.name for family in text_string_to_metric_families(scrape(server).text)}
    dashboard = json.loads((ROOT / "deploy" / "grafana-dashboard.json").read_text(encoding="utf-8"))
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
    asked = {
        re.sub("_(total|bucket|sum|count)$", "", name)
        for query in queries
        for name in re.findall(r"\b(?:frodo|process)_\w+", query)
    }
    documented = (ROOT / "docs" / "monitoring.md").read_text(encoding="utf-8")

    assert len(asked) > 15
    assert asked - families == set()
    assert [name for name in sorted(families) if name.startswith("frodo_") and f"`{name}`" not in documented] == []


def test_scraping_reads_what_it_should():
    """The test's own reader."""
    read = Scrape('# TYPE a counter\na_total{x="1"} 2.0\na_total{x="2"} 3.0\n')

    assert read.value("a_total", x="2") == 3
    assert read.value("a_total", x="9") == 0
