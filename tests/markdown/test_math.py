import re
from html import unescape

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
    r"f \(x\) g": "x",
    r"设$\text{速度}=v$": r"\text{速度}=v",
    "\\begin{align}\na&=b\n\\end{align}": "\\begin{align}\na&amp;=b\n\\end{align}",
    r"so \begin{aligned}a\end{aligned} holds": r"\begin{aligned}a\end{aligned}",
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
    "脚本里$*表示全部，$@表示每个",
    "变量$#是个数，$?是状态",
    "用$PATH和$(pwd)",
    r"\[[see](http://x.y/?a=1)\]",
    r"见 \[[文档](http://x.y/?a=1)\]",
    r"f\(note\)",
    r"as he said \(see below\)",
    r"他说\(见下文\)",
]


def sources(html: str) -> list[str]:
    return re.findall(r'<annotation encoding="application/x-tex">(.*?)</annotation>', html, re.DOTALL)


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_drawn_and_keeps_its_source(text):
    post = render_post(text)

    assert sources(post.html) == [FORMULAS[text]]
    assert unescape(FORMULAS[text]).replace("\n", " ") in post.text.replace("\n", " ")
    assert "<em>" not in post.html


@pytest.mark.parametrize("text", PROSE)
def test_money_and_code_are_no_formulas(text):
    assert "<math" not in render_post(text).html


@pytest.mark.parametrize(
    ("tex", "drawn"),
    [
        (
            r"\begin{aligned}x&=1\\&=2\end{aligned}",
            '<mtr><mtd columnalign="right"><mi>x</mi></mtd><mtd columnalign="left">',
        ),
        (r"\begin{alignat}{2}x&=1\end{alignat}", '<mtd columnalign="right"><mi>x</mi></mtd>'),
        (r"\begin{eqnarray}x&=&1\end{eqnarray}", '<mtd columnalign="center"><mo>=</mo></mtd>'),
        (r"\begin{eqnarray*}x&=&1\end{eqnarray*}", '<mtd columnalign="center"><mo>=</mo></mtd>'),
        (r"\begin{gathered}x\\y\end{gathered}", '<mtr><mtd columnalign="center"><mi>y</mi></mtd></mtr>'),
        (r"\text{a<b}", "<mtext>a&lt;b</mtext>"),
        (r"\text{a & b}", "<mtext>a\u00a0&amp;\u00a0b</mtext>"),
        ("a < b & c", "<mo>&lt;</mo>"),
    ],
)
def test_a_formula_is_drawn_and_not_shown_as_its_source(tex, drawn):
    html = render_post(f"$$\n{tex}\n$$").html

    assert '<code class="math">' not in html
    assert drawn in html


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
