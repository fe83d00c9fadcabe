"""The findings of `manage.py doctor` in the admin."""

import django
import pytest
from django.db import connection

from tests import people

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def test_the_admin_shows_the_same(desk, settings):
    page = desk.get("/admin/doctor/").content.decode()

    assert page.count('<th scope="row" class="nowrap">') == 19
    assert "Run all checks" not in page
    settings.DEBUG = True
    assert "DEBUG is on" in desk.get("/admin/doctor/").content.decode()


def test_the_dashboard_shows_the_quick_checks(desk, settings):
    settings.BACKUP_HOURS = 24

    page = desk.get("/admin/").content.decode()

    assert '<span class="is-problem">No backups are made. Set BACKUP_TO' in page
    for words in [
        f"{connection.display_name}, ",
        " free</span>",
        "0 pending, 0 failed",
        f"Django {django.__version__}, ",
    ]:
        assert words in page
    assert 'href="/admin/doctor/"' in page


def test_only_the_owner_sees_it(client, bob):
    edith = people.edith()
    client.force_login(edith)

    assert client.get("/admin/doctor/").status_code == 403
    assert "/admin/doctor/" not in client.get("/admin/").content.decode()
    client.force_login(bob)
    assert client.get("/admin/doctor/").status_code == 302
