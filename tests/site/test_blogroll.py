"""The blogroll: links managed in the admin, a page for readers, OPML for feed readers."""

from xml.etree import ElementTree

import pytest

from blog.models import BlogrollLink

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
