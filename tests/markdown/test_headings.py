import re
import unicodedata

import pytest

from frodo.markdown import Heading, render_post, toc_to_json
from frodo.markdown.headings import slug

SLUGS = {
    "安装 Redis": "安装-redis",
    "What's new in 3.0?": "whats-new-in-30",
    "C++ / Rust": "c-rust",
    "  a   b ": "a-b",
    "日本語 の見出し": "日本語-の見出し",
    "ＡＢＣ": "abc",
    "snake_case": "snake_case",
    "！？": "section",
    "हिन्दी भाषा": "हिन्दी-भाषा",
    "ภาษาไทยที่ดี": unicodedata.normalize("NFKC", "ภาษาไทยที่ดี"),
    "مُقَدِّمَة": "مُقَدِّمَة",
    "நன்றி!": "நன்றி",
    unicodedata.normalize("NFD", "Überblick für Zoë"): "überblick-für-zoë",
    unicodedata.normalize("NFD", "がぎぐ"): "がぎぐ",
    "❤\ufe0f Herz": "herz",
}


@pytest.mark.parametrize("text", SLUGS)
def test_an_anchor_is_the_headings_own_words(text):
    assert slug(text) == SLUGS[text]


def test_headings_nest_in_the_contents():
    toc = render_post("# A\n## B\n### C\n## D\n# E").toc

    assert toc == (
        Heading(1, "a", "A", (Heading(2, "b", "B", (Heading(3, "c", "C"),)), Heading(2, "d", "D"))),
        Heading(1, "e", "E"),
    )


def test_a_skipped_level_still_nests():
    assert [each.text for each in render_post("### A\n# B\n#### C").toc] == ["A", "B"]


def test_the_second_of_a_name_is_numbered():
    ids = [each.id for each in render_post("# 安装\n# 安装\n# 安装-2\n# 安装").toc]

    assert ids == ["安装", "安装-2", "安装-2-2", "安装-3"]


def test_an_anchor_does_not_depend_on_other_headings():
    assert 'id="乙"' in render_post("# 甲\n\n# 乙").html
    assert 'id="乙"' in render_post("# 乙").html


def test_the_contents_hold_words_and_no_markup():
    assert render_post("# `a` *b* [c](d) $x^2$ & <b>e</b>").toc[0].text == "a b c x^2 & e"


def test_contents_can_be_kept_as_json():
    assert toc_to_json(render_post("# A\n## B").toc) == [
        {"level": 1, "id": "a", "text": "A", "children": [{"level": 2, "id": "b", "text": "B", "children": []}]}
    ]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("## Head {#my-id}", '<h2 id="my-id">Head</h2>'),
        ("## 标题 {#标题-1 .big .x} ##", '<h2 id="标题-1" class="big x">标题</h2>'),
        ("Head {#my-id}\n====", '<h2 id="my-id">Head</h2>'),
        ("# A {#b} c", '<h2 id="a-b-c">A {#b} c</h2>'),
        ("# A {b}", '<h2 id="a-b">A {b}</h2>'),
        ("# `{#a}`", '<h2 id="a"><code>{#a}</code></h2>'),
        ("# {#a}", '<h2 id="a">{#a}</h2>'),
    ],
)
def test_a_heading_may_name_its_anchor(text, html):
    assert render_post(text).html == html


def test_an_anchor_that_is_named_comes_first():
    assert [each.id for each in render_post("# a\n# b {#a}").toc] == ["a-2", "a"]


def test_anchors_do_not_meet_ids_of_the_page_the_html_and_the_notes():
    html = render_post(
        "# Comments\n# Comment 12\n# `_main`\n# x\n# fn-1\n# A {#comments}\n"
        '<div id="x" class="y">\n<p id="comments"><b id="_copy"></b></p></div>\n\nb[^1]\n\n[^1]: c'
    ).html

    ids = re.findall(r' id="([^"]*)"', html)
    assert sorted(ids) == sorted(
        {"comments-3", "comment-12-2", "main", "x-2", "fn-1-2", "comments-2", "x", "fn-1", "fnref-1"}
    )


def test_a_heading_does_not_show_the_number_of_its_note():
    assert render_post("# A[^1]\n\n[^1]: b").toc == (Heading(1, "a", "A"),)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("## A\n### B\n## C", [2, 3, 2]),
        ("# A\n## B\n# C", [2, 3, 2]),
        ("### A\n### B\n# C\n#### D\n## E", [2, 2, 2, 3, 3]),
        ("## A\n\n<h5>B</h5>\n\n> ###### C\n\n`<h1>`", [2, 3, 4]),
        ("# A\n## B\n### C\n#### D\n##### E\n###### F", [2, 3, 4, 5, 6, 6]),
    ],
)
def test_levels_begin_below_the_title_and_none_is_skipped(written, shown):
    html = render_post(written).html

    assert [int(level) for level in re.findall(r"<h(\d)", html)] == shown
    assert re.findall(r"<h(\d)", html) == re.findall(r"</h(\d)>", html)
