import re

import pytest

from frodo.markdown import render_comment, render_post

FORMULAS = {
    "$x_1 + y_1$": "x_1 + y_1",
    "设$x$为": "x",
    r"\(a_b\)": "a_b",
    r"\[\frac{a}{b}\]": r"\frac{a}{b}",
    "$$E=mc^2$$": "E=mc^2",
    "text $$a*b*c$$ text": "a*b*c",
    "$$\n- a\n= b\n$$": "- a\n= b",
    "\\[\na\n\\]": "a",
    "> $$\n> a\n> $$": "a",
    "- x\n  $$\n  a\n  $$": "a",
    r"$\$5$": r"\$5",
}
PROSE = [
    "$5 and $10",
    "costs $5, or US$10",
    "$HOME/$USER",
    r"\$x\$",
    "`$x$`",
    "```\n$x$\n$$y$$\n```",
    "    $x$",
    "a $ b $ c",
    "$x",
    "$$",
    "$$\n\nx\n\n$$",
    r"see \[1\]: notes \[of him\]",
    "5$ a `b$c`",
    "<!-- $x$ -->",
]


def sources(html: str) -> list[str]:
    return re.findall(r'<annotation encoding="application/x-tex">(.*?)</annotation>', html, re.DOTALL)


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_drawn_and_keeps_its_source(text):
    post = render_post(text)

    assert post.has_math
    assert sources(post.html) == [FORMULAS[text]]
    assert FORMULAS[text].replace("\n", " ") in post.text.replace("\n", " ")
    assert "<em>" not in post.html


@pytest.mark.parametrize("text", PROSE)
def test_money_and_code_are_no_formulas(text):
    post = render_post(text)

    assert not post.has_math
    assert "<math" not in post.html


def test_display_is_told_from_inline():
    assert '<div class="math display"><math display="block">' in render_post("$$x$$").html
    assert '<span class="math"><math>' in render_post("a $x$").html


def test_a_comment_has_formulas_too():
    assert sources(render_comment("now $x^2$")) == ["x^2"]


@pytest.mark.parametrize(
    "tex",
    [
        r"\nosuch{x",
        r"\frac{a}",
        "x^{",
        r"\text{<script>alert(1)</script>}",
        r"\left(",
        "{" * 60,
    ],
)
def test_what_cannot_be_drawn_is_shown_as_its_source(tex):
    html = render_post(f"a ${tex}$ b").html

    assert "<script" not in html
    assert '<code class="math">' in html or "<math" in html


def test_tex_cannot_bring_links_or_events():
    html = render_post(r"$\href{javascript:alert(1)}{a}$ $\class{x}{b}$ $\color{red}{a}$").html

    assert "href" not in html.replace(r"\href", "")


def test_a_formula_in_a_pictures_description_stays_text():
    assert 'alt="a x^2 b"' in render_post("![a $x^2$ b](c.png)").html


def test_a_formula_may_stand_in_a_heading_a_cell_and_a_link():
    html = render_post("# $a$\n\n|$b$|\n|-|\n|$c$|\n\n[$d$](/e)").html

    assert sources(html) == ["a", "b", "c", "d"]
