from collections import Counter

import pytest

from blog.importers.markup.jekyll import Values, to_markdown


def turn(text: str, left: Counter | None = None) -> str:
    files = {"_posts/2019-01-02-tea.md": "/post/tea/", "2019-01-02-tea": "/post/tea/"}
    site = {"title": "Leaves", "baseurl": "", "url": "", "repository": "https://example.org/r"}
    values = Values(site, {"title": "Tea", "url": "/post/tea/"}, files.get)
    return to_markdown(text, values, Counter() if left is None else left)


@pytest.mark.parametrize(
    ("liquid", "markdown"),
    [
        ("{% highlight ruby %}\nputs 1\n{% endhighlight %}", "```ruby\nputs 1\n```\n"),
        ('{% highlight js linenos mark_lines="1 3" %}\na\n{% endhighlight %}', "```js {1,3}\na\n```\n"),
        ("{%- highlight\n  ruby\n-%}\na\n{% endhighlight %}", "```ruby\na\n```\n"),
        ("{% raw %}{{ x }}{% endraw %}", "{{ x }}"),
        ("```\n{% raw %}{{ x }}{% endraw %}\n```", "```\n{{ x }}\n```"),
        ("`{% raw %}{% if %}{% endraw %}`", "`{% if %}`"),
        ("[a]({% link _posts/2019-01-02-tea.md %})", "[a](/post/tea/)"),
        ("[a]({{ site.baseurl }}{% post_url 2019-01-02-tea %})", "[a](/post/tea/)"),
        ("![]({{ site.baseurl }}/assets/a.png)", "![](/assets/a.png)"),
        ('![]({{ "/assets/a.png" | relative_url }})', "![](/assets/a.png)"),
        ("![]({{ 'a.png' | prepend: '/img/' }})", "![](/img/a.png)"),
        ("{{ page.title }} on {{ site.title }}, {{ site.repository }}", "Tea on Leaves, https://example.org/r"),
        ("{% assign a = 'b' %}{{ a }}", "b"),
        ("a{% comment %}hidden {{ x }}{% endcomment %}b", "ab"),
        ("Text\n{: .note }\nMore", "Text\nMore"),
        ('[a](b){:target="_blank"} and *c*{: .d}', "[a](b) and *c*"),
        ("* TOC\n{:toc}\n\nText", "\n\nText"),
        ("{::nomarkdown}<b>a</b>{:/}", "<b>a</b>"),
    ],
)
def test_known_liquid_becomes_markdown(liquid, markdown):
    assert turn(liquid) == markdown


@pytest.mark.parametrize(
    "text", ["```\n{% include a.html %} {{ site.title }}\n{: .x }\n```", "`{{ page.title }}`", "{ % not a tag % }"]
)
def test_code_is_not_touched(text):
    left = Counter()

    assert turn(text, left) == text
    assert not left


def test_the_rest_stays_and_is_counted_by_name():
    left = Counter()
    text = "{% include a.html x=1 %} {% for a in b %}{{ a }}{% else %}-{% endfor %} {{ page.date | date: '%Y' }}"

    assert turn(text, left) == text
    assert left == {"include": 1, "for": 1, "{{ a }}": 1, "{{ page.date }}": 1}


@pytest.mark.parametrize(
    "text", ["{% raw %}" * 30_000, "{{ " * 50_000, "{::comment}" * 30_000, "{% include {{ a" * 20_000]
)
def test_hostile_text_takes_no_time(text):
    turn(text)
