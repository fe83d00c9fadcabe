"""Ghost's export becomes posts, pages, comments and redirects."""

# ruff: noqa: E501 - exports of other systems as they are written

import json
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError

from blog.models import Comment, Page, Post
from tests import people
from tests.importers.folders import picture, write
from tests.importers.test_corpus import CORPUS

POST = {
    "id": "p1",
    "uuid": "8492fbba",
    "title": "Green tea",
    "slug": "green-tea",
    "html": "<p>Hot <strong>tea</strong>.</p>",
    "status": "published",
    "type": "post",
    "visibility": "public",
    "published_at": "2021-03-24T04:34:09.000Z",
    "updated_at": "2021-03-25T00:00:00.000Z",
    "custom_excerpt": "In short.",
}


def export(folder, *posts: dict, **tables):
    """A file of Ghost 4 or later; each post says what differs from POST."""
    data = {"posts": [POST | post for post in posts or [{}]], **tables}
    path = folder / "tea.ghost.json"
    path.write_text(json.dumps({"db": [{"meta": {"version": "5.0.0"}, "data": data}]}), encoding="utf-8")
    return path


def test_a_post(run, ann, tmp_path):
    tables = {
        "tags": [{"id": "t1", "name": "Hot"}, {"id": "t2", "name": "#internal"}, {"id": "t3", "name": "茶"}],
        "posts_tags": [{"post_id": "p1", "tag_id": f"t{n}", "sort_order": 3 - n} for n in (1, 2, 3)],
        "users": [{"id": "u1", "name": "Ann", "email": "ann@example.org", "slug": "ann"}],
        "posts_authors": [{"post_id": "p1", "author_id": "u1", "sort_order": 0}],
        "members": [{"id": "m1", "email": "bob@example.org"}] * 3,
    }

    output = run(export(tmp_path, {"codeinjection_head": "<script>"}, **tables))

    tea = Post.objects.get()
    assert output.startswith("Format: ghost (tea.ghost.json)")
    assert (tea.title, tea.slug, tea.text, tea.summary) == ("Green tea", "green-tea", "Hot **tea**.", "In short.")
    assert (tea.published_at, tea.author) == (datetime(2021, 3, 24, 4, 34, 9, tzinfo=UTC), ann)
    assert {tag.name for tag in tea.tags.all()} == {"Hot", "茶"}
    assert "Members and newsletters are left out, since Frodo has none: members 3." in output
    assert "Code injection" in output


@pytest.mark.parametrize(
    ("fields", "status", "reason"),
    [
        ({"status": "draft", "published_at": None, "created_at": "2021-01-01T00:00:00.000Z"}, "draft", ""),
        ({"status": "scheduled", "published_at": "2999-01-01T00:00:00.000Z"}, "scheduled", ""),
        ({"status": "sent"}, "draft", "sent"),
    ],
)
def test_who_could_not_be_read_there_cannot_be_read_here(run, tmp_path, fields, status, reason):
    output = run(export(tmp_path, fields))

    assert Post.objects.get().status == status
    assert f": {reason}\n" in output if reason else "hidden" not in output


def test_a_post_for_members_becomes_private(run, tmp_path, client):
    run(export(tmp_path, {"visibility": "paid", "canonical_url": "https://old.example/tea/", "meta_title": "Hot"}))

    post = Post.objects.get()
    assert (post.status, post.visibility) == ("published", "private")
    assert client.get(post.url).status_code == 404
    assert (post.canonical_url, post.seo_title) == ("https://old.example/tea/", "Hot")


@pytest.mark.parametrize("fields", [{"type": "page"}, {"type": None, "page": 1}])
def test_a_page(run, tmp_path, fields):
    run(export(tmp_path, fields))

    assert Page.objects.get().text == "Hot **tea**."


