"""A theme is a folder that the admin chooses: it changes every page, and a broken one changes none."""

import logging
import shutil
import subprocess

import pytest
from django.test import Client

from frodo.site_settings.models import SiteSettings
from tests.factories import make_post, make_topic
from tests.server import Server, until
from tests.site.test_site_settings import page_of, save  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db(transaction=True)

FILES = {
    "theme.toml": 'name = "Paper"',
    "static/style.css": ":root { --accent: #123456 }",
    "templates/_footer.html": "<footer>On {{ SITE_NAME }} paper</footer>",
}
SETTINGS = "/admin/frodo/sitesettings/"
DOCTOR = "/admin/doctor/"


@pytest.fixture
def theme(settings, tmp_path):
    """Write a small theme, with these files in place of its own."""

    def write(files: dict[str, str | None] | None = None, name: str = "paper"):
        folder = tmp_path / "themes" / name
        for path, text in (FILES | (files or {})).items():
            if text is not None:
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_text(text, encoding="utf-8")
        return folder

    settings.THEME_DIRS = [tmp_path / "themes", *settings.THEME_DIRS]
    return write


def test_a_theme_changes_pages_and_what_it_lacks_is_the_default(theme, save, client):  # noqa: F811
    make_post(title="Walk")
    theme()

    save(theme="paper")

    page = page_of(client)
    assert "<footer>On Frodo paper</footer>" in page
    assert "Walk" in page
    assert '<nav class="site-nav"' in page


def test_the_stylesheet_has_a_versioned_url_that_browsers_keep(theme, save, client):  # noqa: F811
    folder = theme()
    (folder / "static/mark.svg").write_text("<svg/>")
    save(theme="paper")
    before = stylesheet_of(client)

    answer = client.get(before)
    mark = client.get(before.replace("style.css", "mark.svg"))
    (folder / "static/style.css").write_text(":root { --accent: #654321 }")
    save()

    assert answer.content == b":root { --accent: #123456 }"
    assert answer.headers["Content-Type"] == "text/css"
    assert "immutable" in answer.headers["Cache-Control"]
    assert mark.headers["Content-Type"] == "image/svg+xml"
    assert stylesheet_of(client) != before


def stylesheet_of(client) -> str:
    page = page_of(client)
    assert page.index("css/site.css") < page.index("/theme/paper/")
    return page.split('<link rel="stylesheet" href="/theme/')[1].split('"')[0].join(["/theme/", ""])


@pytest.mark.parametrize(
    "path", ["../theme.toml", "..%2ftheme.toml", "%2e%2e/templates/_footer.html", "/etc/passwd", "none.css", "%00", "."]
)
def test_only_files_of_the_folder_static_are_served(theme, save, client, path):  # noqa: F811
    theme()
    save(theme="paper")

    assert client.get(f"/theme/paper/x/{path}").status_code == 404
    assert client.get("/theme/magazine/x/style.css").status_code == 404


def test_a_link_to_a_file_outside_is_neither_served_nor_a_template(theme, save, client, tmp_path):  # noqa: F811
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/key.txt").write_text("the secret key")
    folder = theme()
    (folder / "static/all").symlink_to(tmp_path / "secret")
    save(theme="paper")
    (folder / "static/key.txt").symlink_to(tmp_path / "secret/key.txt")
    for path in ("key.txt", "all/key.txt"):
        assert client.get(f"/theme/paper/x/{path}").status_code == 404

    errors = save(200, theme="paper", name="Again")

    assert "static/key.txt: This path is outside the folder of the theme." in str(errors["theme"][0])


def test_a_template_does_not_reach_other_settings(theme, save, client, settings):  # noqa: F811
    template = "<footer>[{{ site.SECRET_KEY }}{{ site.DATABASES }}{{ site.TIME_ZONE }}]</footer>"
    theme({"templates/_footer.html": template})

    save(theme="paper", time_zone="Asia/Shanghai")

    assert "<footer>[Asia/Shanghai]</footer>" in page_of(client)


def test_a_template_extends_the_default_one_of_the_same_name(theme, save, client):  # noqa: F811
    post = make_post(title="Walk")
    theme(
        {"templates/posts/post.html": '{% extends "posts/post.html" %}{% block after_post %}<p>Fin.</p>{% endblock %}'}
    )

    save(theme="paper")

    assert "<p>Fin.</p>" in page_of(client, post.url)
    assert "<h1>Walk</h1>" in page_of(client, post.url)


def test_translations_of_a_theme_hold_while_it_is_chosen(theme, save, client):  # noqa: F811
    if shutil.which("msgfmt") is None:
        pytest.skip("gettext is not installed.")
    folder = theme({"templates/_footer.html": '{% load i18n %}<footer>{% translate "Slow paper" %}</footer>'})
    catalog = folder / "locale/zh_Hans/LC_MESSAGES/django.po"
    catalog.parent.mkdir(parents=True)
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'
    catalog.write_text(f'{header}\nmsgid "Slow paper"\nmsgstr "慢纸"\n', encoding="utf-8")
    subprocess.run(["msgfmt", catalog, "-o", catalog.with_suffix(".mo")], check=True)
    chinese = {"headers": {"accept-language": "zh-CN"}}

    save(theme="paper")
    themed = page_of(client, **chinese)
    save(theme="")

    assert "<footer>慢纸</footer>" in themed
    assert "归档" in themed
    assert "归档" in page_of(client, **chinese)
    assert "慢纸" not in page_of(client, **chinese)


