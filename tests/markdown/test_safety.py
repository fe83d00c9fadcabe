import pytest

from frodo.markdown import render_comment, render_post
from tests.markdown.danger import attacks, faults, rendered

COMMENT_TAGS = {
    "a",
    "annotation",
    "blockquote",
    "br",
    "code",
    "del",
    "div",
    "em",
    "li",
    "math",
    "ol",
    "p",
    "pre",
    "semantics",
    "span",
    "strong",
    "ul",
}


def test_no_attack_string_leaves_anything_that_runs():
    for text, post, comment in rendered():
        assert not faults(post), text
        assert not faults(comment), text

    assert len(attacks()) > 400


ATTACKS = {
    "<a href=' javascript:alert(1)'>a</a>": "javascript",
    "<a href='java\tscript:alert(1)'>a</a>": "script:",
    "<a href='&#106;avascript:alert(1)'>a</a>": "avascript",
    "[a](&#x6A;avascript:alert(1))": "avascript",
    "<javascript:alert(1)>": "href=",
    "[a](data:text/html;base64,PHNjcmlwdD4=)": "data:",
    "![a](data:image/svg+xml,<svg/onload=alert(1)>)": "data:",
    "<svg><style><img src=x onerror=alert(1)></style></svg>": "onerror",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>": "onerror=",
    "<form><input name=attributes></form>": "name=",
    "<img name=body src=/a>": "name=",
    "<p style='position:fixed'>a</p>": "style",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>": "srcdoc",
    "<iframe src='https://www.youtube.com.evil.example/embed/'></iframe>": "evil",
    "<iframe src='https://www.youtube.com@evil.example/embed/'></iframe>": "evil",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>": "onerror",
    '<div title="<!--more-->" onclick=alert(1)>a</div>': "onclick",
    "<meta http-equiv=refresh content=0>": "<meta",
    "<base href=//evil.example>": "<base",
}


@pytest.mark.parametrize("text", ATTACKS)
def test_a_known_trick_fails(text):
    html = render_post(text).html

    assert ATTACKS[text] not in html
    assert not faults(html)


@pytest.mark.parametrize("name", ["x0m0e", "xmore", "\x02wzxhzdk:0\x03", "\x0265\x03"])
def test_nobody_can_forge_a_placeholder(name):
    post = render_post(f"{name} $a$ <b>c</b> `{name}`")

    assert post.html.count("<math>") == 1
    assert post.html.count("<b>c</b>") == 1
    assert "\x02" not in post.html


def test_a_picture_in_a_data_url_is_the_authors_right():
    url = "data:image/png;base64,iVBORw0KGgo="

    assert f'src="{url}"' in render_post(f"![a]({url})").html
    assert "data:" not in render_comment(f"![a]({url})").replace(">" + url, "")
