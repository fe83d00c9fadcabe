"""What a generator keeps from its readers does not become public by being imported."""

from datetime import timedelta

import pytest
from django.utils import timezone

from blog.models import Page, Post
from tests.importers.folders import post, write

LATER = f"{timezone.now() + timedelta(days=9):%Y-%m-%d}"
SECRET = "a secret of mine"


HIDDEN = [
    ({"password": "'x'"}, "password"),
    ({"password": "123456"}, "password"),
    ({"passwd": "'x'"}, "passwd"),
    ({"encrypt": "true"}, "encrypt"),
    ({"hidden": "true"}, "hidden"),
    ({"hide": "true"}, "hide"),
    ({"private": "yes"}, "private"),
    ({"unlisted": "true"}, "unlisted"),
    ({"visible": "false"}, "visible"),
    ({"visibility": "private"}, "visibility"),
    ({"status": "private"}, "status"),
    ({"expiryDate": "2020-01-01"}, "expirydate"),
    ({"publishDate": LATER}, "publishdate"),
    ({"build": "{render: never}"}, "build.render"),
    ({"_build": "{Render: false}"}, "build.render"),
    ({"build": "{list: never}"}, "build.list"),
    ({"Hidden": "true"}, "hidden"),
    ({"PASSWORD": "x"}, "password"),
    ({"draft": "true"}, ""),
    ({"Draft": "true"}, ""),
    ({"Published": "false"}, ""),
    ({"publish": "false"}, ""),
    ({"Publish": "no"}, ""),
]
"""Front matter, and by which of it the report names the post; a draft is none of the generator's ways to hide."""


@pytest.mark.parametrize("layout", ["post", "page"])
@pytest.mark.parametrize("format", ["markdown", "hexo", "hugo"])
def test_hidden_posts_become_drafts_and_are_named(run, client, tmp_path, layout, format):
    files = {"public.md": post(SECRET[:8])}
    for n, (fields, _named) in enumerate(HIDDEN):
        files[f"h{n}.md"] = post(SECRET, title=f"H{n}", date="2019-01-01", layout=layout, **fields)

    output = run(write(tmp_path, files), "--format", format)

    assert output["of these, drafts"] == len(HIDDEN)
    assert output["hidden by their generator, now drafts"] == sum(bool(named) for _fields, named in HIDDEN)
    for n, (_fields, named) in enumerate(HIDDEN):
        entry = (Page if layout == "page" else Post).objects.get(slug=f"h{n}")
        assert client.get(entry.url).status_code == 404
        assert (f"    h{n}.md:" in output) == bool(named), (n, named)
        assert not named or f"    h{n}.md: {named}\n" in output, (n, named)
    for address in ("/", "/archives/", "/atom.xml", "/sitemap.xml", "/search/?q=secret+of+mine"):
        assert SECRET not in client.get(address).content.decode(), address


@pytest.mark.parametrize(
    "fields",
    [
        {"password": "''"},
        {"encrypt": "false"},
        {"hidden": "false"},
        {"visible": "true"},
        {"visibility": "public"},
        {"expiryDate": LATER},
        {"expiryDate": "9999-12-31T23:59:59Z"},
        {"publishDate": "2018-01-01"},
        {"build": "{render: always, list: always}"},
        {"published": "true"},
        {"publish": "true"},
        {"publish": "2018-01-01"},
    ],
)
def test_what_was_public_stays_so(run, client, tmp_path, fields):
    output = run(write(tmp_path, {"a.md": post(date="2019-01-01", **fields)}))

    assert client.get("/post/a/").status_code == 200
    assert output["hidden by their generator, now drafts"] == 0


HUGO = {"hugo.toml": ""}


@pytest.mark.parametrize(
    ("files", "named"),
    [
        (HUGO | {"content/posts/_index.md": "+++\n[cascade]\ndraft = true\n+++\n", "content/posts/a.md": post()}, ""),
        (
            HUGO
            | {"content/posts/_index.md": post("", cascade="{_build: {render: never}}"), "content/posts/a.md": post()},
            "build.render",
        ),
        (
            {
                "hugo.toml": "[[cascade]]\nprivate = true\n[cascade._target]\npath = '/posts/**'\n",
                "content/posts/a.md": post(),
            },
            "private",
        ),
        ({"_config.yml": "", "source/_posts/_a.md": post(date="2019-01-01")}, "_a.md"),
        ({"_config.yml": "", "source/_posts/_old/a.md": post(date="2019-01-01")}, "_old"),
        (
            {
                "_config.yml": "defaults:\n- scope: {path: ''}\n  values: {published: false}",
                "_posts/2019-01-01-a.md": post(),
            },
            "",
        ),
        ({"_config.yml": "title: x", "_posts/a.md": post()}, "_posts"),
        (
            {"_config.yml": "title: x", "_posts/x.md": post("", layout="tags"), "_notes/a.md": post(date="2019-01-01")},
            "_notes",
        ),
        (
            {"config.toml": 'base_url = "/"', "content/a.md": "+++\ndate = 2019-01-01\n[extra]\nhidden = true\n+++\nx"},
            "hidden",
        ),
        ({"config.toml": 'base_url = "/"', "content/a.md": "+++\ndate = 2019-01-01\nrender = false\n+++\nx"}, "render"),
    ],
)
def test_rules_of_the_site_hide_posts_too(run, tmp_path, files, named):
    output = run(write(tmp_path, files))

    assert [found.status for found in Post.objects.filter(origin__endswith="a.md")] == ["draft"]
    assert output["hidden by their generator, now drafts"] == bool(named)
    if named:
        assert f"a.md: {named}" in output


def test_keys_are_read_in_any_case(run, tmp_path):
    text = "---\nTitle: Tea\nSlug: Green\nDate: 2019-01-02\nTags: [a]\nAliases: [/x/]\nDescription: Hot.\n"
    text += "mathJax: true\n---\nx"

    run(
        write(
            tmp_path,
            {"hugo.toml": "BaseURL = 'https://x.example/b'\nTIMEZONE = 'Asia/Tokyo'", "content/posts/a.md": text},
        )
    )

    tea = Post.objects.get()
    assert (tea.title, tea.slug, tea.summary, f"{tea.published_at:%Y-%m-%d %H}") == (
        "Tea",
        "green",
        "Hot.",
        "2019-01-01 15",
    )
    assert [tag.name for tag in tea.tags.all()] == ["a"]
    assert {old.path for old in tea.redirects.all()} >= {"/x", "/b/posts/green"}
    assert tea.front_matter == {"Aliases": ["/x/"], "mathJax": True}
