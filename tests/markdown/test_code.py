import re
from pathlib import Path
from time import thread_time

import pytest
from lxml.html import fragment_fromstring

from frodo.markdown import render_post
from frodo.markdown.code import marked_lines
from frodo.markdown.code_css import DARK, GROUNDS, LIGHT, SEPIA, css, readable
from frodo.site_settings.colors import READABLE, contrast

CODE_CSS = Path(__file__).parents[2] / "static" / "css" / "code.css"


def test_code_is_coloured_by_classes_alone():
    html = render_post("```python\nx = 1\n```").html

    assert html.startswith('<div class="highlight" data-lang="python"><pre><code><span class="n">x</span>')
    assert "style=" not in html


@pytest.mark.parametrize("info", ["nosuch", "mermaid", "", 'a"b><i>'])
def test_an_unknown_language_is_plain(info):
    html = render_post(f"```{info}\na < b && c\n```").html

    assert "<code>a &lt; b &amp;&amp; c\n</code>" in html
    assert "<i>" not in html


def test_code_after_indentation_is_plain():
    assert render_post("    a").html == '<div class="highlight"><pre><code>a\n</code></pre></div>'


def test_lines_are_marked_and_a_title_shown():
    html = render_post('```python {2} title="a & b.py"\nx\ny\n```').html

    assert '<div class="code-title">a &amp; b.py</div>' in html
    assert html.count('class="hll"') == 1


@pytest.mark.parametrize(
    ("info", "lines"),
    [
        ("{1,3-4}", [1, 3, 4]),
        ("{2}", [2]),
        ("", []),
        ("{a}", []),
        ("{4-1}", []),
        ("{1-99999999}", list(range(1, 2001))),
        ('hl_lines="1 3-4"', [1, 3, 4]),
        ("hl_lines=2,5", [2, 5]),
        ('{linenos=true,hl_lines=[2,"4-5"]}', [2, 4, 5]),
    ],
)
def test_marked_lines_are_read(info, lines):
    assert marked_lines("py " + info) == lines


@pytest.mark.parametrize(
    ("info", "numbers"),
    [
        ("linenos", ["1", "2"]),
        ("linenos=table", ["1", "2"]),
        ('linenums="7"', ["7", "8"]),
        ("{linenos=true,linenostart=199}", ["199", "200"]),
        ("showLineNumbers", ["1", "2"]),
        ("linenos=false", []),
        ('title="linenos"', []),
    ],
)
def test_lines_are_numbered_and_the_numbers_are_not_text(info, numbers):
    html = render_post(f"```python {info}\nx = 1\ny = 2\n```").html

    assert re.findall(r'<span class="line" data-n="(\d+)">', html) == numbers
    assert text(html).endswith("x = 1\ny = 2\n")


def test_a_line_is_marked_and_numbered_at_once_in_a_string_of_several_lines():
    html = render_post('```python linenos {2}\nx = """a\nb"""\n```').html

    assert '<span class="hll line" data-n="2"><span' in html
    assert text(html) == 'x = """a\nb"""\n'
    assert html.count("<span") == html.count("</span>")


def test_plain_code_has_marked_lines_too():
    assert '<span class="hll">a &lt; b\n</span>c' in render_post("```{1}\na < b\nc\n```").html


def test_a_diff_tells_added_lines_from_deleted_ones():
    html = render_post("```diff\n--- a.py\n+++ b.py\n-x = 1\n+x = 2\n y = 3\n```").html

    assert html.count('<span class="add">') == html.count('<span class="del">') == 1
    assert text(html) == "--- a.py\n+++ b.py\n-x = 1\n+x = 2\n y = 3\n"


def test_a_diff_of_a_language_keeps_its_colours():
    source = "-x = 1\n+x = 2\n y = 3\nz\n\n"

    html = render_post(f"```python diff\n{source}```").html

    assert '<span class="del">-<span class="n">x</span>' in html
    assert '<span class="add">+<span class="n">x</span>' in html
    assert '\n</span> <span class="n">y</span>' in html
    assert text(html) == source


def test_the_stylesheet_is_the_one_that_is_made():
    assert CODE_CSS.read_text() == css(), "run: python -m frodo.markdown.code_css > static/css/code.css"


@pytest.mark.parametrize("name", [LIGHT, DARK])
def test_every_colour_can_be_read(name):
    style = readable(name)

    for _token, look in style:
        for ground in (style.background_color, *GROUNDS[name == LIGHT].values(), *([SEPIA] if name == LIGHT else [])):
            assert contrast(look["color"], ground) >= READABLE


def test_the_reader_chooses_the_theme():
    sheet = css()

    assert re.search(r'prefers-color-scheme: dark\) \{\s+:root:not\(\[data-theme="light"\]\) \.highlight', sheet)
    assert '[data-theme="dark"] .highlight .k ' in sheet


def test_long_code_is_coloured_as_far_as_the_limit_and_whole():
    source = f"# {'a' * 97}\n" * 700

    html = render_post(f"```python\n{source}```").html

    assert html.count('<span class="c1">') == 600
    assert text(html) == source


def test_code_after_a_very_long_line_is_plain():
    source = "x = 1\n" + "y" * 6_000 + "\nz = 2\n"

    html = render_post(f"```python\n{source}```").html

    assert '<span class="n">x</span>' in html
    assert '<span class="n">z</span>' not in html
    assert text(html) == source


@pytest.mark.parametrize(
    ("language", "unit"),
    [("ini", "a b\n"), ("ini", "[a "), ("java", "a b\n"), ("java", "a."), ("java", "a "), ("sql", "'")],
)
@pytest.mark.parametrize("blocks", [1, 10])
def test_lexers_that_are_slow_end_soon(language, unit, blocks):
    source = (unit * 50_000)[: 50_000 // blocks].rstrip("\n") + "\n"
    start = thread_time()

    html = render_post(f"```{language}\n{source}```\n\n" * blocks).html

    assert thread_time() - start < 2
    assert text(html).strip("\n") == "\n".join([source] * blocks).strip("\n")


def text(html: str) -> str:
    return fragment_fromstring(html, create_parent=True).text_content()
