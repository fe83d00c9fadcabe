import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings as current
from django.core.management import call_command

from tests.exporters.sites import make_site


@pytest.fixture(autouse=True)
def media(settings, tmp_path_factory) -> Path:
    settings.MEDIA_ROOT = tmp_path_factory.mktemp("media")
    return settings.MEDIA_ROOT


@pytest.fixture
def site(ann, bob):
    """A blog with something of everything."""
    return make_site(ann, bob)


@pytest.fixture
def manage():
    """`manage("export_blog", "blog.zip")`, as typed at a shell; returns what was printed."""

    def manage(*args: object) -> str:
        out = StringIO()
        call_command(*map(str, args), stdout=out, stderr=StringIO())
        return out.getvalue()

    return manage


@pytest.fixture
def empty_site(transactional_db):
    """`empty_site()` leaves what a new installation has."""

    def empty() -> None:
        call_command("flush", verbosity=0, interactive=False)
        shutil.rmtree(current.MEDIA_ROOT)

    return empty
