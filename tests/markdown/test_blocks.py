import pytest

from tests.markdown.plain import flat, fold

CASES = {
    "a list follows a paragraph": ("a\n- b", "<p>a</p><ul><li>b</li></ul>"),
    "two spaces nest": ("- a\n  - b", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
    "three spaces nest in a numbered list": ("1. a\n   - b", "<ol><li>a<ul><li>b</li></ul></li></ol>"),
    "a tab nests": ("- a\n\t- b", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
    "a loose list has paragraphs": ("- a\n\n- b", "<ul><li><p>a</p></li><li><p>b</p></li></ul>"),
    "another bullet is another list": ("- a\n* b", "<ul><li>a</li></ul><ul><li>b</li></ul>"),
    "numbers start where they start": ("3) a", '<ol start="3"><li>a</li></ol>'),
    "a year does not begin a list": ("born in\n1986. Yes", "<p>born in\n1986. Yes</p>"),
    "an item holds code": ("- a\n  ```\n  x\n  ```\n- b", "<ul><li>a<pre><code>x\n</code></pre></li><li>b</li></ul>"),
    "code keeps its blank lines": ("```\na\n\n\nb\n```", "<pre><code>a\n\n\nb\n</code></pre>"),
    "a fence names its language": ("```js\nx\n```", '<pre><code class="language-js">x\n</code></pre>'),
    "an unclosed fence runs to the end": ("~~~\nx", "<pre><code>x\n</code></pre>"),
    "an unclosed fence gains no line": ("```\nx\n", "<pre><code>x\n</code></pre>"),
    "an unclosed fence in a list": ("- ```\n  x\n", "<ul><li><pre><code>x\n</code></pre></li></ul>"),
    "an unclosed fence without a line": ("```\n", "<pre><code></code></pre>"),
    "a longer fence holds a shorter": ("````\n```\n````", "<pre><code>```\n</code></pre>"),
    "indented code": ("    a\n\n    b", "<pre><code>a\n\nb\n</code></pre>"),
    "a tab inside code stays": ("\ta\tb", "<pre><code>a\tb\n</code></pre>"),
    "a tab eaten by half": ("-\t\tx", "<ul><li><pre><code>  x\n</code></pre></li></ul>"),
    "a quote": ("> a\n> b", "<blockquote><p>a\nb</p></blockquote>"),
    "a lazy line": ("> a\nb", "<blockquote><p>a\nb</p></blockquote>"),
    "a fence in a quote is not lazy": ("> ```\nx", "<blockquote><pre><code></code></pre></blockquote><p>x</p>"),
    "headings": ("# a #\n### b", "<h1>a</h1><h3>b</h3>"),
    "underlined headings": ("a\n=\nb\n---", "<h1>a</h1><h2>b</h2>"),
    "no space, no heading": ("#a", "<p>#a</p>"),
    "seven are too many": ("####### a", "<p>####### a</p>"),
    "a rule": ("a\n***\nb", "<p>a</p><hr><p>b</p>"),
    "a block of HTML": ("<div>\n*a*\n</div>", "<div>\n*a*\n</div>"),
    "Markdown inside HTML": ("<div>\n\n*a*\n\n</div>", "<div><p><em>a</em></p></div>"),
    "a definition": ("[a]: /b 'c'\n\n[A]", '<p><a href="/b" title="c">A</a></p>'),
    "a definition is no heading": ("[a]: /b\n===\n[a]", '<p>===\n<a href="/b">a</a></p>'),
    "a table": (
        "|a|b|\n|-|:-:|\n|1|",
        '<table><thead><tr><th>a</th><th align="center">b</th></tr></thead>'
        '<tbody><tr><td>1</td><td align="center"></td></tr></tbody></table>',
    ),
    "a table after text": ("x\na|b\n-|-", "<p>x</p><table><thead><tr><th>a</th><th>b</th></tr></thead></table>"),
    "a pipe in a cell's code": (
        "|a|\n|-|\n|`b\\|c`|",
        "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td><code>b|c</code></td></tr></tbody></table>",
    ),
    "tasks": (
        "- [ ] a\n- [x] b",
        '<ul><li class="task"><input disabled="disabled" type="checkbox"> a</li>'
        '<li class="task"><input checked="checked" disabled="disabled" type="checkbox"> b</li></ul>',
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_block_is_read_as_commonmark_says(name):
    text, expected = CASES[name]

    assert flat(text) == fold(expected)


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_any_line_end_will_do(end):
    assert flat(f"a{end}- b{end}{end}c") == flat("a\n- b\n\nc")
