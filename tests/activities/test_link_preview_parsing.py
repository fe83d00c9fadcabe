import asyncio
import time

import pytest

from blog.activities.cards import MOST_BYTES, LinkPreview, link_preview_from, read_link_preview
from frodo.http_client import NotFetched
from tests.http_client.hosts import Host, leads_to, page, says

URL = "https://www.shire.example/tea/"


def card(html: str | bytes, charset: str = "", url: str = URL) -> LinkPreview:
    return link_preview_from(html if isinstance(html, bytes) else html.encode(), "text/html", url, charset)


def test_a_page_says_what_to_show():
    html = """<!doctype html><html prefix="og: https://ogp.me/ns#"><head><meta charset=utf-8><title>Tea | Shire</title>
    <meta name="description" content="Leaves."><meta property="og:title" content="All about tea">
    <meta property="og:description" content="Green &amp; black"><meta property="og:site_name" content="The Shire">
    <meta property="og:image" content="/tea.jpg?w=1&amp;h=2"><meta property="og:image" content="/second.jpg">"""

    assert card(html) == LinkPreview(
        "All about tea", "Green & black", "https://www.shire.example/tea.jpg?w=1&h=2", "The Shire"
    )


@pytest.mark.parametrize(
    ("html", "title"),
    [
        ("<title>Tea</title>", "Tea"),
        ("<TITLE\n class=x>\n Tea\n and\t more </TITLE\n>", "Tea and more"),
        ("<title>Tea &amp; &#x8336; &eacute;&notit;", "Tea & 茶 é¬it;"),
        ("<title>a < b <b>c</b></title>", "a < b <b>c</b>"),
        ("<title>Tea</title><meta name=twitter:title content='A cup'>", "A cup"),
        ("<title>Tea</title><meta property=og:title content=' '>", "Tea"),
        ("<title>Tea</title><meta property=og:title>", "Tea"),
        ("<meta content='A cup' property='OG:Title'>", "A cup"),
        ("<meta property=og:title content=One><meta property=og:title content=Two>", "One"),
        ("<meta property=og:title property=x content=One content=Two/>", "One"),
        ("<!-- <title>Milk</title> --><title>Tea</title>", "Tea"),
        ("<!--><title>Tea</title>", "Tea"),
        ("<script>'<title>Milk</title>'</script><title>Tea</title>", "Tea"),
        ("<style></Script></style  ><title>Tea</title>", "Tea"),
        ("<svg><title>An arrow</title></svg><title>Tea</title>", "Tea"),
        ("<template><title>Milk</title></template><title>Tea</title>", "Tea"),
        ("<textarea><title>Milk</title></textarea><title>Tea</title>", "Tea"),
        ("<a title='<title>Milk</title>' x=\"<meta property=og:title content=Milk>\"><title>Tea</title>", "Tea"),
        ("<a b='c\" d=\"e'><title>Tea</title>", "Tea"),
        ("<a b= ><title>Tea</title>", "Tea"),
        ('<a ===/ / ="><title>Tea</title>', "Tea"),
        ('<meta content="never closed property=og:title><title>Tea</title>', "Tea"),
        ("<?xml version='1.0'?><!DOCTYPE html [<!ENTITY x 'y'>]><title>Tea</title>", "Tea"),
        ("<1><<><title>Tea</title>", "Tea"),
        ("<title></title><title>Second</title>", "Second"),
        ("words only", ""),
        ("", ""),
        ("<", ""),
        ("<title", ""),
        ("<meta property=og:title content=", ""),
    ],
)
def test_the_title_is_found_where_a_browser_finds_it(html, title):
    assert card(html).title == title


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a&#0;b&#8;c&#xD800;d&#99999999;e", "a�bc�d�e"),
        ("safe\u202etxt.exe\u2066\u200f", "safetxt.exe"),
        ("a\r\n\r\n\u2028b\u00a0\u3000c\x1b[31m", "a b c [31m"),
        ("👩\u200d🌾 ok", "👩\u200d🌾 ok"),
        ("\ufeff\u200bTea\ufdd0", "Tea"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "<script>alert(1)</script>"),
        ("茶" * 300, "茶" * 199 + "…"),
        ("tea, " * 60, ("tea, " * 39).rstrip(", ") + "…"),
        ("&#" + "9" * 5000 + ";x", None),
        ("&#x" + "9" * 5000 + ";x", None),
    ],
)
def test_only_what_can_be_shown_on_a_line_is_kept(text, shown):
    for html in (f"<title>{text}</title>", f'<meta property="og:title" content="{text}">'):
        found = card(html).title

        assert len(found) <= 200
        assert shown is None or found == shown


