import pytest

from tests.markdown.plain import flat, html

CASES = {
    "*a* _b_ ***c***": "<em>a</em> <em>b</em> <em><strong>c</strong></em>",
    "**a** __b__": "<strong>a</strong> <strong>b</strong>",
    "**a *b* c**": "<strong>a <em>b</em> c</strong>",
    "snake_case_name 2*3*4": "snake_case_name 2<em>3</em>4",
    "a * b * c": "a * b * c",
    "~x~ a ~b c~.": "<del>x</del> a <del>b c</del>.",
    "10~20, 30~40 H~2~O 报名~期待你的到来~": "10~20, 30~40 H~2~O 报名~期待你的到来~",
    "a ~~~a~~~ ~a~~": "a ~~~a~~~ ~a~~",
    "http://x.y/?a=1&amp;b=2": '<a href="http://x.y/?a=1&amp;b=2">http://x.y/?a=1&amp;b=2</a>',
    "http://x.y/?a=1&b=2&copy;": '<a href="http://x.y/?a=1&amp;b=2">http://x.y/?a=1&amp;b=2</a>©',
    "www.x.y/?a&lt;b": '<a href="http://www.x.y/?a%3Cb">www.x.y/?a&lt;b</a>',
    "http://例子.中国/页": "http://例子.中国/页",
    "[a](http://例子.中国/页)": '<a href="http://xn--fsqu00a.xn--fiqs8s/%E9%A1%B5">a</a>',
    "~~a~~ 哈哈~好的~": "<del>a</del> 哈哈~好的~",
    "`a*b*` ``c`d``": "<code>a*b*</code> <code>c`d</code>",
    "`a": "`a",
    r"\*a\* \\": r"*a* \ ".strip(),
    "&copy; &#35; &nope; AT&T": "© # &amp;nope; AT&amp;T",
    "`&copy;`": "<code>&amp;copy;</code>",
    "[a](/b)": '<a href="/b">a</a>',
    '[a](</b c> "t")': '<a href="/b%20c" title="t">a</a>',
    "[a](/b_(c)_d)": '<a href="/b_(c)_d">a</a>',
    "[*a*](b) [c]": '<a href="b"><em>a</em></a> [c]',
    "[a [b](c) d](e)": '[a <a href="c">b</a> d](e)',
    "[文档](/文档)": '<a href="/%E6%96%87%E6%A1%A3">文档</a>',
    "![a *b*](c.png)": '<img alt="a b" src="c.png">',
    "[![a](b)](c)": '<a href="c"><img alt="a" src="b"></a>',
    "<https://a.b/c?d&e>": '<a href="https://a.b/c?d&amp;e">https://a.b/c?d&amp;e</a>',
    "<me@a.bc>": '<a href="mailto:me@a.bc">me@a.bc</a>',
    "https://a.bc/d_e_f.": '<a href="https://a.bc/d_e_f">https://a.bc/d_e_f</a>.',
    "见https://a.bc/d。后": '见<a href="https://a.bc/d">https://a.bc/d</a>。后',
    "访问http://a.bc查看": '访问<a href="http://a.bc">http://a.bc</a>查看',
    "(see www.a.bc/d_(e))": '(see <a href="http://www.a.bc/d_(e)">www.a.bc/d_(e)</a>)',
    "mail me@a.bc now": 'mail <a href="mailto:me@a.bc">me@a.bc</a> now',
    "README.md": "README.md",
    "[https://a.bc](/d)": '<a href="/d">https://a.bc</a>',
    "a  \nb": "a<br>b",
    "a\\\nb": "a<br>b",
    "中文\n后文": "中文后文",
    "한글\n한글": "한글\n한글",
    "<b>a</b> <!-- c -->": "<b>a</b> <!-- c -->",
    "1 < 2 > 0": "1 &lt; 2 &gt; 0",
}


@pytest.mark.parametrize("text", CASES)
def test_text_is_read_as_commonmark_and_github_say(text):
    assert flat(text) == f"<p>{CASES[text]}</p>"


def test_a_line_end_is_a_break_where_asked_for():
    assert flat("a\nb", breaks=True) == "<p>a<br>b</p>"


def test_a_line_end_in_chinese_text_is_no_space():
    assert html("中**文**\n后[文\n字](a)\n`码`\n文 a\n文") == (
        '<p>中<strong>文</strong>后<a href="a">文字</a>\n<code>码</code>\n文 a\n文</p>'
    )
