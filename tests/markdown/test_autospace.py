"""Where Chinese and Latin meet in rendered HTML, browsers that cannot space them get an empty element."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frodo.markdown import render_post
from frodo.markdown.autospace import GAP, with_gaps
from tests.factories import make_page, make_post


def gaps(html: str) -> str:
    return with_gaps(html).replace(GAP, "|")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>用Python写，3天</p>", "<p>用|Python|写，3|天</p>"),
        ("<p>カタカナABCひらがな</p>", "<p>カタカナ|ABC|ひらがな</p>"),
        ("<p>中 A 中</p>", "<p>中 A 中</p>"),  # the author has typed a space
        ("<p>“A”，中（A）。</p>", "<p>“A”，中（A）。</p>"),  # punctuation has its own
        ("<p>中<strong>A</strong>中</p>", "<p>中|<strong>A</strong>|中</p>"),
        ('<p>中<a href="/中A">A</a>中</p>', '<p>中|<a href="/中A">A</a>|中</p>'),
        ("<p>中<em><b>A</b></em><em>中</em></p>", "<p>中|<em><b>A</b></em>|<em>中</em></p>"),
        ("<p>中</p><p>A</p>", "<p>中</p><p>A</p>"),
        ("<p>中<br>A</p>", "<p>中<br>A</p>"),
        ("<p>中<code>中A</code>A中</p>", "<p>中<code>中A</code>A|中</p>"),
        ("<pre><code>中A</code></pre>", "<pre><code>中A</code></pre>"),
        ("<p>中<math><mi>中A</mi></math></p>", "<p>中<math><mi>中A</mi></math></p>"),
        ("<p>中&amp;A中</p>", "<p>中&amp;A|中</p>"),
        ('<img alt="中A">', '<img alt="中A">'),
        ("<p>Only Latin, 3 days</p>", "<p>Only Latin, 3 days</p>"),
        ("", ""),
    ],
)
def test_the_gap_stands_where_scripts_meet_and_nowhere_else(html, expected):
    assert gaps(html) == expected


@given(
    st.lists(
        st.sampled_from(["中", "A", "3", "，", " ", "**", "`", "\n\n", "[中](/)", "<b>", "</b>", "&", "<", "[^1]"])
    )
)
def test_nothing_but_gaps_is_added(parts):
    html = render_post("".join(parts), language="zh-hans").html

    spaced = with_gaps(html)

    assert spaced.replace(GAP, "") == html
    assert not re.search(
        r"[一-鿿][A-Za-z0-9]|[A-Za-z0-9][一-鿿]", re.sub(r"<(code|pre)\b.*?</\1>|<(?!i class)[^>]*>", " ", spaced)
    )


@pytest.mark.django_db
def test_pages_have_gaps_and_what_is_stored_has_none(client):
    post, page = make_post(text="用Python写"), make_page(title="关于", text="用Python写")

    for entry in (post, page):
        assert f"用{GAP}Python{GAP}写" in client.get(entry.url).content.decode()
        assert entry.html == "<p>用Python写</p>"
    for path in ("/atom.xml", f"/api/posts/{post.slug}/?fields=body"):
        assert "gap" not in client.get(path).content.decode()