@pytest.mark.parametrize(
    ("picture", "url"),
    [
        ("https://img.example/a.png", "https://img.example/a.png"),
        ("//img.example/a.png", "https://img.example/a.png"),
        ("a.png", "https://www.shire.example/tea/a.png"),
        (" ../茶.png\n", "https://www.shire.example/茶.png"),
        ("javascript:alert(1)", ""),
        ("data:image/png;base64,AAAA", ""),
        ("file:///etc/passwd", ""),
        ("http://me:secret@shire.example/", ""),
        ("http://[::1/a.png", ""),
        ("a\r\nb.png", ""),
        ("/" + "a" * 3000, ""),
        ("", ""),
    ],
)
def test_a_picture_is_an_address_on_the_web(picture, url):
    assert card(f'<meta property="og:image" content="{picture}">').picture_url == url


@pytest.mark.parametrize(
    ("written", "said", "meta"),
    [
        ("utf-8", "utf-8", ""),
        ("utf-8", "", '<meta charset="utf-8">'),
        ("utf-8", "", ""),
        ("utf-8-sig", "gbk", ""),
        ("gbk", "gb2312", ""),
        ("gb18030", "", '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">'),
        ("gbk", "", ""),
        ("gbk", "utf-8", '<meta charset="gbk">'),
        ("gbk", "", '<meta charset="utf-8">'),
        ("gbk", "rot13", ""),
        ("gbk", "x-gbk", ""),
        ("utf-8", "iso-8859-1", ""),
        ("utf-8", "gbk", ""),
        ("utf-8", "utf-7", ""),
        ("utf-8", "unicode_escape", ""),
        ("utf-8", "../../x", ""),
        ("utf-16", "", ""),
        ("utf-16-le", "utf-16", ""),
        ("utf-16-be", "utf-16be", ""),
        ("utf-8", "", '<meta charset="utf-16">'),
    ],
)
def test_chinese_is_read_however_it_is_written(written, said, meta):
    html = f"<html>{meta}<title>喝茶的艺术与生活</title>".encode(written)

    assert card(html, said).title == "喝茶的艺术与生活"


@pytest.mark.parametrize(
    ("written", "said", "language", "title"),
    [
        ("big5", "big5", "", "喝茶的藝術與生活"),
        ("big5", "", "zh-TW", "喝茶的藝術與生活"),
        ("shift_jis", "Shift_JIS", "", "お茶の時間①"),
        ("euc_jp", "", "ja", "お茶の時間です"),
        ("shift_jis", "", "ja", "お茶の時間です"),
        ("iso2022_jp", "iso-2022-jp", "", "お茶の時間"),
        ("euc_kr", "euc-kr", "", "차 한 잔의 여유"),
        ("euc_kr", "", "ko", "차 한 잔의 여유"),
        ("cp1252", "iso-8859-1", "", "Café – “thé”"),
        ("cp1252", "", "fr", "Café au lait, été à Paris"),
        ("cp1251", "windows-1251", "", "Чай и время"),
        ("cp1251", "", "ru", "Чай и время"),
        ("cp932", "", "", "お茶の時間です。急須に湯をそそぎ、しばらく待ってから、ゆっくりと茶わんに注ぎます。"),
        ("euc_kr", "", "", "차 한 잔의 여유를 즐기며 책을 읽는 오후의 고요한 시간이 나는 가장 좋다고 생각한다."),
        ("big5", "", "", "喝茶的藝術與生活"),
        ("koi8-r", "koi8-r", "", "Чай и время"),
    ],
)
def test_so_are_other_languages(written, said, language, title):
    codec = {"shift_jis": "cp932"}.get(written, written)

    assert card(f'<html lang="{language}"><title>{title}</title>'.encode(codec), said).title == title