def test_old_urls_redirect(run, client, tmp_path):
    tags = {"tags": [{"id": "t", "name": "Hot tea", "slug": "hot"}], "posts_tags": [{"post_id": "p1", "tag_id": "t"}]}
    run(export(tmp_path, **tags, settings=[{"key": "permalinks", "value": "/:year/:month/:day/:slug/"}]))

    for old in ("/green-tea/", "/2021/03/24/green-tea/"):
        assert client.get(old).url == "/post/green-tea/"
    assert client.get("/tag/hot/").url == "/tag/hot-tea/"


def test_images_come_from_a_folder_at_their_full_size(run, tmp_path, media):
    folder = write(tmp_path / "content" / "images", {"2021/03/cup.png": picture()})
    body = '<figure class="kg-card kg-image-card"><img src="__GHOST_URL__/content/images/size/w600/2021/03/cup.png"></figure>'

    run(
        export(tmp_path, {"html": body, "feature_image": "__GHOST_URL__/content/images/2021/03/cup.png"}),
        "--media",
        str(folder),
    )

    [stored] = media.rglob("*.png")
    tea = Post.objects.get()
    assert tea.text == f"![](/media/{stored.relative_to(media)})"
    assert tea.cover.name == str(stored.relative_to(media))


def mobiledoc(*sections, cards=(), markups=()) -> str:
    return json.dumps({"version": "0.3.1", "markups": markups, "atoms": [], "cards": cards, "sections": sections})


def lexical(*nodes) -> str:
    return json.dumps({"root": {"type": "root", "children": nodes}})


@pytest.mark.parametrize(
    ("fields", "markdown"),
    [
        ({"mobiledoc": mobiledoc([10, 0], [1, "p", []], cards=[["markdown", {"markdown": "# A *b*\n\n- c"}]])}, "# A *b*\n\n- c"),
        ({"lexical": lexical({"type": "markdown", "markdown": "A *b*"})}, "A *b*"),
        ({"markdown": "A *b* of 2014"}, "A *b* of 2014"),
        ({"html": None, "mobiledoc": mobiledoc([1, "p", [[0, [0], 1, "a"], [1, [], 0, 0], [0, [], 0, "b < c"]]], markups=[["strong"]])}, "**a**\\\nb < c"),
        ({"html": None, "lexical": lexical({"type": "heading", "tag": "h2", "children": [{"type": "text", "text": "A", "format": 1}]}, {"type": "image", "src": "/a.png", "alt": "b"}, {"type": "codeblock", "language": "js", "code": "x < 1"})}, "## **A**\n\n![b](/a.png)\n\n```js\nx < 1\n```"),
        ({"html": None, "mobiledoc": "{broken"}, ""),
    ],
)  # fmt: skip
def test_what_was_written_in_markdown_stays_as_it_was(run, tmp_path, fields, markdown):
    run(export(tmp_path, fields))

    assert Post.objects.get().text == markdown


