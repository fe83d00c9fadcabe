"""What only a post has: excerpt, footnotes, pictures, words, the author's own HTML."""

import pytest

from frodo.markdown import Picture, render_post

SIZES = {"/a.png": Picture(640, 480), "/图 片.png": Picture(3, 4)}


@pytest.mark.parametrize("mark", ["<!--more-->", "<!-- more -->"])
def test_the_excerpt_is_what_stands_before_the_mark(mark):
    post = render_post(f"a **b**\n\n{mark}\n\nc")

    assert post.excerpt == "<p>a <strong>b</strong></p>"
    assert '<span id="more"></span>' in post.html


def test_a_mark_inside_a_paragraph_leaves_whole_elements():
    assert render_post("a *b<!--more-->c* d").excerpt == "<p>a <em>b</em></p>"


def test_without_the_mark_there_is_no_excerpt():
    assert render_post("a\n\n`<!--more-->`").excerpt == ""


def test_an_excerpt_shares_its_page_so_it_has_no_ids_and_no_notes():
    post = render_post("# A\n\nb[^1]\n\n<!--more-->\n\n[^1]: c")

    assert post.excerpt == "<h1>A</h1>\n<p>b</p>"


def test_notes_are_numbered_as_they_are_referred_to():
    html = render_post("a[^二] b[^x] c[^二]\n\n[^x]: X *x*\n[^二]: Two\n\n    more\n[^no]: none").html

    assert '<sup class="footnote-ref" id="fnref-二"><a href="#fn-二">1</a></sup> b<sup' in html
    assert html.index('<li id="fn-二">') < html.index('<li id="fn-x">')
    assert 'href="#fnref-二-2">↩</a>' in html
    assert "none" not in html


def test_a_reference_to_no_note_is_text():
    assert render_post("a[^1]").html == "<p>a[^1]</p>"


def test_a_picture_knows_its_size_and_waits():
    html = render_post("![a](/a.png) <img src='/a.png' width=5>", pictures=SIZES.get).html

    assert '<img alt="a" src="/a.png" width="640" height="480" loading="lazy" decoding="async">' in html
    assert '<img src="/a.png" width="5" alt="" loading="lazy" decoding="async">' in html


def test_a_picture_nobody_knows_has_no_size():
    assert "width" not in render_post("![a](/b.png)", pictures=SIZES.get).html


def test_a_lone_picture_with_a_title_is_a_figure():
    assert "<figcaption>T &amp; t</figcaption></figure>" in render_post('![a](/a.png "T & t")').html
    assert "figure" not in render_post("![a](/a.png)").html
    assert "figure" not in render_post('b ![a](/a.png "T")').html


def test_links_that_leave_keep_their_distance():
    html = render_post('[a](/b) [c](https://d.ef) <a href="https://g.hi" rel="me">j</a>').html

    assert '<a href="/b">' in html
    assert '<a href="https://d.ef" rel="noopener">' in html
    assert '<a href="https://g.hi" rel="me noopener">' in html


@pytest.mark.parametrize(
    "text",
    [
        "<details open><summary>a</summary>b</details>",
        "<kbd>a</kbd>",
        '<p align="center">a</p>',
        '<video controls src="/a.mp4"></video>',
        "<ruby>漢<rt>kan</rt></ruby>",
        '<div class="note" id="n">a</div>',
    ],
)
def test_the_authors_html_stays(text):
    assert text in render_post(text).html.replace('=""', "")


def test_players_are_framed_and_other_frames_are_not():
    html = render_post('<iframe src="https://www.youtube-nocookie.com/embed/x" onload="y"></iframe>').html
    other = render_post('<iframe src="https://evil.example/embed/"></iframe><iframe srcdoc="a"></iframe>').html

    assert 'src="https://www.youtube-nocookie.com/embed/x" sandbox="allow-scripts' in html
    assert "onload" not in html
    assert "evil" not in other
    assert "srcdoc" not in other


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hello wide world", 3),
        ("你好世界", 4),
        ("安装 Redis 7.2", 4),
        ("don't 3.14", 2),
        ("カタカナ", 4),
        ("한국어 문장", 2),
        ("", 0),
        ("# a\n\n- b\n- c", 3),
        ("|a|b|\n|-|-|\n|c|d|", 4),
        ("![a](b.png)", 0),
        ("a\\\nb", 2),
    ],
)
def test_words_and_characters_are_counted(text, words):
    assert render_post(text).words == words


def test_plain_text_has_no_markup_and_no_entities():
    post = render_post('# A & B\n\n*c* `<d>` [e](/f "g")[^1]\n\n- h\n- i\n\n<b>j</b> &copy;\n\n[^1]: k')

    assert post.text == "A & B\nc <d> e\nh\ni\nj ©\nk"


def test_html_too_deep_for_any_page_is_shown_as_text():
    deep = render_post("<div>" * 600 + "a")

    assert deep.html.startswith("<p>&lt;div&gt;")
    assert render_post("<div>" * 100 + "a").html.startswith("<div><div>")
