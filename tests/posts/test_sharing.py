"""Links, without foreign scripts, by which a reader shares a post; and its QR code."""

import re
from html import unescape
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import etree
from PIL import Image

from tests.factories import make_post

pytestmark = pytest.mark.django_db


def links_of(page: str) -> dict[str, str]:
    share = page.split('<details class="share"')[1].split("</details>")[0]
    return {name: unescape(url) for url, name in re.findall(r'<a href="([^"]*)"[^>]*>([^<]*)</a>', share)}


def test_each_service_gets_the_title_and_the_address(client):
    post = make_post(title="Tea & 茶 <100%>", slug="茶")

    links = links_of(client.get(post.url).content.decode())

    assert list(links) == ["X", "Mastodon", "Weibo", "Douban", "E-mail"]
    url = "http://testserver/post/%E8%8C%B6/"
    assert parse_qs(urlsplit(links["X"]).query) == {"text": ["Tea & 茶 <100%>"], "url": [url]}
    assert parse_qs(urlsplit(links["Mastodon"]).query) == {"text": [f"Tea & 茶 <100%> {url}"]}
    assert parse_qs(urlsplit(links["Weibo"]).query) == {"title": ["Tea & 茶 <100%>"], "url": [url]}
    assert parse_qs(urlsplit(links["Douban"]).query) == {"name": ["Tea & 茶 <100%>"], "href": [url]}
    assert parse_qs(urlsplit(links["E-mail"]).query) == {"subject": ["Tea & 茶 <100%>"], "body": [url]}


def modules(svg: bytes) -> Image.Image:
    """The drawing as an image with one pixel for each module."""
    root = etree.fromstring(svg)
    side = int(root.get("viewBox").split()[2])
    image = Image.new("1", (side, side), 1)
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", root[1].get("d")):
        for offset in range(int(length)):
            image.putpixel((int(x) + offset, int(y)), 0)
    return image


def test_the_qr_code_is_that_of_the_address(client, settings):
    settings.SITE_URL = "https://blog.example"
    make_post(title="Walk")

    answer = client.get("/post/walk/qr.svg")

    assert answer.headers["Content-Type"] == "image/svg+xml"
    found, expected = modules(answer.content), BytesIO()
    qrcode = pytest.importorskip("qrcode")
    code = qrcode.QRCode(border=4, box_size=1)
    code.add_data("https://blog.example/post/walk/")
    code.make_image().save(expected, "PNG")
    assert found.tobytes() == Image.open(expected).convert("1").tobytes()


@pytest.mark.parametrize(("visibility", "is_shared"), [("unlisted", True), ("private", False), ("password", False)])
def test_what_everyone_can_open_is_shared(client, desk, visibility, is_shared):
    make_post(title="Diary", visibility=visibility, password="x")

    assert ('class="share"' in desk.get("/post/diary/").content.decode()) == is_shared
    assert (client.get("/post/diary/qr.svg").status_code == 200) == is_shared


def test_drafts_have_no_qr_code(client):
    make_post(title="Draft", status="draft")

    assert client.get("/post/draft/qr.svg").status_code == 404
