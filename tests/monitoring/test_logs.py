"""Log lines, as the operator's programs read them."""

import json
import re
import subprocess
import sys

import pytest

from tests.databases import ROOT
from tests.server import Server, until

SENT = "abcdef-0123.4567_89"


@pytest.fixture(scope="module", params=["text", "json"])
def server(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    with Server(folder, LOG_FORMAT=request.param, LOG_REQUESTS="true", METRICS_TOKEN="x" * 20) as server:
        server.format = request.param
        yield server


def headers_of(server, path: str, **headers: str) -> dict[str, str]:
    from http.client import HTTPConnection

    connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    response.read()
    connection.close()
    return {name.lower(): value for name, value in response.getheaders()}


def lines(server, part: str) -> list[str]:
    return [line for line in server.log.read_text().splitlines() if part in line]


def test_a_request_id_is_returned_and_stands_in_the_lines_of_its_request(server):
    assert headers_of(server, "/api/posts/", **{"X-Request-ID": SENT})["x-request-id"] == SENT

    [line] = until(lambda: lines(server, SENT), "the line of the request")
    if server.format == "json":
        found = json.loads(line)
        assert found["request_id"] == SENT
        assert found["message"] == "GET /api/posts/"
        assert (found["status"], found["view"], found["logger"]) == (200, "api-posts", "frodo.requests")
        assert found["ms"] > 0
        assert found["queries"] >= 1
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", found["timestamp"])
    else:
        assert re.search(r"INFO frodo.requests: GET /api/posts/ \[view api-posts\] \[status 200\]", line)
        assert line.endswith(f"[request_id {SENT}]")


@pytest.mark.parametrize("sent", ["short", "x" * 65, "with space 1234", 'quote"quote"quote', ""])
def test_an_id_that_is_not_sane_is_replaced(server, sent):
    assert re.fullmatch("[0-9a-f]{16}", headers_of(server, "/api/posts/", **{"X-Request-ID": sent})["x-request-id"])


def test_every_request_has_an_id_of_its_own(server):
    assert headers_of(server, "/api/posts/")["x-request-id"] != headers_of(server, "/api/posts/")["x-request-id"]


def test_a_path_cannot_make_up_a_line_or_reach_the_terminal(server):
    headers_of(server, "/api/made-up/%0A2026-01-31%20ERROR%20forged%0D%1B%5B2J%C2%9B2J%E2%80%A8end")

    [line] = until(lambda: lines(server, "forged"), "the line of the request")

    assert "/api/made-up/" in line
    assert re.search("[\x00-\x1f\x7f-\x9f\u2028]", line) is None
    assert re.match(r"^(2026-01-31 ERROR|forged)", line) is None


def test_the_query_string_is_not_logged(server):
    headers_of(server, "/api/search/?q=a-secret-word")

    until(lambda: lines(server, "/api/search/"), "the line of the request")
    assert lines(server, "a-secret-word") == []


def test_every_line_of_the_json_log_is_json_even_those_of_the_server_itself(server):
    headers_of(server, "/", Host="evil.example")
    until(lambda: lines(server, "evil.example"), "the line about the host")

    if server.format == "json":
        written = [json.loads(line) for line in server.log.read_text().splitlines()]
        assert {line["logger"] for line in written} >= {
            "uvicorn.error",
            "frodo.requests",
            "django.security.DisallowedHost",
        }
        [mistake] = [line for line in written if "evil.example" in line["message"]]
        assert mistake["level"] == "warning"
        assert mistake["request_id"]
    else:
        assert "WARNING django.security.DisallowedHost: Invalid HTTP_HOST header" in server.log.read_text()


def test_a_traceback_is_one_line_of_json_with_the_job_it_belongs_to(tmp_path):
    with Server(tmp_path, LOG_FORMAT="json", JOBS_IN_SERVER="false") as server:
        server.run("from frodo.jobs import enqueue; enqueue('send_email', None, queued_email='no number')")
        done = subprocess.run(
            [sys.executable, "manage.py", "run_jobs", "send_email"],
            cwd=ROOT,
            env=server.environment,
            capture_output=True,
            text=True,
            timeout=60,
        )

    [line] = [json.loads(line) for line in done.stderr.splitlines() if "failed" in line]
    assert "Traceback (most recent call last)" in line["exception"]
    assert re.fullmatch(r"\d+ send_email", line["job"])


def test_pages_from_memory_carry_no_id_of_another_request(tmp_path):
    with Server(tmp_path, PAGE_CACHE_MB="16") as server:
        first = headers_of(server, "/tags/", **{"X-Request-ID": SENT})
        second = headers_of(server, "/tags/")

    assert "etag" in first
    assert "x-request-id" not in first
    assert "x-request-id" not in second


def test_requests_are_not_logged_unless_it_is_asked_for(tmp_path):
    with Server(tmp_path) as server:
        headers_of(server, "/api/posts/", **{"X-Request-ID": SENT})

        assert lines(server, SENT) == []
