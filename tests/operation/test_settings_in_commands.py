"""Commands and jobs follow the site settings that the owner saved in the admin, as the pages do."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import lxml.etree
import pytest
import yaml
from django.core.management import CommandError, call_command

from blog.models import Page, Post
from frodo.site_settings import site
from frodo.site_settings.models import SiteSettings
from tests.factories import make_post
from tests.importers.folders import post, write
from tests.importers.wxr import export, item

pytestmark = pytest.mark.django_db(transaction=True)

WP = "{http://wordpress.org/export/1.2/}"


@pytest.fixture(autouse=True)
def _folders(settings, tmp_path_factory):
    settings.MEDIA_ROOT, settings.DATA_DIR = tmp_path_factory.mktemp("media"), tmp_path_factory.mktemp("data")


@pytest.fixture
def manage(ann) -> Callable[..., str]:
    """`manage("export_blog", "blog.xml")` in a new process, which has loaded no settings. Returns what was printed."""

    def manage(*args: object) -> str:
        site.reset()
        out = io.StringIO()
        call_command(*map(str, args), stdout=out, stderr=io.StringIO(), no_color=True)
        return out.getvalue()

    return manage


@pytest.fixture
def _tea_house():
    """A Chinese blog in Shanghai."""
    row = SiteSettings.current()
    row.name, row.description = "清茶 & 时光", "慢慢读。"
    row.language, row.time_zone = "zh-hans", "Asia/Shanghai"
    row.save()


@pytest.mark.usefixtures("_tea_house")
def test_a_wordpress_export_has_the_name_language_and_time_of_the_site(manage, tmp_path):
    make_post(published_at=datetime(2024, 12, 31, 20, 30, tzinfo=UTC))

    manage("export_blog", tmp_path / "blog.xml", "--format", "wxr")

    channel = lxml.etree.parse(str(tmp_path / "blog.xml")).getroot().find("channel")
    assert channel.findtext("title") == "清茶 & 时光"
    assert channel.findtext("description") == "慢慢读。"
    assert channel.findtext("language") == "zh-hans"
    [walk] = channel.findall("item")
    assert walk.findtext(f"{WP}post_date") == "2025-01-01 04:30:00"
    assert walk.findtext(f"{WP}post_date_gmt") == "2024-12-31 20:30:00"


@pytest.mark.usefixtures("_tea_house")
@pytest.mark.parametrize(("format", "language"), [("jekyll", "lang"), ("hexo", "language")])
def test_a_generators_configuration_has_the_name_and_language_of_the_site(manage, tmp_path, format, language):
    manage("export_blog", tmp_path / "out", "--format", format)

    config = yaml.safe_load((tmp_path / "out/_config.yml").read_text())
    assert (config["title"], config[language]) == ("清茶 & 时光", "zh-hans")


@pytest.mark.usefixtures("_tea_house")
def test_so_has_that_of_hugo(manage, tmp_path):
    manage("export_blog", tmp_path / "out", "--format", "hugo")

    config = (tmp_path / "out/hugo.toml").read_text().split("\n")
    assert 'title = "清茶 & 时光"' in config
    assert 'languageCode = "zh-hans"' in config


@pytest.mark.usefixtures("_tea_house")
def test_a_privacy_page_made_by_the_command_names_the_site(manage):
    manage("create_privacy_pages")

    for text in Page.objects.values_list("text", flat=True):
        assert "清茶 &amp; 时光" in text or "清茶 & 时光" in text
        assert "Frodo" not in text


@pytest.mark.usefixtures("_tea_house")
def test_dates_of_imported_files_are_on_the_clock_of_the_site(manage, tmp_path):
    write(tmp_path, {"walk.md": post(title="Walk", date="2024-01-01 00:30:00")})

    manage("import_blog", tmp_path)

    assert Post.objects.get().published_at == datetime(2023, 12, 31, 16, 30, tzinfo=UTC)


@pytest.mark.usefixtures("_tea_house")
def test_local_dates_of_a_wordpress_export_are_on_the_clock_of_the_site(manage, tmp_path):
    dates = {"post_date": "2019-05-01 06:00:00", "post_date_gmt": "0000-00-00 00:00:00"}
    export(tmp_path, item("Hot.", status="publish", **dates))

    manage("import_blog", tmp_path / "tea.xml")

    assert Post.objects.get().published_at == datetime(2019, 4, 30, 22, tzinfo=UTC)


@pytest.mark.usefixtures("_tea_house")
def test_a_text_too_short_to_tell_its_language_has_that_of_the_site(manage, tmp_path):
    write(tmp_path, {"short.md": post("42", title="42"), "long.md": post(title="A walk by the river in spring")})

    manage("import_blog", tmp_path)

    assert dict(Post.objects.values_list("title", "language")) == {
        "42": "zh-hans",
        "A walk by the river in spring": "en",
    }


@pytest.mark.usefixtures("_tea_house")
def test_where_the_old_site_has_a_zone_of_its_own_that_one_counts(manage, tmp_path):
    files = {
        "_config.yml": "timezone: America/New_York",
        "source/_posts/walk.md": post(title="Walk", date="2024-01-01 00:30:00"),
        "source/_posts/tea.md": post(title="Tea", date="2024-01-02T00:30:00+01:00"),
    }
    write(tmp_path, files)

    manage("import_blog", tmp_path, "--format", "hexo")

    assert dict(Post.objects.values_list("title", "published_at")) == {
        "Walk": datetime(2024, 1, 1, 5, 30, tzinfo=UTC),
        "Tea": datetime(2024, 1, 1, 23, 30, tzinfo=UTC),
    }


def test_doctor_examines_the_theme_that_was_chosen(manage):
    row = SiteSettings.current()
    row.theme = "no-such-theme"
    row.save()
    out = io.StringIO()
    site.reset()

    with pytest.raises(CommandError, match="Problems found"):
        call_command("doctor", stdout=out, no_color=True)

    assert "!!  Theme            The default theme is used instead of “no-such-theme”." in out.getvalue()


@pytest.mark.usefixtures("_tea_house")
def test_what_the_environment_decides_holds_in_commands_too(manage, monkeypatch, settings, tmp_path: Path):
    monkeypatch.setenv("SITE_NAME", "Set by the operator")
    settings.SITE_NAME = "Set by the operator"

    manage("export_blog", tmp_path / "out", "--format", "jekyll")

    config = yaml.safe_load((tmp_path / "out/_config.yml").read_text())
    assert (config["title"], config["lang"]) == ("Set by the operator", "zh-hans")
