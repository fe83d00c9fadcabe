import re
from pathlib import Path

import pytest

from frodo.markdown import render_post
from frodo.markdown.code import marked_lines
from frodo.markdown.code_css import CONTRAST, DARK, LIGHT, contrast, css, readable

CODE_CSS = Path(__file__).parents[2] / "static" / "css" / "code.css"


def test_code_is_coloured_by_classes_alone():
    html = render_post("```python\nx = 1\n```").html

    assert html.startswith('<div class="highlight" data-lang="python"><pre><code><span class="n">x</span>')
    assert "style=" not in html


@pytest.mark.parametrize("info", ["nosuch", "mermaid", "", "{1}", 'a"b><i>'])
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
    ],
)
def test_marked_lines_are_read(info, lines):
    assert marked_lines("py " + info) == lines


def test_the_stylesheet_is_the_one_that_is_made():
    assert CODE_CSS.read_text() == css(), "run: python -m frodo.markdown.code_css > static/css/code.css"


@pytest.mark.parametrize("name", [LIGHT, DARK])
def test_every_colour_can_be_read(name):
    style = readable(name)

    for _token, look in style:
        for ground in (style.background_color, style.highlight_color):
            assert contrast(look["color"], ground) >= CONTRAST


def test_the_reader_chooses_the_theme():
    sheet = css()

    assert re.search(r'prefers-color-scheme: dark\) \{\s+:root:not\(\[data-theme="light"\]\) \.highlight', sheet)
    assert '[data-theme="dark"] .highlight .k ' in sheet
