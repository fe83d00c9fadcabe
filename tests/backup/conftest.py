from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command


@pytest.fixture(autouse=True)
def places(settings, tmp_path: Path):
    """Media, themes, work files and backups in folders of this test."""
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path / "data", tmp_path / "media"
    settings.THEME_DIRS = [tmp_path / "data" / "themes", *settings.THEME_DIRS[1:]]
    settings.BACKUP_TO = str(tmp_path / "backups")
    settings.BACKUP_KEEP = settings.BACKUP_AGE_RECIPIENT = settings.BACKUP_GPG_RECIPIENT = ""


@pytest.fixture
def manage():
    """`manage("backup", "--list")`, as typed at a shell; returns what was printed."""

    def manage(*args: str) -> str:
        out = StringIO()
        call_command(*args, stdout=out)
        return out.getvalue()

    return manage
