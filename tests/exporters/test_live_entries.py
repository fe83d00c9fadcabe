"""The entries of a live post in each export."""

import pytest

from blog.models import LiveEntry, Post
from blog.posts.live_posts import add_entry
from tests import people
from tests.factories import make_post

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def match():
    post = make_post(title="The match", text="Tonight.", live="live")
    for text in ("Kick-off", "A **goal**"):
        add_entry(post, text, user=people.ann())
    post.refresh_from_db()
    post.live = "ended"
    post.save()
    return post


def test_an_archive_restores_them_with_their_links(match, manage, empty_site, client, tmp_path):
    before = client.get(match.url).content.decode()
    keys = list(LiveEntry.objects.values_list("pk", "html", "plain", "author_name"))
    manage("export_blog", tmp_path / "blog.zip")
    empty_site()

    manage("import_blog", tmp_path / "blog.zip")

    assert list(LiveEntry.objects.values_list("pk", "html", "plain", "author_name")) == keys
    assert Post.objects.get().live == "ended"
    assert client.get(match.url).content.decode() == before


@pytest.mark.parametrize("format", ["hugo", "hexo", "jekyll"])
def test_a_folder_for_a_generator_has_them_below_the_text(match, manage, tmp_path, format):
    manage("export_blog", tmp_path / "out", "--format", format)

    [text] = [file.read_text() for file in (tmp_path / "out").rglob("*the-match.md")]
    _front, _mark, body = text.partition("\nTonight.")
    assert body.index("Kick-off") < body.index("A **goal**")
    assert body.count("\n### ") == 2


def test_wordpress_gets_them_as_html(match, manage, tmp_path):
    manage("export_blog", tmp_path / "blog.xml", "--format", "wxr")

    assert "A <strong>goal</strong>" in (tmp_path / "blog.xml").read_text()


def test_a_static_site_has_them_in_its_page(match, manage, tmp_path):
    manage("export_blog", tmp_path / "site", "--format", "static")

    html = (tmp_path / "site/post/the-match/index.html").read_text()
    entry = LiveEntry.objects.last()
    assert f'id="entry-{entry.pk}"' in html
    assert "A <strong>goal</strong>" in html
