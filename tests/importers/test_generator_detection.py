from datetime import UTC, datetime

import pytest

from blog.models import Page, Post
from tests.importers.folders import picture, post, write

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
        ({"config.toml": 'base_url = "/"', "content/a.md": post()}, "", "zola"),
        ({"zola.toml": 'base_url = "/"', "content/blog/a.md": post()}, "content/blog", "zola"),
        ({"config.toml": 'baseURL = "/"', "content/a.md": post()}, "", "hugo"),
        ({"a.md": "+++\ntitle = 'x'\n[taxonomies]\ntags = ['y']\n+++\nx"}, "", "zola"),
        ({"_config.yml": "source: source", "source/_posts/2019-01-01-a.md": post()}, "", "jekyll"),
        ({"_config.yml": "title: x", "_posts/2019-01-01-a.md": post(), "source/x.txt": ""}, "", "jekyll"),
        ({"a.md": "Just text."}, "", "markdown"),
        ({"a.md": post(title="Tea", date="2019-01-01")}, "", "markdown"),
        ({"a.md": "```\n{{< figure >}} {% asset_img %}\n```"}, "", "markdown"),
        ({}, "", "markdown"),
    ],
)
def test_the_format_is_found(run, tmp_path, files, below, format):
    output = run(write(tmp_path, files) / below)

    assert output.startswith(f"Format: {format} (")
    assert output["created"] == len([name for name in files if name.endswith(".md")])


def test_the_format_may_be_given(run, tmp_path):
    output = run(write(tmp_path, {"a.md": post("{% youtube lJIrF4YjHfQ %}")}), "--format=hexo")

    assert output.startswith("Format: hexo (as you said)")
    assert 'class="embed"' in Post.objects.get().html


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

    output = run(write(tmp_path, files))

    tea = Post.objects.get(slug="tea")
    assert (output["Markdown files found"], output["posts"], output["pages"], output["skipped"]) == (6, 3, 2, 1)
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

    assert run(tmp_path)["skipped"] == 1
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

    output = run(write(tmp_path, files))

    tea = Post.objects.get(slug="tea")
    assert (output["posts"], output["pages"], output["skipped"]) == (4, 2, 2)
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

    output = run(write(tmp_path, files))

    tea = Post.objects.get(slug="tea")
    assert (output["posts"], output["pages"], output["skipped"]) == (3, 3, 2)
    assert (tea.published_at, f"{tea.updated_at:%Y-%m}") == (datetime(2019, 7, 25, 1, tzinfo=UTC), "2019-12")
    assert tea.text == "[c](/post/cups/)"
    assert Post.objects.get(slug="cups").language == "zh-hans"
    assert Post.objects.get(slug="draft").status == "draft"


def test_a_zola_site(run, client, tmp_path):
    files = {
        "config.toml": 'base_url = "https://x.example/z"\n[slugify]\npaths = "safe"\n',
        "content/_index.md": "+++\ntitle = 'Home'\n+++\n",
        "content/a.md": "+++\ntitle = 'Top'\ndate = 2019-01-02\npath = 'over/there'\n+++\nSee [b](@/blog/b.md#part).",
        "content/about.md": "+++\ntitle = 'About'\n+++\nx",
        "content/blog/_index.md": "+++\nsort_by = 'date'\n+++\n",
        "content/blog/b.md": '+++\ndate = 2019-01-03T10:00:00+08:00\nupdated = 2020-02-03\nslug = "be"\n'
        'aliases = ["old/b"]\n[taxonomies]\ntags = ["Tea"]\ncategories = ["Drinks"]\nplaces = ["Asia"]\n'
        '[extra]\ncover = "/cup.png"\n+++\n{{ youtube(id="I07XMi7MHd4") }}\n\n'
        '{% quote(author="Lu Yu") %}\nTea.\n{% end %}\n\n`{{/* x() */}}` {{ chart(n=1) }}\n\n![](/cup.png)',
        "content/blog/2018-10-10-C：茶/index.md": "+++\n+++\n![](d.png)",
        "content/blog/2018-10-10-C：茶/d.png": picture("blue"),
        "content/blog/e.md": "+++\ndate = 2019-01-04\ndraft = true\n+++\nx",
        "static/cup.png": picture(),
    }

    output = run(write(tmp_path, files))

    assert (output["posts"], output["pages"], output["of these, drafts"], output["skipped"]) == (4, 1, 1, 2)
    assert (output["pictures copied"], output["pictures missing"], output["tags that were not converted"]) == (2, 0, 1)
    b, c = Post.objects.get(slug="be"), Post.objects.get(slug="c-茶")
    assert (b.published_at, f"{b.updated_at:%Y-%m}") == (datetime(2019, 1, 3, 2, tzinfo=UTC), "2020-02")
    assert sorted(tag.name for tag in b.tags.all()) == ["Asia", "Drinks", "Tea"]
    assert "youtube-nocookie.com/embed/I07XMi7MHd4" in b.text
    assert "> Tea.\n>\n> — **Lu Yu**" in b.text
    assert "`{{ x() }}` {{ chart(n=1) }}" in b.text
    assert b.cover
    assert f"{c.published_at:%Y-%m-%d}" == "2018-10-10"
    top = Post.objects.get(title="Top")
    assert (top.slug, top.text) == ("there", "See [b](/post/be/#part).")
    for old, entry in (
        ("/z/over/there/", top),
        ("/z/blog/be/", b),
        ("/z/old/b/", b),
        ("/z/blog/C：茶/", c),
        ("/z/about/", Page.objects.get()),
    ):
        answer = client.get(old)
        assert (answer.status_code, answer.headers.get("Location")) == (301, entry.url), old


