"""Blocks beside or below every page, the owner's code in pages, and e-mails about comments: site settings."""

import base64
import hashlib
import re
from datetime import timedelta

import lxml.html
import pytest
from django.test import Client
from django.utils import timezone

from blog.models import BlogrollLink, Comment, DailyViews, Post
from blog.statistics import today
from frodo.site_settings import site
from frodo.site_settings.models import SiteSettings
from tests.conftest import clear_caches
from tests.factories import make_comment, make_post
from tests.site.test_site_settings import URL

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def save(desk):
    """Send the form of the settings with these blocks, in this order, and these other fields."""

    def save(*blocks: dict, **changes):
        form = desk.get(URL).context["adminform"].form
        values = {field.name: field.value() for field in form}
        sent = {name: value for name, value in values.items() if isinstance(value, str | int) and value is not False}
        sent |= {"blocks-TOTAL_FORMS": len(blocks) + 1, "blocks-INITIAL_FORMS": len(form.blocks.initial)}
        sent |= {f"blocks-{len(blocks)}-{name}": value for name, value in {"kind": "", "n": 5}.items()}
        for n, block in enumerate(blocks):
            sent |= {f"blocks-{n}-{name}": value for name, value in {"n": 5, "ORDER": n + 1, **block}.items()}
        return desk.post(URL, sent | changes)

    return save


def blocks_of(path: str = "/") -> list:
    return lxml.html.fromstring(Client().get(path).content.decode()).find_class("site-block")


def titles(path: str = "/") -> list[str]:
    return [" ".join(block.xpath("string(h2)").split()) for block in blocks_of(path)]


def links(kind: str, path: str = "/") -> list[str]:
    found = [block for block in blocks_of(path) if block.get("data-kind") == kind]
    return [link.text_content() for block in found for link in block.xpath(".//li/a")]


def test_blocks_stand_on_every_page_in_their_order(save):
    post = make_post(tags=("tea",))
    save(
        {"kind": "tags", "ORDER": 2},
        {"kind": "markdown", "title": "Hello", "text": "*Hi* <script>x</script>", "ORDER": 1},
    )

    for path in ("/", post.url, "/archives/", "/search/"):
        assert titles(path) == ["Hello", "Tags"]
    text = lxml.html.tostring(blocks_of()[0], encoding="unicode")
    assert "<em>Hi</em>" in text
    assert "<script" not in text


def test_without_blocks_pages_have_none_of_it_and_ask_nothing():
    make_post()

    assert "site-block" not in Client().get("/").content.decode()


def test_each_kind_shows_what_it_says(save):
    tea, walk = make_post(title="Tea", tags=("tea", "time")), make_post(title="A walk", tags=("tea",))
    gone = make_post(title="Gone", status="draft")
    for post, n in ((tea, 3), (walk, 8), (gone, 9)):
        DailyViews.objects.create(date=today(), post=post.pk, n=n)
    BlogrollLink.objects.create(name="A friend", url="https://friend.example/", description="Cats")

    save(
        {"kind": "about", "title": "Who", "text": "I am **Ann**."},
        {"kind": "tags", "n": 1},
        {"kind": "most_read"},
        {"kind": "blogroll"},
        {"kind": "comments"},
    )

    assert titles() == ["Who", "Tags", "Most read", "Blogroll", "Latest comments"]
    assert links("tags") == ["tea"]
    assert links("most_read") == ["A walk", "Tea"]
    assert links("blogroll") == ["A friend"]


def test_what_a_block_shows_follows_each_change_at_once(save):
    post = make_post(title="Tea", tags=("tea",))
    DailyViews.objects.create(date=today(), post=post.pk, n=1)
    save({"kind": "tags"}, {"kind": "most_read"}, {"kind": "blogroll"})
    assert (links("tags"), links("most_read"), links("blogroll")) == (["tea"], ["Tea"], [])

    make_post(title="Walks", tags=("feet",))
    BlogrollLink.objects.create(name="A friend", url="https://friend.example/")
    assert (links("tags"), links("blogroll")) == (["feet", "tea"], ["A friend"])
    post.status = "draft"
    post.save()
    assert (links("tags"), links("most_read")) == (["feet"], [])


def test_what_is_most_read_is_shown_in_the_language_of_the_reader(save):
    tea, poem = make_post(title="Tea"), make_post(title="一壶茶", language="zh-hans")
    for post, n in ((tea, 3), (poem, 8)):
        DailyViews.objects.create(date=today(), post=post.pk, n=n)
    save({"kind": "most_read"})

    for language, title in (("en", "Most read"), ("zh-CN", "阅读最多")):
        page = Client(headers={"accept-language": language}).get("/").content.decode()
        [block] = lxml.html.fromstring(page).find_class("site-block")
        found = [(link.get("lang"), link.text, link.get("href")) for link in block.xpath(".//li/a")]
        assert block.findtext("h2") == title
        assert found == [("zh-hans", "一壶茶", poem.url), ("en", "Tea", tea.url)]


