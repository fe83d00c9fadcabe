from datetime import UTC, datetime

import pytest

from blog.models import Page, Post
from tests.transfer.folders import post, write

DATED = {"date": "2019-07-25 10:00:00"}


@pytest.mark.parametrize(
    ("files", "below", "format"),
    [
        ({"_config.yml": "title: x", "source/_posts/a.md": post()}, "", "hexo"),
        ({"_config.yml": "title: x", "source/_posts/a.md": post()}, "source", "hexo"),
        ({"_config.yml": "title: x", "source/_posts/a.md": post()}, "source/_posts", "hexo"),
        ({"_config.yml": "title: x", "source/_posts/a.md": post()}, "source/_posts/a.md", "hexo"),
        ({"source/_posts/a.md": post()}, "", "hexo"),
        ({"a.md": "title: Tea\n---\nx"}, "", "hexo"),
        ({"a.md": post("{% asset_img a.png %}")}, "", "hexo"),
        ({"_config.yml": "title: x", "_posts/2019-01-01-a.md": post()}, "", "jekyll"),
        ({"_config.yml": "title: x", "_posts/2019-01-01-a.md": post()}, "_posts", "jekyll"),
        ({"_posts/2019-01-01-a.md": post()}, "", "jekyll"),
        ({"2019-01-01-a.md": post("{{ site.baseurl }}", layout="post")}, "", "jekyll"),
        ({"hugo.toml": "", "content/posts/a.md": post()}, "", "hugo"),
        ({"config/_default/hugo.yaml": "", "content/posts/a.md": post()}, "content/posts", "hugo"),
        ({"a.md": "+++\ntitle = 'x'\n+++\nx"}, "", "hugo"),
        ({"a/index.md": post(date="2019-01-01")}, "", "hugo"),
        ({"a.md": post("{{< figure src=a.png >}}")}, "", "hugo"),
        ({"a.md": "Just text."}, "", "markdown"),
        ({"a.md": post(title="Tea", date="2019-01-01")}, "", "markdown"),
        ({"a.md": "```\n{{< figure >}} {% asset_img %}\n```"}, "", "markdown"),
        ({}, "", "markdown"),
    ],
)
def test_the_format_is_found(run, tmp_path, files, below, format):
    said = run(write(tmp_path, files) / below)

    assert said.startswith(f"Format: {format} (")
    assert said["created"] == len([name for name in files if name.endswith(".md")])


def test_the_format_may_be_said(run, tmp_path):
    said = run(write(tmp_path, {"a.md": post("{% youtube lJIrF4YjHfQ %}")}), "--format=hexo")

    assert said.startswith("Format: hexo (as you said)")
    assert "<iframe" in Post.objects.get().html


def test_a_hexo_site(run, tmp_path):
    files = {
        "_config.yml": "timezone: Asia/Shanghai\n",
        "README.md": "Not of the blog.",
        "themes/next/README.md": "Not of the blog.",
        "source/_posts/tea.md": post("a <!-- more --> b\n\n{% post_link cups %}", title="Tea", **DATED),
        "source/_posts/sub/cups.md": "title: Cups\ndate: 2019-07-26 10:00:00\n---\nx",
        "source/_drafts/later.md": post(title="Later"),
        "source/about/index.md": post(title="About"),
        "source/tags/index.md": post("", title="Tags", type="tags"),
        "source/docs/a/index.md": post(title="Deep"),
    }

    said = run(write(tmp_path, files))

    tea = Post.objects.get(slug="tea")
    assert (said["Markdown files found"], said["posts"], said["pages"], said["refused"]) == (6, 3, 2, 1)
    assert tea.published_at == datetime(2019, 7, 25, 2, tzinfo=UTC)
    assert tea.text == "a <!--more--> b\n\n[Cups](/post/cups/)"
    assert Post.objects.get(slug="later").status == "draft"
    assert list(Page.objects.order_by("slug").values_list("slug", "in_menu")) == [("a", False), ("about", True)]


def test_links_are_found_from_a_folder_of_posts_alone(run, tmp_path):
    files = {
        "2019-01-01-a.md": post("[b]({% link _posts/2019-01-02-b.md %})", layout="post"),
        "2019-01-02-b.md": post(),
    }

    run(write(tmp_path, files))

    assert Post.objects.get(slug="a").text == "[b](/post/b/)"


