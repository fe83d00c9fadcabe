"""Exports from the admin: started, run by the job runner, downloaded."""

import io
import re
import shutil
import zipfile
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone, translation

from blog.models import Export
from frodo.jobs.worker import Worker
from tests import people

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _this_database(settings, media, tmp_path, monkeypatch):
    """For the process that exports."""
    settings.DATA_DIR = tmp_path / "data"
    config = connection.settings_dict
    url = f"sqlite:///{config['NAME']}"
    if connection.vendor == "mysql":
        url = f"mysql://{config['USER']}@{config['HOST']}:{config['PORT']}/{config['NAME']}"
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("MEDIA_ROOT", str(media))
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "tests.settings")


def start(desk, format: str) -> str:
    """The page after the job has run."""
    assert desk.post("/admin/export/", {"format": format}).status_code == 302
    assert "Pending" in desk.get("/admin/export/").content.decode()
    Worker().run_due(["export_blog"])
    return desk.get("/admin/export/").content.decode()


def link(page: str) -> str:
    return re.search(r'href="/admin/export/([^"]+)"', page)[1]


@pytest.mark.parametrize(
    ("format", "name"), [("archive", "manifest.json"), pytest.param("hugo", "hugo.toml", marks=pytest.mark.quality)]
)
def test_a_file_is_made_and_downloaded(site, desk, format, name):
    page = start(desk, format)

    assert "Download" in page
    response = desk.get(f"/admin/export/{link(page)}")
    assert "attachment" in response["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as file:
        assert name in file.namelist()
    desk.post(f"/admin/export/{link(page)}delete/")
    assert "Download" not in desk.get("/admin/export/").content.decode()


def test_the_summary_is_in_the_language_of_who_asked(site, desk):
    desk.cookies.load({"django_language": "zh-hans"})
    with translation.override(translation.get_language()):  # a request of the test client leaves its language behind
        desk.post("/admin/export/", {"format": "wxr"})
        Worker().run_due(["export_blog"])

        page = desk.get("/admin/export/").content.decode()

    assert "媒体文件" in page


def test_an_export_whose_file_is_gone_is_not_found(site, desk, settings):
    page = start(desk, "wxr")
    shutil.rmtree(settings.DATA_DIR / "exports")

    assert desk.get(f"/admin/export/{link(page)}").status_code == 404


def test_an_export_that_fails_says_why(site, desk, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "nonsense://")

    page = start(desk, "wxr")

    assert "<strong>Failed:</strong>" in page
    assert 'http-equiv="refresh"' not in page


def test_a_page_that_reloads_has_no_form_to_reset(site, desk):
    desk.post("/admin/export/", {"format": "wxr"})

    page = desk.get("/admin/export/").content.decode()

    assert 'http-equiv="refresh"' in page
    assert 'name="format"' not in page
    Worker().run_due(["export_blog"])
    assert 'name="format"' in desk.get("/admin/export/").content.decode()


def test_only_the_owner_may(client, desk, site):
    page = start(desk, "wxr")
    client.force_login(people.edith())

    assert client.get("/admin/export/").status_code == 403
    assert client.post("/admin/export/", {"format": "archive"}).status_code == 403
    assert client.get(f"/admin/export/{link(page)}").status_code == 403


def test_paths_of_other_files_are_not_found(desk):
    for id in ("..", "%2e%2e", "../../etc/passwd", "0" * 16):
        assert desk.get(f"/admin/export/{id}/").status_code == 404
    assert desk.post("/admin/export/", {"format": "exe"}).status_code == 400


URL = "/admin/export/"


@pytest.fixture
def waiting(desk):
    """The address of an export that no job has run yet."""
    desk.post(URL, {"format": "wxr"})
    return f"{URL}{Export.objects.get().pk}/"


def test_an_export_that_is_not_done_has_nothing_to_download(desk, waiting):
    assert desk.get(waiting).status_code == 404


def test_only_a_form_deletes(desk, waiting):
    assert desk.get(f"{waiting}delete/").status_code == 405
    assert Export.objects.count() == 1

    assert desk.post(f"{waiting}delete/")["Location"] == URL
    assert desk.post(f"{waiting}delete/")["Location"] == URL  # the second click
    assert not Export.objects.exists()


def test_an_export_that_was_deleted_before_it_ran_leaves_nothing(desk, waiting, settings):
    desk.post(f"{waiting}delete/")

    Worker().run_due(["export_blog"])

    assert not (settings.DATA_DIR / "exports").exists()
    assert not Export.objects.exists()


def test_old_exports_are_deleted_with_their_files(desk, waiting, settings):
    file = settings.DATA_DIR / "exports" / waiting.split("/")[-2] / "blog.xml"
    file.parent.mkdir(parents=True)
    file.touch()
    call_command("run_jobs", "delete_old_exports", verbosity=0)
    assert file.exists()

    Export.objects.update(created_at=timezone.now() - timedelta(days=8))
    call_command("run_jobs", "delete_old_exports", verbosity=0)

    assert not file.exists()
    assert not Export.objects.exists()


@pytest.mark.parametrize("user", [people.edith, people.cid])
def test_nobody_else_deletes_one(client, desk, waiting, user):
    client.force_login(user())

    assert client.post(f"{waiting}delete/").status_code == 403
    assert Export.objects.count() == 1


def test_the_page_names_the_formats_in_chinese(desk):
    page = desk.get(URL, headers={"accept-language": "zh-CN"}).content.decode()

    for value in ("archive", "static", "wxr", "hugo", "hexo", "jekyll"):
        assert f'value="{value}"' in page
    assert "静态" in page
