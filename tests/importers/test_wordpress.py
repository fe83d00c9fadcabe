"""WordPress's export becomes posts, pages, comments and redirects."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from blog.models import Comment, Page, Post, Redirect
from tests import people
from tests.http_client.hosts import Host, page
from tests.importers.folders import picture, write
from tests.importers.wxr import attachment, category, comment, export, item, meta


def test_an_item_becomes_a_post(run, ann, tmp_path):
    tags = '<category domain="post_tag" nicename="hot"><![CDATA[Hot &amp; sweet]]></category>'
    fields = {"excerpt": "<p>In short.</p>", "is_sticky": 1, "comment_status": "closed", "post_name": "green-tea"}

    output = run(export(tmp_path, item("Hot <b>tea</b>.", tags, post_modified_gmt="2020-01-01 00:00:00", **fields)))

    tea = Post.objects.get()
    assert output.startswith("Format: wordpress (tea.xml)")
    assert (output["posts and pages found"], output["created"], output["skipped"]) == (1, 1, 0)
    assert (tea.title, tea.slug, tea.text, tea.summary) == ("Green tea", "green-tea", "Hot **tea**.", "In short.")
    assert (tea.status, tea.published_at) == ("published", datetime(2019, 1, 2, 3, 4, 5, tzinfo=UTC))
    assert tea.updated_at == datetime(2020, 1, 1, tzinfo=UTC)
    assert (tea.pinned, tea.comments_open, tea.author) == (True, False, ann)
    assert [tag.name for tag in tea.tags.all()] == ["Hot & sweet"]
    assert output["authors unknown here"] == 1


@pytest.mark.parametrize(
    ("fields", "status", "visibility"),
    [
        ({"status": "draft", "post_date_gmt": "0000-00-00 00:00:00"}, "draft", "public"),
        ({"status": "pending"}, "draft", "public"),
        ({"status": "private"}, "published", "private"),
        ({"post_password": "oolong"}, "published", "password"),
        ({"status": "future", "post_date_gmt": "2999-01-01 00:00:00"}, "scheduled", "public"),
    ],
)
def test_who_could_not_be_read_there_cannot_be_read_here(run, tmp_path, client, fields, status, visibility):
    run(export(tmp_path, item("A secret of mine.", **fields)))

    post = Post.objects.get()
    assert (post.status, post.visibility) == (status, visibility)
    assert "A secret of mine" not in client.get(post.url).content.decode()
    assert client.get(post.url).status_code == (200 if visibility == "password" else 404)
    if visibility == "password":
        assert client.post(f"{post.url}unlock/", {"password": "oolong"}).status_code == 302
        assert "A secret of mine" in client.get(post.url).content.decode()


@pytest.mark.parametrize("year", ["-0001", "0000"])
@pytest.mark.parametrize("date", ["0000-00-00 00:00:00", "2019-01-02 03:04:05"])
def test_a_draft_without_a_date_is_dated_when_it_is_published(run, tmp_path, year, date):
    """WordPress writes zeros until then, and a `pubDate` made of them."""
    rss = f"<pubDate>Wed, 30 Nov {year} 00:00:00 +0000</pubDate>"
    fields = {"post_date": date, "post_date_gmt": "0000-00-00 00:00:00", "status": "draft"}
    before = timezone.now().replace(microsecond=0)

    output = run(
        export(tmp_path, item("x", rss, **fields), item("y", rss, number=13, **fields | {"status": "publish"}))
    )

    draft, published = Post.objects.order_by("text")
    assert draft.published_at is None
    assert draft.created_at.year == 2019 if date > "1" else draft.created_at >= before
    draft.status = Post.Status.PUBLISHED
    draft.save()
    assert draft.published_at >= before
    assert published.published_at.year == 2019 if date > "1" else published.published_at >= before
    assert output["posts without a date"] == (date < "1")
    assert run(tmp_path / "tea.xml")["unchanged"] == 2


def test_a_page_with_a_password_becomes_a_draft(run, tmp_path):
    output = run(export(tmp_path, item("x", post_type="page", post_password="oolong")))

    assert not Page.objects.get().is_published
    assert ": password\n" in output


def test_what_yoast_told_search_engines_comes_along(run, tmp_path):
    output = {"_yoast_wpseo_title": "Tea, hot", "_yoast_wpseo_canonical": "https://old.example/tea/"}
    run(export(tmp_path, item("x", "".join(meta(*pair) for pair in output.items()))))

    assert (Post.objects.get().seo_title, Post.objects.get().canonical_url) == tuple(output.values())


def test_what_is_no_post_is_counted(run, tmp_path):
    kinds = ("nav_menu_item", "revision", "product", "wp_block")
    parts = [item("x", number=n, post_type=kind) for n, kind in enumerate(kinds)]

    output = run(export(tmp_path, *parts, item("x", number=9, status="trash"), item("x", post_type="page")))

    assert (Post.objects.count(), Page.objects.count()) == (0, 1)
    assert output["entries left out, by kind"] == 5


def test_a_post_has_the_categories_above_its_own(run, tmp_path):
    parts = [
        category("drinks", "Drinks"),
        category("tea", "Tea", "drinks"),
        category("a", "A", "b"),
        category("b", "B", "a"),
    ]
    inside = (
        '<category domain="category" nicename="tea">Tea</category><category domain="category" nicename="a">A</category>'
    )

    run(export(tmp_path, *parts, item("x", inside)))

    assert sorted(tag.name for tag in Post.objects.get().tags.all()) == ["A", "B", "Drinks", "Tea"]


@pytest.mark.parametrize(
    "old",
    [
        "/2019/01/tea-12/",
        "/2019/01/tea-12",
        "/?p=12",
        "/?page_id=12",
        "/category/drinks/tea/",
        "/category/drinks/",
        "/tag/c-plus-plus/",
        "/tag/c-plus-plus/page/2/",
    ],
)
def test_old_urls_redirect(run, client, tmp_path, old):
    inside = (
        '<category domain="category" nicename="tea">Tea</category>'
        '<category domain="post_tag" nicename="c-plus-plus">C++</category>'
    )
    kind = "page" if "page_id" in old else "post"
    run(
        export(
            tmp_path, category("drinks", "Drinks"), category("tea", "Tea", "drinks"), item("x", inside, post_type=kind)
        )
    )

    answer = client.get(old)

    targets = {
        "/category/drinks/tea/": "/tag/tea/",
        "/category/drinks/": "/tag/drinks/",
        "/tag/c-plus-plus/": "/tag/c/",
        "/tag/c-plus-plus/page/2/": "/tag/c/page/2/",
    }
    entry = Page.objects.first() or Post.objects.first()
    assert (answer.status_code, answer.url) == (301, targets.get(old, entry.url))


def test_an_unknown_number_is_the_front_page(client, db):
    assert client.get("/?p=12").status_code == 200
    assert client.get("/?p=tea").status_code == 200


def test_links_to_other_posts_of_the_site_lead_to_them(run, tmp_path):
    text = '<a href="http://www.tea.example.org/2019/01/tea-13/#cup">a</a> <a href="/?p=13">b</a> <a href="https://x.org/">c</a>'
    run(export(tmp_path, item(text), item("x", number=13, title="Cup")))

    assert Post.objects.get(title="Green tea").text == "[a](/post/cup/#cup) [b](/post/cup/) [c](https://x.org/)"


def test_authors_are_found_by_login_name_or_address(run, tmp_path):
    edith = people.edith()
    edith.email = "lu@example.org"
    edith.save()

    run(export(tmp_path, item("x")))

    assert Post.objects.get().author == edith


def test_an_author_may_be_mapped(run, tmp_path):
    edith = people.edith()

    run(export(tmp_path, item("x")), "--map-author", "luyu=edith")

    assert Post.objects.get().author == edith


class TestImages:
    TEXT = '<img src="https://tea.example.org/wp-content/uploads/2019/cup-300x200.png" alt="A cup">'

    def test_they_come_from_a_folder(self, run, tmp_path, media):
        folder = write(tmp_path / "uploads", {"2019/cup.png": picture()})
        cup = attachment(3, "https://tea.example.org/wp-content/uploads/2019/cup.png")
        file = export(tmp_path, cup, item(self.TEXT, meta("_thumbnail_id", "3")))

        output = run(file, "--media", str(folder))

        tea = Post.objects.get()
        [stored] = media.rglob("*.png")
        assert tea.text == f"![A cup](/media/{stored.relative_to(media)})"
        assert tea.cover.name == str(stored.relative_to(media))
        assert output["pictures copied"] == 1

    def test_without_one_the_old_site_shows_them(self, run, tmp_path):
        output = run(export(tmp_path, item(self.TEXT)))

        assert "https://tea.example.org/wp-content/uploads/2019/cup-300x200.png" in Post.objects.get().text
        assert output["pictures missing"] == 1
        assert "--download" in output

    def test_nothing_outside_the_folder_is_read(self, run, tmp_path, media):
        write(tmp_path, {"secret.png": picture()})
        folder = write(tmp_path / "uploads", {"cup.png": picture("blue")})
        text = '<img src="/wp-content/uploads/../secret.png"> <img src="/wp-content/uploads/%2e%2e/secret.png">'

        run(export(tmp_path, item(text)), "--media", str(folder))

        assert not list(media.rglob("*.png"))

    def test_they_are_downloaded_once(self, run, tmp_path, media, settings):
        settings.HTTP_CLIENT_ALLOW = ["127.0.0.1/32"]
        answers = {"/cup.png": page(picture(), "image/png"), "/no.png": page(b"<p>", "image/png")}
        with Host(answers) as host:
            urls = [f"{host.url}/{name}" for name in ("cup.png", "no.png", "gone.png", "cup.png")]
            file = export(tmp_path, item("".join(f'<img src="{url}">' for url in urls)))
            file.write_text(file.read_text().replace("https://tea.example.org", host.url))

            dry = run(file, "--download", "--dry-run")
            first = run(file, "--download")
            heard = len(host.heard)
            again = run(file, "--download")

            assert heard == len(set(urls))
            assert (dry["pictures to download"], first["pictures copied"], first["pictures missing"]) == (3, 1, 1)
            assert (again["unchanged"], again["pictures copied"]) == (1, 0)
        [stored] = media.rglob("*.png")
        assert Post.objects.get().text.count(f"/media/{stored.relative_to(media)}") == 2

    def test_nothing_inside_our_network_is_asked(self, run, tmp_path):
        with Host({"/cup.png": page(picture(), "image/png")}) as host:
            file = export(tmp_path, item(f'<img src="{host.url}/cup.png">'))
            file.write_text(file.read_text().replace("https://tea.example.org", host.url))

            output = run(file, "--download")

            assert (host.heard, output["pictures missing"]) == ([], 1)

    def test_a_gallery_shows_its_attachments(self, run, tmp_path):
        parts = [attachment(n, f"https://tea.example.org/{n}.png", f"Cup {n}") for n in (1, 2)]

        run(export(tmp_path, *parts, item('[gallery ids="2,1"]'), item("[gallery]", number=99)))

        text = Post.objects.get(origin__endswith="?p=12").text
        assert text == "![Cup 2](https://tea.example.org/2.png)\n\n![Cup 1](https://tea.example.org/1.png)"
        assert Post.objects.get(origin__endswith="?p=99").text == "[gallery]"


class TestComments:
    def test_they_keep_their_threads_dates_and_states(self, run, ann, tmp_path):
        comments = [
            comment(3, "A <em>reply</em>\nto a reply", comment_parent=2),
            comment(2, comment_parent=1, comment_author="陆羽", comment_user_id=7),
            comment(1, "First"),
            comment(4, comment_approved=0),
            comment(5, comment_approved="trash"),
        ]

        output = run(export(tmp_path, item("x", "".join(comments))), "--map-author", "luyu=ann")

        first, second, third, pending, removed = Comment.objects.order_by("id")
        assert (first.text, first.name, first.state, first.email) == ("First", "Bob", "visible", "")
        assert first.created_at == datetime(2019, 2, 3, 4, 1, tzinfo=UTC)
        assert (second.parent, second.user, third.parent) == (first, ann, second)
        assert third.html == "<p>A <em>reply</em><br>\nto a reply</p>"
        assert (pending.state, removed.state) == ("pending", "removed")
        assert Post.objects.get().n_comments == 3
        assert (output["comments found"], output["of those created, pending"]) == (5, 1)

    def test_pingbacks_and_spam_are_left_out_and_counted(self, run, tmp_path):
        comments = [comment(1, comment_type="pingback"), comment(2, comment_type="trackback"),
                    comment(3, comment_approved="spam"), comment(4, comment_parent=3)]  # fmt: skip

        output = run(export(tmp_path, item("x", "".join(comments))))

        assert Comment.objects.get().parent is None
        assert (output["pingbacks and trackbacks"], output["spam"]) == (2, 1)

    def test_a_later_export_adds_the_new_ones(self, run, tmp_path):
        run(export(tmp_path, item("x", comment(1))))

        output = run(export(tmp_path, item("x", comment(1) + comment(2, comment_parent=1))))

        old, new = Comment.objects.order_by("id")
        assert new.parent == old
        assert Post.objects.get().n_comments == 2
        assert output["comments found"] == 2

    def test_of_those_that_reply_to_one_another_in_a_circle_one_stands_at_the_top(self, run, tmp_path):
        run(export(tmp_path, item("x", comment(1, comment_parent=2) + comment(2, comment_parent=1))))

        assert Comment.objects.count() == 2
        assert Comment.objects.filter(parent=None).count() == 1

    def test_they_are_shown_on_the_page(self, run, client, tmp_path):
        run(export(tmp_path, item("x", comment(1, "Words<script>alert(1)</script> of Bob"))))

        page = client.get(Post.objects.get().url).content.decode()
        assert "of Bob" in page
        assert "alert(1)" not in page


BLOCKS = {
    "paragraphs": (
        "<!-- wp:paragraph -->\n<p>One\ntwo</p>\n<!-- /wp:paragraph -->\n\n"
        '<!-- wp:separator -->\n<hr class="wp-block-separator"/>\n<!-- /wp:separator -->',
        "One\ntwo\n\n---",
    ),
    "more": (
        "<!-- wp:more -->\n<!--more-->\n<!-- /wp:more -->\n<!-- wp:paragraph --><p>b</p><!-- /wp:paragraph -->",
        "<!--more-->\n\nb",
    ),
    "reusable": ('<!-- wp:block {"ref":77} /-->', "reused"),
    "embed": (
        '<!-- wp:embed {"url":"https://example.org/"} -->\n<figure class="wp-block-embed"><div class="x">\n'
        "https://example.org/\n</div></figure>\n<!-- /wp:embed -->",
        "<https://example.org/>",
    ),
    "made by the server": ("<!-- wp:latest-posts /-->\n<!-- wp:paragraph --><p>a</p><!-- /wp:paragraph -->", "a"),
}
CLASSIC = {
    "paragraphs": ("One\ntwo\n\nthree", "One\\\ntwo\n\nthree"),
    "more": ("a<!--more-->b", "a\n\n<!--more-->\n\nb"),
    "quote": ("<blockquote>a\n\nb</blockquote>", "> a\n>\n> b"),
    "caption": ('[caption id="x" width="3"]<img src="/a.png" alt="a" /> A cup[/caption]', '![a](/a.png "A cup")'),
    "old caption": (
        '[caption caption="A cup"]<a href="/b"><img src="/a.png" /></a>[/caption]',
        '[![](/a.png "A cup")](/b)',
    ),
    "code": ('[code lang="python"]\nx = [1]\n\nif a < b: pass\n[/code]', "```python\nx = [1]\n\nif a < b: pass\n```"),
    "shortcode in code": ("<pre>[gallery]\n\nx</pre>", "```\n[gallery]\n\nx\n```"),
    "video": (
        "[embed]https://youtu.be/dQw4w9WgXcQ[/embed]",
        '<iframe allowfullscreen="" height="315" src="https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ" '
        'title="YouTube" width="560"></iframe>',
    ),
    "URL": ("a\n\nhttps://example.org/x?a=1&b=2\n\nb", "a\n\n<https://example.org/x?a=1&b=2>\n\nb"),
    "audio": ('[audio src="/a.mp3"]', '<p><audio controls="" src="/a.mp3"></audio></p>'),
    "unknown": ("[[gallery]] and [unknown x=1]in[/unknown]", "[gallery] and [unknown x=1]in[/unknown]"),
    "headings of any level": ("<h3>A</h3>\n\na\n\n<h5>B</h5>\n\n<h1>C</h1>", "### A\n\na\n\n##### B\n\n# C"),
    "headings beside what stays HTML": (
        "<h2>A</h2>\n\n<h3>B</h3>\n\n<table><tr><td>a</td></tr></table>\n\n<h3>C</h3>",
        "## A\n\n### B\n\n<table><tbody><tr><td>a</td></tr></tbody></table>\n\n### C",
    ),
    "table with an empty corner": (
        "<table><thead><tr><th></th><th>a</th></tr></thead><tbody><tr><td>b</td><td>1</td></tr></tbody></table>",
        "|  | a |\n| --- | --- |\n| b | 1 |",
    ),
    "table": (
        '<table><tr><td colspan="2">a</td></tr></table>',
        '<table><tbody><tr><td colspan="2">a</td></tr></tbody></table>',
    ),
}


@pytest.mark.parametrize(("text", "markdown"), [*BLOCKS.values(), *CLASSIC.values()], ids=[*BLOCKS, *CLASSIC])
def test_its_editors_text_becomes_markdown(run, tmp_path, text, markdown):
    block = item("<!-- wp:paragraph --><p>reused</p><!-- /wp:paragraph -->", number=77, post_type="wp_block")

    run(export(tmp_path, block, item(text)))

    assert Post.objects.get().text == markdown


def test_the_same_export_again_changes_nothing(run, tmp_path):
    file = export(tmp_path, category("a", "A"), item("x [y]", comment(1)), item("p", number=2, post_type="page"))
    dry = run(file, "--dry-run")
    assert (Post.objects.count(), Redirect.objects.count()) == (0, 0)
    first = run(file)
    before = list(Post.objects.values()), list(Comment.objects.values()), list(Redirect.objects.values())

    again = run(file)

    assert dry.replace("Dry run: nothing has been changed.\n", "") == first
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 2)
    assert before == (list(Post.objects.values()), list(Comment.objects.values()), list(Redirect.objects.values()))


def test_a_post_edited_here_is_not_overwritten(run, tmp_path):
    run(export(tmp_path, item("old")))
    tea = Post.objects.get()
    tea.text = "mine"
    tea.save()

    output = run(export(tmp_path, item("new", comment(1))))

    assert (output["skipped"], Post.objects.get().text) == (1, "mine")


def test_an_export_in_parts_is_one_site(run, tmp_path):
    export(tmp_path, attachment(3, "https://tea.example.org/cup.png", "A cup"), name="1.xml")
    export(tmp_path, item('[gallery ids="3"] <a href="/?p=13">x</a>'), name="2.xml")
    export(tmp_path, item("x", number=13, title="Cup"), name="3.xml")

    output = run(tmp_path)

    assert output["posts and pages found"] == 2
    assert Post.objects.get(title="Green tea").text.startswith("![A cup](https://tea.example.org/cup.png)")