def test_a_page_cut_off_in_a_character_is_read():
    html = f"<title>喝茶</title>{'<p>喝一杯绿茶' * 200}".encode("gbk")

    assert card(html[:-1], "gbk").title == "喝茶"
    assert card(html[:-1]).title == "喝茶"


def test_one_broken_character_spoils_nothing():
    html = f"<meta charset=utf-8><title>喝茶</title>{'茶' * 1000}".encode()

    assert card(html + b"\xff\xfe" + html).title == "喝茶"


HOSTILE = [
    "<",
    "<a",
    "<a ",
    "<a =",
    "<a b=",
    '<a b="',
    "<a b='\"",
    "<!--",
    "<!",
    "<?",
    "</",
    "<title>",
    "<script>",
    "<svg>",
    "<svg/>",
    "</title",
    "<meta ",
    '<meta content="&amp;" name=x>',
    "&",
    "&#",
    "&amp",
    "<meta charset=",
    "<html lang=",
    "\n/",
    " ",
    "=",
    "茶",
    "<title>&#1",
    "<meta property=og:title content='a ",
]


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("start", ["", "<a ", "<meta property=og:title content=", "<title>"])
def test_hostile_pages_take_no_longer_than_others(start, piece):
    """Twice the length takes about twice the time: what grows with the square would take minutes here."""
    html = start.encode() + piece.encode() * (2 * MOST_BYTES // len(piece.encode()))
    began = time.process_time()

    link_preview_from(html, "text/html", URL)

    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("type", "url", "expected"),
    [
        ("image/png", "https://www.shire.example/a%20cup.png?w=1", LinkPreview("a cup.png", "", "*", "shire.example")),
        ("application/pdf", "https://shire.example/%E8%8C%B6.pdf", LinkPreview("茶.pdf", "", "", "shire.example")),
        ("video/mp4", "https://shire.example/", LinkPreview("shire.example", "", "", "shire.example")),
        ("text/plain", "https://shire.example/%FF%00%0A%E2%80%AEx", LinkPreview("� x", "", "", "shire.example")),
    ],
)
def test_what_is_no_page_is_shown_by_its_name(type, url, expected):
    found = link_preview_from(b"<title>Not this</title>", type, url)

    assert found == LinkPreview(expected.title, "", url if expected.picture_url else "", expected.site)


class TestReading:
    @pytest.fixture(autouse=True)
    def _hosts_on_loopback(self, settings):
        settings.HTTP_CLIENT_ALLOW, settings.HTTP_CLIENT_PAUSE = ["127.0.0.1/32"], 0

    @staticmethod
    def read(url: str) -> LinkPreview:
        return asyncio.run(read_link_preview(url))

    def test_a_card_is_made_of_where_the_link_leads(self):
        html = '<title>喝茶</title><meta property="og:image" content="cup.jpg">'.encode("gbk")
        answers = {"/short": leads_to("/tea/"), "/tea/": page(html, "text/html; charset=GBK")}
        with Host(answers) as host:
            found = self.read(f"{host.url}/short")

        assert found == LinkPreview("喝茶", "", f"{host.url}/tea/cup.jpg", "127.0.0.1")
        assert b"\r\nAccept: text/html, application/xhtml+xml, image/*;q=0.8, */*;q=0.5\r\n" in host.heard[0]

    def test_of_a_long_page_the_beginning_is_enough(self):
        with Host({"/": page(b"<title>Tea</title>" + b"<p>tea" * MOST_BYTES)}) as host:
            assert self.read(host.url).title == "Tea"

    def test_of_a_picture_only_the_name_is_read(self):
        with Host({"/cup.png": says("200 OK", "Content-Type: image/png", "Content-Length: 9999999")}) as host:
            assert self.read(f"{host.url}/cup.png") == LinkPreview("cup.png", "", f"{host.url}/cup.png", "127.0.0.1")

    def test_without_an_answer_there_is_none(self):
        with Host() as host, pytest.raises(NotFetched) as refused:
            self.read(host.url)

        assert refused.value.response_status == 404
