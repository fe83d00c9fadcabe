"""The blogroll: links managed in the admin, a page for readers, OPML for feed readers."""

from xml.etree import ElementTree

import pytest

from blog.models import BlogrollLink
from tests import people

pytestmark = pytest.mark.django_db

ADD = "/admin/blog/blogrolllink/add/"
LIST = "/admin/blog/blogrolllink/"


def row(**fields: str) -> dict:
    return {"name": "Hills & tea", "url": "https://hills.example/", "feed_url": "", "position": "0", **fields}


def test_a_link_added_in_the_admin_is_on_the_page_and_in_the_opml(desk, client):
    desk.post(ADD, row(feed_url="https://hills.example/atom.xml", description="Walks <uphill>."))

    page = client.get("/blogroll/").content.decode()
    answer = client.get("/blogroll.opml")

    assert '<a href="https://hills.example/" rel="noopener">Hills &amp; tea</a>' in page
    assert "Walks &lt;uphill&gt;." in page
    assert answer.headers["Content-Type"] == "text/x-opml; charset=utf-8"
    [outline] = ElementTree.fromstring(answer.content).iter("outline")
    assert outline.attrib == {
        "type": "rss",
        "text": "Hills & tea",
        "title": "Hills & tea",
        "description": "Walks <uphill>.",
        "htmlUrl": "https://hills.example/",
        "xmlUrl": "https://hills.example/atom.xml",
    }


def test_a_link_without_a_feed_is_on_the_page_only(client):
    BlogrollLink.objects.create(name="No feed", url="https://none.example/")

    assert "No feed" in client.get("/blogroll/").content.decode()
    assert "No feed" not in client.get("/blogroll.opml").content.decode()


def test_links_are_in_the_order_of_their_positions(desk, client):
    for name, position in (("Third", "3"), ("First", "1"), ("Second", "2")):
        desk.post(ADD, row(name=name, position=position))

    page = client.get("/blogroll/").content.decode()

    assert page.index("First") < page.index("Second") < page.index("Third")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://a.example/", "a.example", ""])
def test_a_link_that_is_no_web_address_is_refused_with_what_was_typed(desk, url):
    answer = desk.post(ADD, row(url=url, description="Kept."))

    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["url"]
    assert "Kept." in answer.content.decode()
    assert not BlogrollLink.objects.exists()


def test_an_empty_blogroll_says_so(client, desk):
    assert "No links yet." in client.get("/blogroll/").content.decode()
    assert "Blogs that you recommend." in desk.get(LIST).content.decode()


def test_the_sitemap_names_the_blogroll_once_it_has_links(client):
    assert "/blogroll/" not in client.get("/sitemap.xml").content.decode()

    BlogrollLink.objects.create(name="Hills", url="https://hills.example/")

    assert "<loc>http://testserver/blogroll/</loc>" in client.get("/sitemap.xml").content.decode()


def test_a_name_of_invisible_characters_is_refused(desk):
    answer = desk.post(ADD, row(name="\u200b\u00ad"))

    assert answer.status_code == 200
    assert "cannot be blank" in str(answer.context["adminform"].form.errors["name"])
    assert not BlogrollLink.objects.exists()


@pytest.mark.parametrize("feed", ["javascript:alert(1)", "feed://a.example/", "/atom.xml"])
def test_a_feed_that_is_no_web_address_is_refused(desk, feed):
    answer = desk.post(ADD, row(feed_url=feed))

    assert list(answer.context["adminform"].form.errors) == ["feed_url"]
    assert not BlogrollLink.objects.exists()


def test_hosts_in_other_scripts_are_web_addresses(desk, client):
    desk.post(ADD, row(name="例子", url="https://例子.中国/?a=1&b=2"))

    page = client.get("/blogroll/").content.decode()
    assert '<a href="https://例子.中国/?a=1&amp;b=2" rel="noopener">例子</a>' in page


def test_positions_are_changed_in_the_list(desk, client):
    for name in ("One", "Two"):
        BlogrollLink.objects.create(name=name, url="https://a.example/", position=1)
    one, two = BlogrollLink.objects.order_by("name")
    forms = {"form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 2, "_save": "Save"}
    forms |= {"form-0-id": one.pk, "form-0-position": 5, "form-1-id": two.pk, "form-1-position": 3}

    desk.post(LIST, forms)

    page = client.get("/blogroll/").content.decode()
    assert page.index("Two") < page.index("One")


@pytest.mark.parametrize("position", ["-1", "x"])
def test_a_position_that_is_none_is_refused(desk, position):
    answer = desk.post(ADD, row(position=position))

    assert list(answer.context["adminform"].form.errors) == ["position"]


def test_a_changed_and_a_deleted_link_are_gone_from_cached_pages(desk, client):
    link = BlogrollLink.objects.create(name="Hills", url="https://hills.example/")
    assert "Hills" in client.get("/blogroll/").content.decode()
    change = f"/admin/blog/blogrolllink/{link.pk}/"

    desk.post(f"{change}change/", row(name="Lakes"))
    page = client.get("/blogroll/").content.decode()
    assert "Lakes" in page
    assert "Hills" not in page
    desk.post(f"{change}delete/", {"post": "yes"})
    assert "No links yet." in client.get("/blogroll/").content.decode()


def test_who_changes_the_blogroll(client, bob):
    for user, status in ((people.edith(), 200), (people.cid(), 403), (bob, 302)):
        client.force_login(user)
        assert client.get(ADD).status_code == status, user


def test_the_page_is_in_the_language_of_its_reader(client):
    page = client.get("/blogroll/", headers={"accept-language": "zh-CN"})

    assert page["Content-Language"] == "zh-hans"
    assert "友情链接" in page.content.decode()


@pytest.mark.parametrize("path", ["/blogroll/", "/blogroll.opml"])
def test_both_answer_head_and_take_no_post(client, path):
    assert (client.head(path).status_code, client.head(path).content) == (200, b"")
    assert client.get(path.rstrip("/")).status_code in (200, 301)