BROKEN = {
    "no manifest": ({"theme.toml": None}, "The theme has no theme.toml."),
    "no TOML": ({"theme.toml": "name ="}, "theme.toml: "),
    "no name": ({"theme.toml": "title = 'x'"}, "theme.toml has no name."),
    "no stylesheet": ({"static/style.css": None}, "The theme has no static/style.css."),
    "a tag that is none": ({"templates/posts/home.html": "\n{% nonsense %}"}, "templates/posts/home.html, 2: "),
    "a tag that does not end": ({"templates/posts/home.html": "{% if x %}"}, "templates/posts/home.html, 1: "),
    "the admin": ({"templates/admin/base_site.html": "x"}, "A theme cannot replace templates/admin/base_site.html."),
    "the page of an error": ({"templates/500.html": "x"}, "A theme cannot replace templates/500.html."),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_theme_is_refused_with_the_reason(theme, save, client, case):  # noqa: F811
    files, reason = BROKEN[case]
    theme(files)

    errors = save(200, theme="paper", name="Kept")

    assert f"This theme cannot be used. {reason}" in str(errors["theme"][0])
    assert "On Frodo paper" not in page_of(client)


def test_a_theme_that_breaks_later_gives_way_to_the_default(theme, save, client, desk, caplog):  # noqa: F811
    folder = theme()
    save(theme="paper")
    (folder / "templates/posts").mkdir()
    (folder / "templates/posts/home.html").write_text("{% nonsense %}")

    with caplog.at_level(logging.ERROR, "frodo.themes"):
        assert "On Frodo paper" in page_of(client)  # as it was read
        shutil.rmtree(folder / "static")
        save(200, name="New name")
        SiteSettings.current().save()  # by a program, which checks nothing

    assert "On Frodo paper" not in page_of(client)
    assert "The theme has no static/style.css." in caplog.text
    assert "The theme has no static/style.css." in page_of(desk, DOCTOR)


@pytest.mark.parametrize(
    "footer",
    [
        "{% url 'nowhere' %}",
        "{% include 'no-such-file.html' %}",
        "{% include '_footer.html' %}",
    ],
)
def test_a_theme_that_fails_at_a_page_gives_way_to_the_default(theme, save, client, caplog, footer):  # noqa: F811
    theme({"templates/_footer.html": footer})
    save(theme="paper")

    for path, status in (("/", 200), ("/nothing/", 404), ("/accounts/sign-in/", 200), ("/search/", 200)):
        answer = Client().get(path)
        assert answer.status_code == status
        assert "site-footer" in answer.content.decode()
    assert "failed at posts/home.html, so the default one is used" in caplog.text


def test_themes_are_offered_by_their_names(theme, desk):
    theme()
    theme({"theme.toml": "name ="}, "odd")

    page = page_of(desk, SETTINGS)

    assert '<option value="" selected>Default</option>' in page
    assert '<option value="paper">Paper</option>' in page
    assert '<option value="odd">odd</option>' in page
    assert '<option value="magazine">Magazine · 杂志</option>' in page


def test_the_environment_decides(theme, settings, monkeypatch, client, desk):
    theme()
    monkeypatch.setenv("THEME", "paper")
    settings.THEME = "paper"

    assert "On Frodo paper" in page_of(client)
    assert "Set by the environment variable THEME." in page_of(desk, SETTINGS)


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_the_magazine_shows_a_lead_story_and_covers(save, client, language):  # noqa: F811
    topic = make_topic()
    for n in range(4):
        make_post(title=f"第 {n} 篇", topic=topic, days_ago=n + 1, language="zh-hans", slug=f"p{n}")
    make_post(title="Covered", cover_link="https://a.example/a.png", days_ago=9, tags=("tea",))

    save(theme="magazine")

    page = page_of(client, headers={"accept-language": language})
    assert page.count('class="card lead"') == 1
    assert f'<p class="kicker">{"Lead story" if language == "en" else "头条"}</p>' in page
    assert page.index("第 0 篇") < page.index("第 1 篇")
    assert '<span class="initial" lang="zh-hans">第</span>' in page
    assert 'src="https://a.example/a.png"' in page
    assert '<a href="/zh-hans/" lang="zh-hans">简体中文</a>' in page
    for path in ("/zh-hans/", "/post/p1/", "/tag/tea/", "/topic/walks/", "/archives/", "/activities/", "/search/?q=x"):
        assert "/theme/magazine/" in page_of(client, path)


@pytest.mark.quality
def test_another_process_shows_a_new_theme_within_a_second(tmp_path):
    with Server(tmp_path, PAGE_CACHE_MB="8") as server:
        assert "/theme/" not in server.ask("/")[1]
        server.run(
            "from frodo.site_settings.models import SiteSettings;"
            "row = SiteSettings.current(); row.theme = 'magazine'; row.save()"
        )
        until(lambda: "/theme/magazine/" in server.ask("/")[1], "the theme")
