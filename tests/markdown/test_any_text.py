import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from frodo.markdown import render_comment, render_post, toc_to_json
from tests.markdown.danger import faults

PIECES = st.sampled_from(
    [
        "*",
        "**",
        "_",
        "~~",
        "`",
        "```",
        "```py\n",
        "[",
        "]",
        "(",
        ")",
        "![",
        "](",
        "<",
        ">",
        "<b>",
        "</b>",
        "<!--",
        "-->",
        "<div>",
        "<script>",
        "javascript:",
        "&lt;",
        "&#60;",
        "&",
        "\\",
        "$",
        "$$",
        "\\(",
        "\\)",
        "\\[",
        "\\]",
        "\\frac",
        "{",
        "}",
        "^",
        "#",
        "# ",
        "- ",
        "1. ",
        "> ",
        "    ",
        "\t",
        "\n",
        "\n\n",
        "  \n",
        "\r\n",
        "|",
        "|-|\n",
        "[^1]",
        "[^1]: ",
        "[a]: ",
        "- [ ] ",
        "===",
        "---",
        "http://a.b",
        "www.a.b",
        "a@b.cd",
        '"',
        "'",
        "onload=",
        " ",
        "中文",
        "。",
        "“",
        "葛\U000e0100",
        "\0",
        "\u2028",
        "\ud800",
        "\x02",
        "\x03",
        "\x02wzxhzdk:0\x03",
        "\ufeff",
        "a",
        "1",
        "<!--more-->",
        "<iframe src=",
        "<a href=",
        "{1}",
        "title=",
    ]
)
TEXTS = st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=40).map("".join))


@pytest.mark.quality
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS)
def test_any_text_is_rendered_safely_and_the_same_each_time(text):
    post, comment = render_post(text), render_comment(text)

    for html in (post.html, post.excerpt, comment):
        assert not faults(html)
        assert "\x02" not in html
        html.encode()
    assert render_post(text) == post
    assert render_comment(text) == comment
    assert post.words <= len(text) * 4
    toc_to_json(post.toc)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="\\{}^_&$ abc12frcsqtlexinginmatrixmegh<>\"'#%~中", max_size=80))
def test_any_formula_is_rendered_safely(tex):
    assert not faults(render_post(f"$$\n{tex}\n$$").html)
    assert not faults(render_comment(f"a ${tex}$ b"))
