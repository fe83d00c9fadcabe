"""WXR, read by the rules of WordPress's importer (wordpress-importer/parsers, version 0.8)."""

import re
from pathlib import Path

import lxml.etree
import pytest

from blog.models import Activity, Comment, Page, Post, Upload

pytestmark = pytest.mark.django_db(transaction=True)

WP = "{http://wordpress.org/export/1.2/}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"


@pytest.fixture
def wxr(site, manage, tmp_path, settings) -> Path:
    settings.SITE_URL, settings.TIME_ZONE = "https://blog.example", "Asia/Shanghai"
    Post.objects.filter(topic_order=2).update(summary="With ]]> in it")
    manage("export_blog", tmp_path / "blog.xml", "--format", "wxr")
    return tmp_path / "blog.xml"


def items(wxr: Path, kind: str) -> list:
    channel = lxml.etree.parse(str(wxr)).getroot().find("channel")
    return [item for item in channel.findall("item") if item.findtext(f"{WP}post_type") == kind]


def test_the_simple_xml_parser_takes_it(wxr):
    root = lxml.etree.parse(str(wxr)).getroot()
    channel = root.find("channel")

    assert root.get("version") == "2.0"
    assert re.fullmatch(r"\d+\.\d+", channel.findtext(f"{WP}wxr_version"))
    assert channel.findtext(f"{WP}base_site_url") == "https://blog.example"
    assert [author.findtext(f"{WP}author_login") for author in channel.findall(f"{WP}author")] == ["ann"]
    assert [term.findtext(f"{WP}cat_name") for term in channel.findall(f"{WP}category")] == ["Walks"]
    assert {term.findtext(f"{WP}tag_name") for term in channel.findall(f"{WP}tag")} == {"茶", "Tea time", "never seen"}


def test_the_regex_parser_takes_it(wxr):
    """It reads line by line; authors, categories and tags are each one line."""
    lines = wxr.read_text().split("\n")
    found = {
        name: [line for line in lines if re.search(f"<wp:{name}>(.*?)</wp:{name}>", line)]
        for name in ("tag", "category")
    }

    assert len(found["tag"]) == 3
    assert re.search(r"<wp:cat_name><!\[CDATA\[Walks\]\]></wp:cat_name>", found["category"][0])
    assert lines.count("<item>") == lines.count("</item>") == len(items(wxr, "post")) + len(items(wxr, "page")) + 2


def test_everything_is_there(wxr):
    posts, pages = items(wxr, "post"), items(wxr, "page")

    assert len(posts) == Post.objects.count() + Activity.objects.count()
    assert len(pages) == Page.objects.count()
    assert len(items(wxr, "attachment")) == Upload.objects.count() + 1
    by_name = {item.findtext(f"{WP}post_name"): item for item in posts + pages}
    tea = by_name[Post.objects.get(topic_order=2).slug]
    row = Post.objects.get(topic_order=2)
    assert tea.findtext("title") == row.title
    assert tea.findtext(f"{WP}status") == "publish"
    assert tea.findtext(f"{WP}is_sticky") == "1"
    assert tea.findtext(f"{WP}comment_status") == "closed"
    assert tea.findtext(f"{WP}post_date_gmt") == f"{row.published_at:%Y-%m-%d %H:%M:%S}"
    assert tea.findtext("{http://wordpress.org/export/1.2/excerpt/}encoded") == "With ]]> in it"
    assert 'src="https://blog.example/media/uploads/' in tea.findtext(CONTENT)
    assert "<script>" not in tea.findtext(CONTENT)
    terms = {(term.get("domain"), term.text) for term in tea.findall("category")}
    assert terms == {("category", "Walks"), ("post_tag", "茶"), ("post_tag", "Tea time")}
    assert by_name["later"].findtext(f"{WP}status") == "future"
    assert by_name["a-draft"].findtext(f"{WP}status") == "draft"
    [thumbnail] = [meta.findtext(f"{WP}meta_value") for meta in tea.findall(f"{WP}postmeta")]
    ids = {item.findtext(f"{WP}post_id"): item for item in items(wxr, "attachment")}
    assert "/media/covers/" in ids[thumbnail].findtext(f"{WP}attachment_url")


def test_comments_keep_their_threads_and_states(wxr):
    comments = {
        comment.findtext(f"{WP}comment_id"): comment
        for item in items(wxr, "post")
        for comment in item.findall(f"{WP}comment")
    }

    assert len(comments) == Comment.objects.count()
    for row in Comment.objects.all():
        comment = comments[str(row.pk)]
        assert comment.findtext(f"{WP}comment_parent") == str(row.parent_id or 0)
        assert comment.findtext(f"{WP}comment_author") == row.name
        approved = {"visible": "1", "pending": "0", "removed": "trash"}[row.state]
        assert comment.findtext(f"{WP}comment_approved") == approved
    assert wxr.stat().st_mode & 0o777 == 0o600
