from collections import Counter

import pytest

from blog.importers.markup.hexo import to_markdown

POSTS = {"tea": ("/post/tea/", "Tea")}


def turn(text: str) -> str:
    return to_markdown(text, POSTS.get, Counter())


@pytest.mark.parametrize(
    ("tag", "markdown"),
    [
        (
            "{% blockquote Lu Yu, The Classic of Tea %}\nTea.\n{% endblockquote %}",
            "> Tea.\n>\n> — **Lu Yu**, The Classic of Tea\n",
        ),
        ("{% quote %}Tea.{% endquote %}", "> Tea.\n"),
        (
            "{% blockquote Ann https://example.org/a Her page %}\nTea.\n{% endblockquote %}",
            "> Tea.\n>\n> — **Ann**, [Her page](https://example.org/a)\n",
        ),
        ("{% codeblock %}\na = 1\n{% endcodeblock %}", "```\na = 1\n```\n"),
        (
            "{% codeblock Title lang:js mark:1,3-4 https://example.org %}\na\n{% endcodeblock %}",
            '```js {1,3-4} title="Title"\na\n```\n',
        ),
        ("{% code lang:md %}\n```\na\n```\n{% endcode %}", "````md\n```\na\n```\n````\n"),
        ("{% pullquote left %}\nTea.\n{% endpullquote %}", "> Tea.\n"),
        ('{% note warning "注意" %}\n茶。\n{% endnote %}', "> **注意**\n>\n> 茶。\n"),
        ("{% cq %}茶。{% endcq %}", "> 茶。\n"),
        ("{% link Tea house https://example.org/ %}", "[Tea house](https://example.org/)"),
        ("{% img /images/a.png %}", "![](/images/a.png)"),
        (
            '{% img left /images/a.png 200 100 \'"A title" "An alt"\' %}',
            '<img src="/images/a.png" alt="An alt" title="A title" width="200" height="100">',
        ),
        ("{% asset_img a.png This is tea %}", '![This is tea](a.png "This is tea")'),
        ('{% asset_img "two words.png" "its title" %}', '![its title](<two words.png> "its title")'),
        ("{% asset_path a.png %}", "a.png"),
        ("{% post_link tea %}", "[Tea](/post/tea/)"),
        ("{% post_link tea 'Read it' %}", "[Read it](/post/tea/)"),
        ("[x]({% post_path tea %})", "[x](/post/tea/)"),
        ("{% gist 996818 %}", "<https://gist.github.com/996818>"),
        ("{% raw %}{{ x }} {% y %}{% endraw %}", "{{ x }} {% y %}"),
        ("`{% raw %}{{ x }}{% endraw %}`", "`{{ x }}`"),
        ("{% math %}\na^2\n{% endmath %}", "$$\na^2\n$$\n"),
        ("{% label info@tea %}", "tea"),
    ],
)
def test_a_known_tag_becomes_markdown(tag, markdown):
    assert turn(tag) == markdown


@pytest.mark.parametrize("tag", ["{% youtube lJIrF4YjHfQ %}", "{% vimeo 82090131 %}", "{% bilibili BV1xx411c7mD %}"])
def test_a_film_becomes_a_player(tag):
    assert turn(tag).startswith("<iframe src=")


@pytest.mark.parametrize(
    "text",
    [
        "```\n{% youtube lJIrF4YjHfQ %}\n```",
        "~~~\n{% raw %}{{ x }}{% endraw %}\n~~~",
        "- item\n  ```\n  {% note %}a{% endnote %}\n  ```",
        "Say `{% youtube lJIrF4YjHfQ %}` to show a film.",
        "<pre>{% youtube lJIrF4YjHfQ %}</pre>",
        "````\n```\n{% cq %}a{% endcq %}\n```\n````",
    ],
)
def test_code_is_not_touched(text):
    assert turn(text) == text


def test_an_unknown_tag_stays_and_is_counted_by_name():
    left = Counter()
    text = "{% jsfiddle %} {% tabs a %}x{% endtabs %} {% tabs b %}y{% endtabs %} {% post_link nowhere %}"

    assert to_markdown(text, POSTS.get, left) == text
    assert left == {"jsfiddle": 1, "tabs": 2, "post_link": 1}


def test_a_tag_that_is_never_closed_stays_and_the_rest_is_turned():
    left = Counter()

    assert to_markdown("{% note %}\n{% post_link tea %}", POSTS.get, left) == "{% note %}\n[Tea](/post/tea/)"
    assert left == {"note": 1}


def test_a_quote_holds_code():
    assert turn("{% note %}\n```\na\n```\n{% endnote %}") == "> ```\n> a\n> ```\n"


@pytest.mark.parametrize(
    ("fence", "ours"),
    [
        ("``` js Title\na\n```", '```js title="Title"\na\n```'),
        ("``` js 标题 https://example.org link mark:2\na\n```", '```js {2} title="标题 link"\na\n```'),
        ("``` js\na\n```", "```js\na\n```"),
        ("```js {1}\na\n```", "```js {1}\na\n```"),
    ],
)
def test_a_fence_says_its_title_in_our_way(fence, ours):
    assert turn(fence).replace("``` js\n", "```js\n") == ours


@pytest.mark.parametrize(
    "text", ["{% note " * 50_000, "{% raw %}" * 50_000, "`" * 3 + " `` ` " * 50_000, "{% a %}" * 50_000, "[" * 100_000]
)
def test_hostile_text_takes_no_time(text):
    turn(text)
