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