@pytest.mark.parametrize(
    ("card", "markdown"),
    [
        ('<figure class="kg-card kg-bookmark-card"><a class="kg-bookmark-container" href="https://x.org/"><div class="kg-bookmark-content"><div class="kg-bookmark-title">X</div><div class="kg-bookmark-description">About X</div></div></a></figure>', "[X](https://x.org/)\\\nAbout X"),
        ('<div class="kg-card kg-callout-card"><div class="kg-callout-emoji">💡</div><div class="kg-callout-text">Mind <b>this</b></div></div>', "> 💡 Mind **this**"),
        ('<div class="kg-card kg-toggle-card"><div class="kg-toggle-heading"><h4 class="kg-toggle-heading-text">More</h4></div><div class="kg-toggle-content"><p>Inside</p></div></div>', "<details><summary>More</summary><p>Inside</p></details>"),
        ('<figure class="kg-card kg-gallery-card"><div class="kg-gallery-container"><div class="kg-gallery-image"><img src="/a.png"></div><div class="kg-gallery-image"><img src="/b.png"></div></div></figure>', "![](/a.png)\n\n![](/b.png)"),
        ('<figure class="kg-card kg-embed-card"><iframe src="https://www.youtube.com/embed/abcdefghijk"></iframe></figure>', '<iframe src="https://www.youtube.com/embed/abcdefghijk"></iframe>'),
        ('<div class="kg-card kg-audio-card"><div class="kg-audio-player-container"><audio src="/a.mp3" preload="metadata"></audio><div class="kg-audio-title">Song</div><button>▶</button></div></div>', '<figure><audio controls="" src="/a.mp3"></audio><figcaption>Song</figcaption></figure>'),
        ('<div class="kg-card kg-file-card"><a class="kg-file-card-container" href="/a.pdf"><div class="kg-file-card-title">A file</div></a></div>', "[A file](/a.pdf)"),
        ('<!--kg-card-begin: html--><table><tr><td colspan="2">x</td></tr></table><!--kg-card-end: html-->', '<table><tbody><tr><td colspan="2">x</td></tr></tbody></table>'),
        ('<p>a</p><div class="kg-card kg-signup-card"><form><input></form></div>', "a"),
    ],
)  # fmt: skip
def test_cards_become_what_they_show(run, tmp_path, card, markdown):
    run(export(tmp_path, {"html": card}))

    assert Post.objects.get().text == markdown


def test_comments_keep_the_names_of_members(run, tmp_path):
    comments = [
        {"id": "c1", "post_id": "p1", "member_id": "m1", "html": "<p>Lovely.</p>", "status": "published"},
        {"id": "c2", "post_id": "p1", "parent_id": "c1", "html": "<p>Yes.</p>", "status": "hidden"},
    ]

    run(export(tmp_path, comments=comments, members=[{"id": "m1", "name": "Bob"}]))

    first, second = Comment.objects.order_by("id")
    assert (first.name, first.text, second.parent, second.state) == ("Bob", "Lovely.", first, "pending")


def test_an_author_may_be_mapped(run, tmp_path):
    edith = people.edith()

    run(export(tmp_path, {"author_id": 1}, users=[{"id": 1, "name": "Lu"}]), "--map-author", "Lu=edith")

    assert Post.objects.get().author == edith


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"db": [{"data": {"posts": [{"title": "a"}', "ends too early"),
        ('{"db": [{"data": {"posts": [{"title": \n a}]}}]}', "line 2: This is not valid JSON"),
        ('{"data": {"users": []}}', "no list of posts"),
        ('{"other": [{"data": {"posts": []}}]}', "no list of posts"),
        ("{" * 100_000, "tea.json"),
    ],
)
def test_a_broken_file_is_refused_with_its_place(run, tmp_path, content, message):
    path = tmp_path / "tea.json"
    path.write_text(content)

    with pytest.raises(CommandError, match=message):
        run(path)

    assert not Post.objects.exists()


FILES = sorted((CORPUS / "ghost").rglob("*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_export_is_imported_whole_or_refused(run, client, path):
    whole = json.loads(path.read_bytes())
    data = whole.get("db", [whole.get("data", {})])[0].get("data") if "db" in whole or "data" in whole else None
    if data is None:
        with pytest.raises(CommandError, match="no list of posts"):
            run(path)
        return
    dry = run(path, "--dry-run")

    output = run(path)

    pages = sum(post.get("type") == "page" or bool(post.get("page")) for post in data["posts"])
    assert dry.replace("Dry run: nothing has been changed.\n", "") == output
    assert (Page.objects.count(), Post.objects.count()) == (pages, len(data["posts"]) - pages)
    for entry in (*Post.objects.published(), *Page.objects.published()):
        assert client.get(entry.url).status_code == 200
        assert client.get(f"/{entry.slug}/").url == entry.url
    assert run(path)["unchanged"] == len(data["posts"])


def test_markdown_files_for_ghosts_importer_are_imported(run):
    assert run(CORPUS / "ghost/import", "--format", "markdown")["created"] == 5
