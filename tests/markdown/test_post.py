"""What only a post has: excerpt, footnotes, pictures, words, the author's own HTML."""

import re

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

    assert post.excerpt == "<h2>A</h2>\n<p>b</p>"


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


def test_an_alternative_text_of_spaces_is_none():
    assert '<img alt="" src="/a.png"' in render_post("![ ](/a.png)").html


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("[![](a.png)](https://x.org/b?a=1&b=2)", 'rel="noopener" aria-label="x.org/b?a=1&amp;b=2"><img'),
        ("[](/b)", '<a href="/b" aria-label="/b"></a>'),
        ("[![Tea](a.png)](/b)", '<a href="/b"><img'),
        ("[![](a.png) Tea](/b)", '<a href="/b"><img'),
        ('<a href="/b" title="Tea"><img src="a.png"></a>', '<a href="/b" title="Tea"><img'),
    ],
)
def test_a_link_without_words_is_named_by_its_url(text, link):
    assert link in render_post(text).html


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

    assert 'data-player="https://www.youtube-nocookie.com/embed/x"' in html
    assert "onload" not in html
    assert "<iframe" not in html + other
    assert "evil" not in other
    assert "srcdoc" not in other


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("हिन्दी भाषा और لُغَة", 4),
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


def test_tags_too_deep_for_any_page_are_shown_as_text():
    deep = render_post("<div>" * 600 + "a")

    assert deep.html.startswith("<div><div>")
    assert deep.html.count("&lt;div&gt;") == 100


@pytest.mark.parametrize(
    "html",
    [
        "<svg>" + "<path/>" * 501 + "</svg>",
        "<svg>" + "<g>" * 501 + "</svg>",
        "<dl>" + "<dt>a<dd>b" * 300 + "</dl>",
        "<table><thead><tr>" + "<th>a" * 600 + "<tbody>" * 600 + "</table>",
        "<ruby>" + "a<rt>b" * 600 + "</ruby>",
        "<b></b>" * 600,
        "<!--" + "<b>" * 600 + "-->",
    ],
)
def test_many_tags_are_not_deep(html):
    post = render_post(f"{html}\n\n**z**").html

    assert "&lt;" not in post
    assert post.endswith("<p><strong>z</strong></p>")


def test_closing_tags_that_open_nothing_do_not_hide_the_depth():
    assert "&lt;b&gt;" in render_post("<b></i>" * 600).html


@pytest.mark.parametrize(
    "name",
    "script style template title textarea xmp noscript noembed plaintext iframe noframes svg math SCRIPT".split(),
)
def test_a_tag_in_prose_keeps_the_rest(name):
    post = render_post(f"A <{name}> tag, $x$.\n\nThe rest\n\n<{name}>\n\n**bold**").html

    assert post.startswith(f'<p>A &lt;{name}&gt; tag, <span class="math"><math>')
    assert "<p>The rest</p>" in post
    assert post.endswith("<p><strong>bold</strong></p>")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("List<String> x", "<p>List&lt;String&gt; x</p>"),
        ("Map<K, V> and Map<?, ?>", "<p>Map&lt;K, V&gt; and Map&lt;?, ?&gt;</p>"),
        ("git clone <repo-url>", "<p>git clone &lt;repo-url&gt;</p>"),
        ("</T> <T/>", "<p>&lt;/T&gt; &lt;T/&gt;</p>"),
        ("<!DOCTYPE html> first", "&lt;!DOCTYPE html&gt; first"),
        ("A <!-- comment", "<p>A &lt;!-- comment</p>"),
        ("a <!-- b --> c", "<p>a  c</p>"),
        ("<pre>\nList<String>\n</pre>", "<pre>List&lt;String&gt;\n</pre>"),
        ('<b title="List<String>">a</b>', '<p><b title="List&lt;String&gt;">a</b></p>'),
        ("a `<script>` b", "<p>a <code>&lt;script&gt;</code> b</p>"),
        ("<o:p>a</o:p>", "<p>&lt;o:p&gt;a&lt;/o:p&gt;</p>"),
        ("a <noscript><b>c</b></noscript> d", "<p>a <b>c</b> d</p>"),
    ],
)
def test_what_is_no_tag_is_text(text, html):
    assert render_post(text).html == html


