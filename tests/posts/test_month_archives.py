"""The archive of a month, and the sizes of tags in their cloud."""

from datetime import UTC, datetime

import lxml.html
import pytest
from django.conf import settings

from tests.factories import make_post

pytestmark = pytest.mark.django_db


def post_at(*moment: int, **fields):
    return make_post(title=fields.pop("title", f"On {moment}"), published_at=datetime(*moment, tzinfo=UTC), **fields)


def test_a_year_leads_to_its_months(client):
    for month in (1, 1, 12):
        post_at(2024, month, 31)

    page = client.get("/archives/2024/").content.decode()

    assert '<a href="/archives/2024/1/">January <span>2</span></a>' in page
    assert '<a href="/archives/2024/12/">December <span>1</span></a>' in page
    assert "/archives/2024/2/" not in page
    assert '<a href="/archives/2024/12/">12月 <span>1</span></a>' in client.get(
        "/archives/2024/", headers={"accept-language": "zh-CN"}
    ).content.decode().replace("十二月", "12月")


def test_a_month_has_its_posts_only(client, settings):
    settings.TIME_ZONE = "Asia/Shanghai"
    post_at(2024, 4, 30, 16, title="First minute")  # of May, in Shanghai
    post_at(2024, 4, 30, 15, 59, title="Last minute")
    post_at(2024, 5, 31, 15, 59, title="End")
    post_at(2024, 12, 31, 12, title="New year's eve")

    page = client.get("/archives/2024/5/").content.decode()

    assert "First minute" in page
    assert "End" in page
    assert "Last minute" not in page
    assert "<h1>May 2024</h1>" in page
    assert '<a href="/archives/2024/">2024</a>' in page
    assert "eve" in client.get("/archives/2024/12/").content.decode()


@pytest.mark.parametrize("path", ["/archives/2024/3/", "/archives/2024/13/", "/archives/2023/5/", "/archives/9999/1/"])
def test_a_month_without_posts_is_not_found(client, path):
    post_at(2024, 5, 1)

    assert client.get(path).status_code == 404


def test_a_long_month_has_pages_and_one_address(client, monkeypatch):
    monkeypatch.setattr("blog.posts.list_views.LINKS_PER_PAGE", 2)
    for day in (1, 2, 3):
        post_at(2024, 5, day)

    assert client.get("/archives/2024/5/").content.decode().count("<time") == 2
    assert client.get("/archives/2024/5/page/2/").content.decode().count("<time") == 1
    assert client.get("/archives/2024/5/page/1/").url == "/archives/2024/5/"
    assert client.get("/archives/2024/05/").url == "/archives/2024/5/"


def test_a_month_of_one_language(client):
    post_at(2024, 5, 1, title="In Latin")
    post_at(2024, 5, 2, title="中文", language="zh-hans")

    page = client.get("/zh-hans/archives/2024/5/").content.decode()

    assert "中文" in page
    assert "In Latin" not in page


@pytest.mark.parametrize(("language", "names"), [("en", ["English"]), ("zh-hans", ["中文"])])
@pytest.mark.parametrize("interface", ["en", "zh-CN"])
def test_archives_of_a_language_link_to_their_months_and_back(client, language, names, interface):
    post_at(2024, 5, 1, title="English")
    post_at(2024, 6, 1, title="English in June")
    post_at(2024, 5, 2, title="中文", language="zh-hans")
    post_at(2024, 6, 2, title="六月", language="zh-hans")
    archives, year, month = (f"/{language}/archives/{path}" for path in ("", "2024/", "2024/5/"))

    def main_of(path: str):
        page = client.get(path, headers={"accept-language": interface}).content.decode()
        return lxml.html.fromstring(page)

    def links(path: str) -> list[str]:
        return [link for link in main_of(path).xpath("//main//a/@href") if "archives" in link]

    assert year in links(archives)
    assert links(year) == [archives, month, f"/{language}/archives/2024/6/"]
    assert links(month) == [archives, year]
    assert main_of(month).xpath("//main//li/a/text()") == names
    assert str(dict(settings.LANGUAGES)[language]) in main_of(month).findtext(".//title")


def test_tags_of_more_posts_are_larger(client):
    for n in range(8):
        make_post(title=f"Post {n}", tags=("tea", *(["walks"] if n < 3 else []), *(["rare"] if n == 0 else [])))

    page = client.get("/tags/").content.decode()

    before = {name: page.split(f'href="/tag/{name}/"')[0] for name in ("tea", "walks", "rare")}
    sizes = {name: text.rsplit("weight-", 1)[1][0] for name, text in before.items()}
    assert sizes == {"tea": "5", "walks": "3", "rare": "1"}
