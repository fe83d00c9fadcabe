from collections import Counter

import pytest

from blog.importers.markup.hugo import to_markdown

PAGES = {"tea.md": "/post/tea/", "posts/tea.md#milk": "/post/tea/#milk"}


def turn(text: str, left: Counter | None = None) -> str:
    return to_markdown(text, PAGES.get, Counter() if left is None else left)


@pytest.mark.parametrize(
    ("shortcode", "markdown"),
    [
        ('{{< figure src="a.png" alt="Tea" caption="A cup" >}}', '![Tea](a.png "A cup")'),
        ('{{< figure src="a b.png" link="https://example.org" >}}', "[![](<a b.png>)](https://example.org)"),
        ("{{< highlight go >}}\nfunc a\n{{< /highlight >}}", "```go\nfunc a\n```\n"),
        (
            '{{< highlight go "linenos=table,hl_lines=8 15-17" >}}\na\n{{< / highlight >}}',
            "```go {8,15-17}\na\n```\n",
        ),
        ('[a]({{< ref "tea.md" >}})', "[a](/post/tea/)"),
        ('[a]({{% relref "posts/tea.md#milk" %}})', "[a](/post/tea/#milk)"),
        ("{{< gist ann 123abc >}}", "<https://gist.github.com/ann/123abc>"),
        ('{{< tweet user="ann" id="12" >}}', "<https://x.com/ann/status/12>"),
        ('{{% notice tip "A tip" %}}\nTea.\n{{% /notice %}}', "> **A tip**\n>\n> Tea.\n"),
        ('{{< admonition type=note title="注意" >}}\n茶。\n{{< /admonition >}}', "> **注意**\n>\n> 茶。\n"),
        ("{{</* youtube abc */>}}", "{{< youtube abc >}}"),
        ("```\n{{</* youtube abc */>}}\n```", "```\n{{< youtube abc >}}\n```"),
        ('```go {hl_lines=[1,"3-4"],linenos=true}\na\n```', "```go {1,3-4}\na\n```"),
        ("{{< math >}}a^2{{< /math >}}", "$a^2$"),
    ],
)
def test_a_known_shortcode_becomes_markdown(shortcode, markdown):
    assert turn(shortcode) == markdown


@pytest.mark.parametrize(
    "tag", ["{{< youtube w7Ft2ymGmfc >}}", '{{< youtube id="w7Ft2ymGmfc" >}}', "{{< vimeo 1463300 >}}"]
)
def test_a_film_becomes_a_player(tag):
    assert turn(tag).startswith("<iframe src=")


@pytest.mark.parametrize("text", ["```\n{{< figure src=a.png >}}\n```", "`{{< ref tea.md >}}`"])
def test_code_is_not_touched(text):
    assert turn(text) == text


def test_the_rest_stays_and_is_counted_by_name():
    left = Counter()
    text = '{{< chart "a" >}} {{< tabs >}}x{{< /tabs >}} {{< ref "nowhere.md" >}} {{< instagram x />}}'

    assert turn(text, left) == text
    assert left == {"chart": 1, "tabs": 1, "ref": 1, "instagram": 1}


def test_what_stays_is_not_taken_for_html():
    assert turn("{{<x>}}a{{</x>}}") == "{{< x>}}a{{< /x>}}"


@pytest.mark.parametrize("text", ["{{< note " * 30_000, "{{< note >}}" * 30_000, "{{</*" * 30_000])
def test_hostile_text_takes_no_time(text):
    turn(text)