@pytest.mark.parametrize("name", ["script", "style"])
def test_a_closed_block_of_script_or_style_is_left_out(name):
    assert render_post(f"a\n\n<{name}>\nb\n\nc\n</{name}>\n\nd").html == "<p>a</p>\n\n<p>d</p>"


def test_a_note_after_an_exclamation_mark():
    html = render_post("Thanks![^1]\n\n[^1]: To **you**").html

    assert html == (
        '<p>Thanks!<sup class="footnote-ref" id="fnref-1"><a href="#fn-1">1</a></sup></p>\n'
        '<section class="footnotes">\n<ol>\n'
        '<li id="fn-1"><p>To <strong>you</strong> <a class="footnote-back" href="#fnref-1">↩</a></p>\n</li>\n'
        "</ol>\n</section>"
    )


def test_notes_that_nobody_refers_to_leave_nothing():
    assert render_post("a\n\n[^1]: b\n\n[^2]: c").html == "<p>a</p>"


def test_a_note_holds_blocks():
    html = render_post("a[^n]\n\n[^n]: b\n\n    - c\n\nd").html

    assert (
        '<li id="fn-n"><p>b</p>\n<ul>\n<li>c</li>\n</ul>\n <a class="footnote-back" href="#fnref-n">↩</a></li>' in html
    )
    assert html.index("<p>d</p>") < html.index("<section")


def test_labels_that_look_alike_have_notes_of_their_own():
    html = render_post("a[^A] b[^a]\n\n[^A]: c\n[^a]: d").html

    assert 'id="fn-a"' in html
    assert 'id="fn-a-2"' in html
    assert 'href="#fnref-a-2"' in html


def test_definition_lists():
    html = render_post("Term *a*\n: Definition **b**\n: Another\n\nSecond\n:   c\n\n    d").html

    assert html == (
        "<dl>\n<dt>Term <em>a</em></dt>\n<dd><p>Definition <strong>b</strong></p>\n</dd>\n<dd><p>Another</p>\n</dd>\n"
        "<dt>Second</dt>\n<dd><p>c</p>\n<p>d</p>\n</dd>\n</dl>"
    )
    assert render_post("T\n: D").html == "<dl>\n<dt>T</dt>\n<dd>D</dd>\n</dl>"


@pytest.mark.parametrize("text", ["再见\n~ 小明", "a\n:b", "a\n\n: ", "12:30"])
def test_what_is_no_definition_list(text):
    assert "<dl>" not in render_post(text).html


def test_the_text_of_a_task_is_the_label_of_its_checkbox():
    box = '<input type="checkbox" disabled="">'

    def html(text: str) -> str:
        """The sanitizer puts the two attributes in any order."""
        return render_post(text).html.replace('disabled="" type="checkbox"', 'type="checkbox" disabled=""')

    tight = html("- [ ] to *do*\n  1. nested\n- plain")
    loose = html("- [ ] first\n\n  second\n")
    last = html("1. [ ] a `b`<br>c\n   - d\n")

    assert f"<label>{box} to <em>do</em>\n</label><ol>" in tight
    assert f'<li class="task"><p><label>{box} first</label></p>\n<p>second</p>' in loose
    assert f"<label>{box} a <code>b</code><br>c\n</label><ul>" in last


def test_an_empty_cell_above_a_column_is_no_header():
    html = render_post("| | a |\n|-:|---|\n| b | c |").html

    assert re.findall(r"<(t[hd])(?: [^>]*)?>([^<]*)", html) == [("td", ""), ("th", "a"), ("td", "b"), ("td", "c")]
