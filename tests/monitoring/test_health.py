"""What load balancers and monitoring ask: is the process there, and can it serve."""

import pytest
from django.db import connection

from frodo import health

pytestmark = pytest.mark.django_db

PATHS = ["/healthz", "/readyz"]


@pytest.mark.parametrize("path", PATHS)
def test_it_is_asked_by_any_host_name_and_kept_by_no_proxy(client, path):
    answer = client.get(path, headers={"Host": "10.0.0.7:8000"})

    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert "no-store" in answer["Cache-Control"]


def test_any_other_page_is_for_the_sites_own_hosts(client):
    assert client.get("/", headers={"Host": "10.0.0.7:8000"}).status_code == 400


@pytest.mark.parametrize("path", PATHS)
def test_head_is_enough(client, path):
    answer = client.head(path)

    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("path", [*PATHS, "/metrics"])
def test_it_has_no_second_address(client, path):
    assert client.get(f"{path}/").status_code == 404


def test_it_says_nothing_about_the_site_but_what_works(client, settings):
    settings.REDIS_URL = ""

    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ok", "database": "ok", "migrations": "ok", "disk": "ok"}


def test_a_process_whose_data_folder_is_gone_serves_and_is_degraded(client, settings, tmp_path):
    settings.REDIS_URL, settings.DATA_DIR = "", tmp_path / "unmounted"

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["status"], answer.json()["disk"]) == (200, "degraded", "unreachable")


def test_it_is_alive_but_not_ready_without_the_migrations_of_its_code(client):
    health.all_applied.clear()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'blog'")
    try:
        answer = client.get("/readyz")
    finally:
        health.all_applied.clear()

    assert answer.status_code == 503
    assert answer.json() == {"status": "unavailable", "database": "ok", "migrations": "missing"}
    assert client.get("/healthz").status_code == 200


def test_migrations_of_a_later_version_do_not_matter(client):
    health.all_applied.clear()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('blog', '9999_later', '2026-01-01 00:00:00')"
        )

    assert client.get("/readyz").status_code == 200