def test_what_is_most_read_is_counted_again_after_some_minutes(save):
    tea, walk = make_post(title="Tea"), make_post(title="A walk")
    DailyViews.objects.create(date=today(), post=tea.pk, n=1)
    save({"kind": "most_read", "n": 1})
    assert links("most_read") == ["Tea"]
    DailyViews.objects.create(date=today() - timedelta(days=3), post=walk.pk, n=5)
    assert links("most_read") == ["Tea"]

    clear_caches()  # as its timeout does

    assert links("most_read") == ["A walk"]


def test_the_latest_comments_are_a_page_of_their_own(save):
    post = make_post(title="Tea")
    hidden = make_post(title="Hidden", status="draft")
    for text in ("First", "Second", "**Third** one & <all>"):
        make_comment(post, text=text)
    make_comment(post, text="Spam", state="pending")
    make_comment(hidden, text="Secret")
    save({"kind": "comments", "n": 2})

    [block] = blocks_of()
    [link] = block.xpath(".//a/@href")
    page = lxml.html.fromstring(Client().get(link).content.decode())

    found = [item.text_content() for item in page.find_class("latest-comments")[0]]
    assert len(found) == 2
    assert "Third one & <all>" in found[0]
    assert "Second" in found[1]
    assert "Tea" in found[0]


def test_the_latest_comments_are_found_behind_many_of_a_hidden_post(django_assert_max_num_queries):
    make_comment(make_post(title="Tea"), text="Seen by all")
    hidden = make_post(title="Hidden", visibility="unlisted")
    Comment.objects.bulk_create(Comment(post=hidden, name="Bob", text="Secret", state="visible") for _n in range(600))

    with django_assert_max_num_queries(25):
        page = Client().get("/comments/latest/").content.decode()

    assert "Tea" in page
    assert "Hidden" not in page


@pytest.mark.parametrize(
    "block", [{"kind": "markdown"}, {"kind": "nothing"}, {"kind": "tags", "n": 0}, {"kind": "tags", "title": "x" * 61}]
)
def test_a_block_that_cannot_be_is_an_error_and_nothing_typed_is_lost(save, block):
    answer = save({"kind": "about", "title": "Mine"}, block)

    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    assert 'value="Mine"' in answer.content.decode()
    assert not SiteSettings.objects.exists()


def test_blocks_are_moved_and_removed_without_javascript(save, desk):
    post = make_post(tags=("tea",))
    DailyViews.objects.create(date=today(), post=post.pk, n=1)
    save({"kind": "tags"}, {"kind": "blogroll"}, {"kind": "most_read"})
    page = desk.get(URL).content.decode()
    assert 'name="blocks-2-ORDER"' in page
    assert 'name="blocks-3-kind"' in page  # the empty row

    save({"kind": "tags", "ORDER": 3}, {"kind": "blogroll", "DELETE": "on"}, {"kind": "most_read", "ORDER": 1})

    assert titles() == ["Most read", "Tags"]


def test_the_place_is_beside_or_below(save):
    make_post(tags=("tea",))
    save({"kind": "tags"}, blocks_place="sidebar")
    assert '<body class="has-sidebar">' in Client().get("/").content.decode()

    save({"kind": "tags"}, blocks_place="footer")

    assert "<body>" in Client().get("/").content.decode()
    assert "site-blocks is-footer" in Client().get("/").content.decode()


def test_the_owners_scripts_and_styles_are_allowed_by_their_hashes(save):
    script, style = "\nconsole.log('seen');\r\n", "p { color: red }"
    save(
        head_code=f'<script>{script}</script><style media="print">{style}</style>',
        footer_code='<script src="https://tracker.example/x.js"></script>',
    )

    answer = Client().get("/")

    policy = answer.headers["Content-Security-Policy"]
    [found] = re.findall(r"<script>(.*?)</script>", answer.content.decode(), re.DOTALL)
    assert "\r" not in found
    for directive, text in (("script-src", found), ("style-src", style)):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{directive} 'self' 'sha256-{digest}'" in policy
    assert "unsafe-inline" not in policy
    assert "tracker.example" not in policy


def test_code_that_is_taken_out_is_allowed_no_longer(save):
    save(head_code="<script>1</script>")
    save(head_code="")

    assert "sha256" not in Client().get("/").headers["Content-Security-Policy"]


def test_e_mails_about_comments_are_switched_off(save, settings):
    settings.EMAIL_URL, settings.SITE_URL = "smtp://localhost", "http://testserver"
    post = Post.objects.get(pk=make_post(published_at=timezone.now()).pk)
    assert "E-mail me about replies" in Client().get(post.url).content.decode()

    save(comment_emails="")

    assert not site.COMMENT_EMAILS
    assert "E-mail me about replies" not in Client().get(post.url).content.decode()