def test_what_jekyll_never_showed_comes_when_asked_for_alone(run, tmp_path):
    write(tmp_path, {"_config.yml": "title: x", "_posts/2019-01-01-a.md": post(), "README.md": "Read me."})

    assert run(tmp_path)["refused"] == 1
    assert run(tmp_path / "README.md")["created"] == 1


def test_pictures_of_a_gallery_come_after_the_text(run, tmp_path):
    text = "title: Tea\nphotos:\n- https://example.org/a.png\n---\nx"

    run(write(tmp_path, {"_posts/a.md": text}))

    assert Post.objects.get().text == "x\n\n![](https://example.org/a.png)"


def test_a_jekyll_site(run, tmp_path):
    files = {
        "_config.yml": "timezone: Europe/Paris\nbaseurl: /b\n",
        "README.md": "Not of the blog.",
        "_posts/2019-07-25-tea.md": post("a\n\nMORE\n\nb", title="Tea", tags="two words", excerpt_separator="MORE"),
        "drinks/_posts/2019-07-26-cups.md": post("[t]({% post_url 2019-07-25-tea %})"),
        "_posts/undated.md": post(title="Never shown"),
        "_drafts/later.md": post(title="Later"),
        "_includes/sig.md": "Ann",
        "_recipes/soup.md": post(title="Soup"),
        "about.md": post(title="About", layout="page"),
    }

    said = run(write(tmp_path, files))

    tea = Post.objects.get(slug="tea")
    assert (said["posts"], said["pages"], said["refused"]) == (4, 2, 2)
    assert tea.published_at == datetime(2019, 7, 24, 22, tzinfo=UTC)
    assert sorted(tag.name for tag in tea.tags.all()) == ["two", "words"]
    assert "<!--more-->" in tea.text
    assert Post.objects.get(slug="cups").text == "[t](/post/tea/)"
    assert [tag.name for tag in Post.objects.get(slug="cups").tags.all()] == ["drinks"]
    assert set(Post.objects.drafts().values_list("slug", flat=True)) == {"undated", "later"}
    assert dict(Page.objects.values_list("slug", "in_menu")) == {"about": True, "soup": False}


def test_a_hugo_site(run, tmp_path):
    files = {
        "hugo.toml": 'timeZone = "Asia/Tokyo"\n',
        "content/_index.md": post("", title="Home"),
        "content/about.md": "+++\ntitle = 'About'\ndate = 2019-01-01\n+++\nx",
        "content/posts/_index.md": post("Words of welcome.", title="Posts"),
        "content/posts/tea.md": "+++\ntitle = 'Tea'\ndate = 2019-07-25T10:00:00\nlastmod = 2020-01-01\n+++\n"
        '[c]({{< ref "cups" >}})',
        "content/posts/cups/index.zh.md": post("茶杯，茶杯，茶杯。", date="2019-07-26T10:00:00+08:00"),
        "content/posts/draft.md": post(draft="true"),
        "content/contact/index.md": post(title="Contact", type="page"),
        "content/homepage/index.md": post("", headless="true"),
        "archetypes/default.md": post(),
        "themes/x/README.md": "x",
    }

    said = run(write(tmp_path, files))

    tea = Post.objects.get(slug="tea")
    assert (said["posts"], said["pages"], said["refused"]) == (3, 3, 2)
    assert (tea.published_at, f"{tea.updated_at:%Y-%m}") == (datetime(2019, 7, 25, 1, tzinfo=UTC), "2019-12")
    assert tea.text == "[c](/post/cups/)"
    assert Post.objects.get(slug="cups").language == "zh-hans"
    assert Post.objects.get(slug="draft").status == "draft"


def test_tags_left_visible_are_counted_by_name(run, client, tmp_path):
    said = run(write(tmp_path, {"_posts/a.md": "title: Tea\n---\n{% chart x %} {% chart y %} {% poll z %}"}))

    assert said["tags left visible in the text"] == 3
    assert "chart 2, poll" in said
    assert "{% chart x %}" in client.get("/post/a/").content.decode()
