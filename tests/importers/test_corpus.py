"""Real blogs. They lie beside the project, and are not a part of it."""

import os

import feedparser
import pytest
from django.conf import settings

from blog.models import Page, Post, Redirect

CORPUS = settings.BASE_DIR.parent / "shared" / "corpus"
FOLDERS = {
    "hexo/hexojs-site-en": ("hexo", 58, 0),
    "hexo/hexojs-site-zh-cn": ("hexo", 45, 0),
    "hexo/theme-unit-test": ("hexo", 16, 0),
    "hugo/HugoBasicExample": ("hugo", 12, 4),
    "hugo/sofastack-zh": ("hugo", 143, 0),
    "jekyll/jekyll-blog": ("jekyll", 102, 0),
    "jekyll/jekyll-test-source": ("jekyll", 93, 2),
}

if not CORPUS.is_dir():
    if os.environ.get("CI") == "true":
        pytest.fail(f"There is no corpus at {CORPUS}", pytrace=False)
    pytest.skip(f"there is no corpus at {CORPUS}", allow_module_level=True)


def tables() -> list:
    return [list(table.objects.order_by("pk").values()) for table in (Post, Page, Redirect)]


def is_small(name: str) -> bool:
    return FOLDERS[name][1] < 40


@pytest.mark.parametrize(
    ("folder", "format", "found", "refused"),
    [
        pytest.param(name, *facts, marks=() if is_small(name) else pytest.mark.quality)
        for name, facts in FOLDERS.items()
    ],
)
def test_every_file_is_imported_or_refused_with_a_reason(run, client, folder, format, found, refused):
    dry = run(CORPUS / folder, "--dry-run")
    output = run(CORPUS / folder)

    assert dry.replace("Dry run: nothing has been changed.\n", "") == output
    assert output.startswith(f"Format: {format} (")
    assert (output["Markdown files found"], output["skipped"], output.adds_up) == (found, refused, True)
    assert Post.objects.count() + Page.objects.count() == output["created"] == found - refused
    assert output.count("\n    ") >= refused
    for entry in (*Post.objects.published(), *Page.objects.published()):
        assert client.get(entry.url).status_code == 200, entry.origin
    for address in ("/", "/tags/", "/topics/", "/archives/", "/sitemap.xml"):
        assert client.get(address).status_code == 200, address
    for address in ("/atom.xml", "/rss.xml"):
        assert not feedparser.parse(client.get(address).content).bozo, address
    assert client.get("/feed.json").json()["items"]
    for old in Redirect.objects.filter(post__status="published")[:10]:
        assert client.get(old.path).status_code == 301, old.path

    before = tables()
    again = run(CORPUS / folder)
    assert (again["unchanged"], again["skipped"]) == (found - refused, refused)
    assert tables() == before


def test_all_of_them_live_in_one_blog(run):
    output = [
        run(CORPUS / folder)
        for folder in ("hexo/theme-unit-test", "hugo/HugoBasicExample", "jekyll/jekyll-test-source")
    ]

    assert all(one.adds_up for one in output)
    assert Post.objects.count() + Page.objects.count() == sum(one["created"] for one in output)


def test_no_tag_of_a_known_kind_is_left_in_chinese_documents(run):
    run(CORPUS / "hexo/hexojs-site-zh-cn")

    tea = Post.objects.get(origin__endswith="docs/tag-plugins.md")
    assert "youtube-nocookie.com/embed/I07XMi7MHd4" in tea.html
    assert "{% blockquote David Levithan, Wide Awake %}" in tea.text  # shown as an example, in a fence
    assert tea.language == "zh-hans"