def test_a_dated_file_at_the_top_of_hugos_content_is_a_post(run, tmp_path):
    files = {
        "hugo.toml": "",
        "content/tea.md": post(date="2019-01-02"),
        "content/cup/index.md": post(date="2019-01-02"),
        "content/contact.md": post(),
        "content/about.md": post(date="2019-01-02"),
        "content/shop.md": post(date="2019-01-02", menu="main"),
    }

    run(write(tmp_path, files))

    assert sorted(Post.objects.values_list("slug", flat=True)) == ["cup", "tea"]
    assert sorted(Page.objects.values_list("slug", flat=True)) == ["about", "contact", "shop"]


def test_jekylls_source_defaults_and_collections_are_known(run, client, tmp_path):
    config = """
source: src
collections_dir: things
collections: {recipes: {output: true, permalink: "/cook/:path/"}, notes: {}}
permalink: pretty
defaults:
- {scope: {path: "", type: posts}, values: {author: bob, permalink: "/all/:title/", comments: false}}
- {scope: {path: _posts/work}, values: {tags: [job], permalink: "/work/:title.html"}}
"""
    files = {
        "_config.yml": config,
        "README.md": post(),
        "src/things/_posts/2019-01-02-Tea.md": post(),
        "src/things/_posts/work/2019-01-03-Job.md": post(comments="true"),
        "src/things/_recipes/hot/Soup.md": post(title="Soup"),
        "src/things/_notes/mine.md": post(title="Mine"),
        "src/about.md": post(title="About"),
    }

    output = run(write(tmp_path, files))

    assert (output["posts"], output["pages"], output["of these, drafts"]) == (2, 3, 1)
    tea, job = Post.objects.order_by("published_at")
    assert (tea.comments_open, job.comments_open) == (False, True)
    assert [tag.name for tag in job.tags.all()] == ["job"]
    assert output["authors unknown here"] == 2
    for old, entry in (
        ("/all/Tea/", tea),
        ("/work/Job.html", job),
        ("/cook/hot/Soup/", Page.objects.get(slug="soup")),
        ("/about/", Page.objects.get(slug="about")),
    ):
        answer = client.get(old)
        assert (answer.status_code, answer.headers.get("Location")) == (301, entry.url), old
    assert "_notes" in output


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2019-01-02 23:00:00", "2019-01-02 23:00"),
        ("2019-01-02T23:00:00", "2019-01-02 23:00"),
        ("2019-01-02 23:00", "2019-01-02 15:00"),
        ("2019-01-02", "2019-01-01 16:00"),
        ("2019-01-02 23:00:00 +0900", "2019-01-02 14:00"),
    ],
)
def test_jekyll_takes_a_time_without_zone_for_one_of_utc(run, tmp_path, written, utc):
    files = {"_config.yml": "timezone: Asia/Shanghai", "_posts/2019-01-02-a.md": post(date=written)}

    run(write(tmp_path, files))

    assert f"{Post.objects.get().published_at.astimezone(UTC):%Y-%m-%d %H:%M}" == utc


def test_tags_left_visible_are_counted_by_name(run, client, tmp_path):
    output = run(write(tmp_path, {"_posts/a.md": "title: Tea\n---\n{% chart x %} {% chart y %} {% poll z %}"}))

    assert output["tags that were not converted"] == 3
    assert "chart 2, poll" in output
    assert "{% chart x %}" in client.get("/post/a/").content.decode()
