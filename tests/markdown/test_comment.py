import pytest
from lxml.html import fragment_fromstring

from frodo.markdown import render_comment

CASES = {
    "a *b* **c** ~~d~~ `e`": "<p>a <em>b</em> <strong>c</strong> <del>d</del> <code>e</code></p>",
    "a\nb": "<p>a<br>\nb</p>",
    "# a": "<p><strong>a</strong></p>",
    "a\n===": "<p><strong>a</strong></p>",
    "![a](https://b.cd/e.png)": '<p><a href="https://b.cd/e.png" rel="nofollow ugc noopener">a</a></p>',
    "[a](https://b.cd)": '<p><a href="https://b.cd" rel="nofollow ugc noopener">a</a></p>',
    "https://b.cd": '<p><a href="https://b.cd" rel="nofollow ugc noopener">https://b.cd</a></p>',
    "[a](javascript:alert(1))": '<p><a rel="nofollow ugc noopener">a</a></p>',
    "[a](tel:1)": '<p><a rel="nofollow ugc noopener">a</a></p>',
    "<b>a</b>": "<p>&lt;b&gt;a&lt;/b&gt;</p>",
    "<script>a</script>": "<p>&lt;script&gt;a&lt;/script&gt;</p>",
    "<!-- a -->": "<p>&lt;!-- a --&gt;</p>",
    "> a": "<blockquote>\n<p>a</p>\n</blockquote>",
    "- a\n- b": "<ul>\n<li>a</li>\n<li>b</li>\n</ul>",
    "2. a": '<ol start="2">\n<li>a</li>\n</ol>',
    "```html\n<i>\n```": '<div class="highlight" data-lang="html"><pre><code><span class="p">&lt;</span>'
    '<span class="nt">i</span><span class="p">&gt;</span>\n</code></pre></div>',
    "a[^1]\n\n[^1]: b": '<p>a<a href="b" rel="nofollow ugc noopener">^1</a></p>',
    "": "",
}


@pytest.mark.parametrize("text", CASES)
def test_a_comment_has_a_narrow_dress(text):
    assert render_comment(text) == CASES[text]


def test_a_comment_has_no_ids():
    html = render_comment('# a\n\n<a id="x">b</a>\n\n```py\nx\n```\n\n$y$')

    assert not fragment_fromstring(html, create_parent=True).xpath("//@id | //@name | //@style")
