import pytest

from frodo.settings import STORAGES


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    """A media folder of its own."""
    settings.STORAGES = STORAGES
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT
