import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command


@pytest.fixture(autouse=True)
def well(settings, tmp_path: Path, ann):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "staticfiles.json").touch()


def doctor() -> str:
    said = io.StringIO()
    call_command("doctor", stdout=said, no_color=True)
    return said.getvalue()


def complaint() -> str:
    said = io.StringIO()
    with pytest.raises(CommandError, match="needs a look"):
        call_command("doctor", stdout=said, no_color=True)
    [line] = [line for line in said.getvalue().splitlines() if line.startswith("!!")]
    return line


def marks(said: str) -> set[str]:
    return {line[:2] for line in said.splitlines()}


def test_a_healthy_blog():
    said = doctor()

    assert marks(said) == {"ok"}
    assert len(said.splitlines()) == 10


def test_debug_is_not_for_the_open(settings):
    settings.DEBUG = True

    assert "DEBUG is on" in complaint()


def test_a_blog_needs_an_author(ann):
    ann.delete()

    assert "createauthor" in complaint()


def test_static_files_should_be_collected(settings):
    (settings.STATIC_ROOT / "staticfiles.json").unlink()

    assert "collectstatic" in complaint()


def test_uploads_need_a_folder(settings):
    settings.MEDIA_ROOT = Path("/proc/nowhere")

    assert "uploads" in complaint()


def test_a_cache_that_keeps_nothing_is_found_out(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}

    assert "Redis" in complaint()
