"""Traces, error reports, Server-Timing and readiness, as those who receive them see them."""

import json
import re
import subprocess
import sys

import pytest

from tests.databases import ROOT
from tests.monitoring.collector import Collector
from tests.operation.test_settings import refusal
from tests.redis import Redis
from tests.server import Server, until

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def test_a_request_and_its_queries_are_spans_of_the_trace_that_the_proxy_began(tmp_path):
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    def spans() -> dict:
        exports = [ExportTraceServiceRequest.FromString(body) for path, body in collector.received if "trace" in path]
        scopes = [scope for export in exports for resource in export.resource_spans for scope in resource.scope_spans]
        return {span.name: span for scope in scopes for span in scope.spans if span.trace_id.hex() == TRACE}

    with Collector() as collector:
        options = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{collector.netloc}", "OTEL_BSP_SCHEDULE_DELAY": "100"}
        with Server(tmp_path, **options) as server:
            server.ask("/api/posts/?page_size=3", traceparent=f"00-{TRACE}-00f067aa0ba902b7-01")
            found = until(lambda: "GET api-posts" in spans() and spans(), "the trace")

    assert found["GET api-posts"].parent_span_id.hex() == "00f067aa0ba902b7"
    query = found["SELECT"]
    assert query.parent_span_id == found["GET api-posts"].span_id
    text = {attribute.key: attribute.value.string_value for attribute in query.attributes}["db.query.text"]
    assert "%s" in text or "WHERE" not in text


def test_an_error_is_reported_without_what_is_personal(tmp_path):
    with Collector() as collector:
        code = (
            "import django, logging; django.setup()\n"
            "secret = 'a-secret-value'\n"
            "try: raise LookupError('a rare error')\n"
            "except LookupError: logging.getLogger('frodo').exception('It failed')"
        )
        environment = {"SENTRY_DSN": f"http://key@{collector.netloc}/1", "DJANGO_SETTINGS_MODULE": "frodo.settings"}
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment | {"ENV_FILE": "/dev/null"}, check=True)

    [(path, body)] = collector.received
    assert path == "/api/1/envelope/"
    event = json.loads(body.splitlines()[2])
    assert event["exception"]["values"][0]["value"] == "a rare error"
    assert b"a-secret-value" not in body.replace(code.encode(), b"")
    assert "user" not in event


@pytest.mark.parametrize("name", ["OTEL_EXPORTER_OTLP_ENDPOINT", "SENTRY_DSN"])
def test_a_receiver_without_its_library_stops_the_start(name, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util as u\nfind = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name in ('opentelemetry', 'sentry_sdk') else find(name, *a)\n"
    )

    assert f"{name} is set, but what it needs is not installed" in refusal(
        **{name: "http://key@127.0.0.1:9/1", "PYTHONPATH": str(tmp_path)}
    )


def test_authors_see_what_a_page_cost_and_nobody_else(tmp_path):
    code = (
        "from django.test import Client; from tests import people\n"
        "for person in (people.ann(), people.bob()):\n"
        "    client = Client(); client.force_login(person); print(client.cookies['sessionid'].value)"
    )
    with Server(tmp_path) as server:
        author, reader = server.run(code).split()

        assert re.fullmatch(
            r'total;dur=\d+\.\d, db;dur=\d+\.\d;desc="[1-9]\d* queries"', timing(server, "/admin/", author)
        )
        assert timing(server, "/api/me/", author)
        assert timing(server, "/api/me/", reader) is None
        assert timing(server, "/api/posts/", "") is None
        assert timing(server, "/", author) is None  # the same page for everybody


def timing(server: Server, path: str, session: str) -> str | None:
    from urllib.request import Request, urlopen

    with urlopen(Request(server.url + path, headers={"Cookie": f"sessionid={session}"}), timeout=30) as response:
        return response.headers.get("Server-Timing")


def test_a_process_without_its_migrations_is_not_ready(tmp_path):
    with Server(tmp_path) as server:
        status, parts = server.ask("/readyz")
        assert (status, {*parts.values()}) == (200, {"ok"})
        assert {"database", "migrations", "disk"} <= parts.keys()
        server.run(
            "from django.db import connection\n"
            "connection.cursor().execute(\"DELETE FROM django_migrations WHERE app = 'blog'\")"
        )
        server.kill()
        server.start()

        assert server.ask("/readyz") == (503, {"status": "unavailable", "database": "ok", "migrations": "missing"})
        assert server.ask("/healthz")[0] == 200


def test_without_redis_it_is_degraded_but_ready(tmp_path):
    with Redis(tmp_path) as redis, Server(tmp_path, REDIS_URL=redis.url) as server:
        assert server.ask("/readyz")[1]["redis"] == "ok"
        redis.stop()

        until(lambda: server.ask("/readyz")[1].get("redis") == "unreachable", "it to notice")
        status, found = server.ask("/readyz")
        assert (status, found["status"]) == (200, "degraded")
        redis.start()
        until(lambda: server.ask("/readyz")[1]["status"] == "ok", "Redis to be back")
