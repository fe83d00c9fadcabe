"""GitHub's `> [!NOTE]` in posts."""

import pytest

from frodo.markdown import render_comment, render_post
from tests.markdown.plain import fold


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "> [!NOTE]\n> Useful *words*.",
            '<div class="callout callout-note"><p class="callout-title">Note</p><p>Useful <em>words</em>.</p></div>',
        ),
        (
            "> [!tip] A title\n>\n> - a",
            '<div class="callout callout-tip"><p class="callout-title">A title</p><ul><li>a</li></ul></div>',
        ),
        (
            "> [!WARNING]\n>\n> a\n>\n> b",
            '<div class="callout callout-warning"><p class="callout-title">Warning</p><p>a</p><p>b</p></div>',
        ),
        ("> [!WHAT]\n> a", "<blockquote><p>[!WHAT]\na</p></blockquote>"),
        ("> a\n> [!NOTE]", "<blockquote><p>a\n[!NOTE]</p></blockquote>"),
        ("[!NOTE]\na", "<p>[!NOTE]\na</p>"),
    ],
)
def test_a_quote_with_a_mark_is_a_callout(text, html):
    assert fold(render_post(text).html.strip()) == html


def test_its_title_is_in_the_language_of_the_text():
    assert "说明" in render_post("> [!NOTE]\n> 一行。", language="zh-hans").html


def test_a_comment_has_none():
    assert "callout" not in render_comment("> [!NOTE]\n> a")
