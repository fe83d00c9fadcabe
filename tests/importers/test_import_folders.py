import os
import re
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from blog.models import Page, Post, Redirect, Tag, Topic
from tests import people
from tests.importers.folders import picture, post, write


def test_a_file_becomes_a_post(run, ann, tmp_path):
    fields = {"title": "茶经", "date": "2019-07-25 10:00:00 +0800", "tags": "[茶, Tea]", "description": "一本书"}

    output = run(write(tmp_path, {"茶经.md": post("茶者，**南方**之嘉木也。", **fields)}))

    tea = Post.objects.get()
    assert output["created"] == 1
    assert (tea.title, tea.slug, tea.language, tea.summary) == ("茶经", "茶经", "zh-hans", "一本书")
    assert (tea.status, tea.published_at) == ("published", datetime(2019, 7, 25, 2, tzinfo=UTC))
    assert (tea.author, tea.origin) == (ann, "markdown:茶经.md")
    assert sorted(tag.name for tag in tea.tags.all()) == ["Tea", "茶"]
    assert "<strong>南方</strong>" in tea.html
    assert tea.created_at == tea.updated_at == tea.published_at


@pytest.mark.parametrize(
    ("fields", "tags"),
    [
        ("tags: [a, b]", ["a", "b"]),
        ("tags:\n- a\n- b", ["a", "b"]),
        ("tags: a, b，c、d", ["a", "b", "c", "d"]),
        ("tags: two words", ["two words"]),
        ("tags:", []),
        ("tags: ~\ncategories: []", []),
        ("tags: [2019, 1.5, true, ~, '']", ["1.5", "2019"]),
        ("tags: [Tea, tea, TEA]", ["Tea"]),
        ("tag: a\ncategory: b", ["a", "b"]),
        ("categories:\n- [Drinks, Tea]\n- [Books]", ["Books", "Drinks", "Tea"]),
        ("categories: Tea\ntags: [tea, cup]", ["cup", "tea"]),
        ("tags: ['Tea, green']", ["Tea, green"]),
        ("tags: [{name: a}, {name: b}]", ["a", "b"]),
        ("tags: [" + "x" * 300 + "]", ["x" * 100]),
    ],
)
def test_tags_are_read_however_they_are_written(run, tmp_path, fields, tags):
    run(write(tmp_path, {"a.md": f"---\n{fields}\n---\nx"}))

    assert sorted(Tag.objects.values_list("name", flat=True)) == tags


def test_a_tag_that_is_here_already_is_taken_whatever_its_letters(run, tmp_path):
    Tag.objects.create(name="Django")

    run(write(tmp_path, {"a.md": post(tags="[django]")}))

    assert [tag.name for tag in Post.objects.get().tags.all()] == ["Django"]


@pytest.mark.parametrize(
    ("name", "text", "title", "slug"),
    [
        ("a.md", post(title="Tea"), "Tea", "a"),
        ("a.md", "# A *cup* of `tea`\n\nHot.", "A cup of tea", "a"),
        ("a.md", "A cup\n=====\n\nHot.", "A cup", "a"),
        ("a.md", "```\n# a remark\n```\nHot.", "a", "a"),
        ("a.md", "Hot.\n\n# Cold", "a", "a"),
        ("a.md", "# List<String> *beats* `x<y>`\n\nHot.", "List<String> beats x<y>", "a"),
        ("a-cup_of-iOS.md", "Hot.", "a-cup_of-iOS", "a-cup_of-ios"),
        ("2019-01-02-tea.md", "Hot.", "tea", "tea"),
        ("a.md", post(title='"List<String> beats x"'), "List<String> beats x", "a"),
        ("a.md", post(title="'a <![ b'"), "a <![ b", "a"),
        ("a.md", post(title="'<b>Bold</b><br>move of <em>tea</em>'"), "Bold move of tea", "a"),
        ("a.md", post(title="'The <b> element, 1 < 2 > 0'"), "The <b> element, 1 < 2 > 0", "a"),
        ("茶/index.md", post(title="Tea"), "Tea", "茶"),
        ("a.md", post(title="Tea", slug="Green Tea"), "Tea", "green-tea"),
        ("a.md", post(title="Tea", permalink="/2019/green-tea.html"), "Tea", "green-tea"),
        ("!!!.md", post(title="Tea"), "Tea", "tea"),
        ("!!!.md", post(title="……"), "……", "post"),
        ("a.md", post(title="2019"), "2019", "a"),
        ("a.md", post(title="T" * 250), "T" * 200, "a"),
    ],
)
def test_title_and_address_are_found(run, client, tmp_path, name, text, title, slug):
    run(write(tmp_path, {name: text}))

    found = Post.objects.get()
    assert (found.title, found.slug) == (title, slug)
    assert client.get(found.url).status_code == 200


def test_a_heading_that_became_the_title_is_not_shown_twice(run, tmp_path):
    run(write(tmp_path, {"a.md": "# Tea\n\nHot.\n\n# More\n"}))

    assert Post.objects.get().text == "Hot.\n\n# More"


def test_posts_of_one_name_get_addresses_of_their_own(run, tmp_path):
    run(write(tmp_path, {f"{folder}/tea.md": post(title=folder) for folder in "abc"}))

    assert sorted(Post.objects.values_list("title", "slug")) == [("a", "tea"), ("b", "tea-2"), ("c", "tea-3")]


def test_without_a_date_the_file_name_tells_it_then_the_files_time(run, tmp_path):
    write(tmp_path, {"a.md": post(date="2001-01-01"), "2002-02-02-b.md": post(), "c.md": post(date="soon")})
    os.utime(tmp_path / "c.md", (1046649600, 1046649600))

    output = run(tmp_path)

    days = [f"{moment:%Y-%m-%d}" for moment in Post.objects.order_by("slug").values_list("published_at", flat=True)]
    assert days == ["2001-01-01", "2002-02-02", "2003-03-03"]
    assert output["posts with no date but their file's"] == 1
    assert "    c.md" in output
    assert Post.objects.get(slug="c").front_matter == {"date": "soon"}


@pytest.mark.parametrize("written", ["0001-01-01T00:00:00Z", "0000-00-00", "soon"])
def test_a_date_that_is_none_is_named_and_stops_nothing(run, tmp_path, written):
    output = run(write(tmp_path, {"a.md": post(date=written), "b.md": post(date="2001-01-01")}))

    assert (output["created"], output["posts with no date but their file's"]) == (2, 1)
    assert "    a.md" in output


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "UTC"])
@pytest.mark.parametrize("field", ["date", "updated", "publishDate", "expiryDate"])
def test_a_date_at_the_end_of_time_stops_nothing(run, client, desk, tmp_path, settings, zone, field):
    settings.TIME_ZONE = zone
    files = {"a.md": post(date="2001-01-01") if field != "date" else post(), "b.md": post(date="2001-01-01")}
    files["a.md"] = files["a.md"].replace("---\n", f"---\n{field}: 9999-12-31T23:59:59Z\n", 1)

    output = run(write(tmp_path, files))

    assert output["created"] == 2
    if field == "date":
        assert Post.objects.get(slug="a").status == "scheduled"
    for address in ("/", "/archives/", "/atom.xml", "/sitemap.xml", "/post/b/", "/admin/blog/post/"):
        assert desk.get(address).status_code == 200, address


def test_an_undated_file_that_is_only_touched_has_not_changed(run, tmp_path):
    write(tmp_path, {"a.md": post(title="A"), "b.md": post(title="B", layout="page")})
    for name in ("a.md", "b.md"):
        os.utime(tmp_path / name, (1046649600, 1046649600))
    run(tmp_path)
    edited = Post.objects.get()
    edited.text = "Edited here."
    edited.save()
    for name in ("a.md", "b.md"):
        os.utime(tmp_path / name)

    tried, output = run(tmp_path, "--dry-run"), run(tmp_path)

    assert (tried["unchanged"], output["unchanged"], output["skipped"]) == (2, 2, 0)
    assert f"{Post.objects.get().published_at:%Y-%m-%d}" == "2003-03-03"


def test_an_undated_file_that_changes_keeps_its_first_date(run, tmp_path):
    write(tmp_path, {"a.md": post(title="A")})
    os.utime(tmp_path / "a.md", (1046649600, 1046649600))
    run(tmp_path)

    assert run(write(tmp_path, {"a.md": post("New.", title="A")}))["updated"] == 1
    assert f"{Post.objects.get().published_at:%Y-%m-%d}" == "2003-03-03"


@pytest.mark.parametrize("fields", [{"draft": "true"}, {"published": "false"}, {"draft": "yes"}, {"status": "draft"}])
def test_a_draft_stays_one(run, client, tmp_path, fields):
    run(write(tmp_path, {"a.md": post(title="Tea", **fields)}))

    assert Post.objects.get().status == "draft"
    assert client.get("/post/a/").status_code == 404


def test_a_post_to_come_is_scheduled(run, tmp_path):
    output = run(write(tmp_path, {"a.md": post(date=(timezone.now() + timedelta(days=3)).isoformat())}))

    assert Post.objects.get().status == "scheduled"
    assert output["of these, scheduled"] == 1


def test_other_fields_find_their_place(run, tmp_path):
    fields = {"date": "2019-01-01", "updated": "2020-02-02", "comments": "false", "sticky": 100, "lang": "zh-CN"}

    run(write(tmp_path, {"a.md": post("Hi there, this is English.", **fields)}))

    found = Post.objects.get()
    assert f"{found.updated_at:%Y-%m-%d}" == "2020-02-02"
    assert (found.comments_open, found.pinned, found.language) == (False, True, "zh-hans")


def test_unknown_fields_are_kept_for_an_export(run, tmp_path):
    text = "---\ntitle: Tea\nmathjax: true\nversion: 1.10\ngallery: [a.jpg]\nnested: {a: [1, 2019-01-01]}\n---\nx"

    run(write(tmp_path, {"a.md": text}))

    assert Post.objects.get().front_matter == {
        "mathjax": True,
        "version": "1.10",
        "gallery": ["a.jpg"],
        "nested": {"a": [1, "2019-01-01"]},
    }


def test_a_series_becomes_a_topic_in_order_of_date(run, tmp_path):
    files = {f"{n}.md": post(date=f"2019-01-0{9 - n}", series="[Tea, Cups]") for n in (1, 2, 3)}

    run(write(tmp_path, files))

    posts = Post.objects.in_topic(Topic.objects.get(name="Tea"))
    assert [(post.slug, post.topic_order) for post in posts] == [("3", 1), ("2", 2), ("1", 3)]
    assert [tag.name for tag in posts[0].tags.all()] == ["Cups"]


def test_drafts_without_a_date_of_one_series_get_none(run, tmp_path):
    files = {f"{n}.md": post(date="2019-01-01", series="Tea", draft="true") for n in "ab"}
    files |= {f"{n}.md": post(series="Tea", draft="true") for n in "cd"}

    output = run(write(tmp_path, files))

    assert (output["created"], output["posts with no date but their file's"]) == (4, 0)
    assert [post.published_at and post.published_at.year for post in Post.objects.order_by("slug")] == [
        2019,
        2019,
        None,
        None,
    ]
    assert run(tmp_path)["unchanged"] == 4


@pytest.mark.parametrize(("layout", "model"), [("page", Page), ("post", Post), ("null", Post)])
def test_a_page_is_a_page(run, client, tmp_path, layout, model):
    run(write(tmp_path, {"about.md": post(title="About", layout=layout)}))

    assert client.get(model.objects.get(slug="about").url).status_code == 200


class TestAgain:
    FILES = {
        "a.md": post(title="A", date="2019-01-01", series="S", aliases="[/x/]"),
        "b.md": post(layout="page"),
        "c.md": post(),
    }

    def rows(self) -> list:
        tables = (Post, Page, Tag, Topic, Redirect)
        return [list(table.objects.order_by("pk").values()) for table in tables]

    def test_twice_changes_nothing(self, run, tmp_path):
        run(write(tmp_path, self.FILES))
        before = self.rows()

        output = run(tmp_path)

        assert (output["unchanged"], output["created"], output["updated"]) == (3, 0, 0)
        assert self.rows() == before

    def test_what_changed_is_changed(self, run, tmp_path):
        run(write(tmp_path, self.FILES), "--format=hugo")

        output = run(write(tmp_path, {"a.md": post("New text.", title="A", date="2019-01-01")}), "--format=hugo")

        assert (output["unchanged"], output["updated"]) == (2, 1)
        assert Post.objects.get(slug="a").text == "New text."
        assert Post.objects.get(slug="a").topic is None

    def test_what_was_edited_here_stays(self, run, tmp_path):
        run(write(tmp_path, self.FILES))
        mine = Post.objects.get(slug="a")
        mine.text = "Mended here."
        mine.save()

        assert run(tmp_path)["unchanged"] == 3
        assert Post.objects.get(slug="a").text == "Mended here."

    def test_what_changed_on_both_sides_is_refused(self, run, tmp_path):
        run(write(tmp_path, self.FILES))
        mine = Post.objects.get(slug="a")
        mine.text = "Mended here."
        mine.save()

        output = run(write(tmp_path, {"a.md": post("Mended there.", title="A", date="2019-01-01")}))

        assert (output["skipped"], output.adds_up) == (1, True)
        assert "edited here since" in output
        assert Post.objects.get(slug="a").text == "Mended here."

    def test_it_is_the_same_whether_folder_or_file_is_named(self, run, tmp_path):
        run(write(tmp_path, self.FILES), "--format=markdown")

        assert run(tmp_path / "a.md", "--format=hugo")["created"] == 0
        assert Post.objects.count() == 2

    def test_a_file_of_another_blog_with_the_same_name_is_another_post(self, run, tmp_path):
        one = write(tmp_path / "one", {"hello.md": post("Mine.", title="Hello", date="2001-01-01")})
        two = write(tmp_path / "two", {"hello.md": post("Yours.", title="Hello!", date="2002-02-02")})

        for folder in (one, two, one, two):
            run(folder)

        assert sorted(Post.objects.values_list("slug", "text")) == [("hello", "Mine."), ("hello-2", "Yours.")]


def test_a_dry_run_changes_nothing_and_says_the_same(run, media, tmp_path):
    write(tmp_path, TestAgain.FILES | {"broken.md": "---\na: [\n---\n"})

    tried = run(tmp_path, "--dry-run")

    assert (Post.objects.count(), Tag.objects.count(), Topic.objects.count(), list(media.iterdir())) == (0, 0, 0, [])
    done = run(tmp_path)
    for row in ("Markdown files found", "created", "skipped", "posts", "pages"):
        assert tried[row] == done[row]


def test_the_table_adds_up_and_each_refusal_has_its_reason(run, tmp_path):
    files = {
        "a.md": post(),
        "b.md": "---\na: [\n---\n",
        "c.md": b"\0\x01\x02",
        "d.md": "",
        "tags/index.md": post("", layout="tags"),
    }

    output = run(write(tmp_path, files))

    assert (output["Markdown files found"], output["created"], output["skipped"], output.adds_up) == (5, 1, 4, True)
    assert "line 2" in output
    for name in ("b.md", "c.md", "d.md", "tags/index.md"):
        assert f"  {name}\n    " in output


class TestAuthor:
    def test_the_first_of_the_staff_is_the_author(self, run, ann, tmp_path):
        people.bob()

        run(write(tmp_path, {"a.md": post()}))

        assert Post.objects.get().author == ann

    def test_one_may_be_named(self, run, tmp_path):
        bob = people.bob()

        run(write(tmp_path, {"a.md": post()}), "--author", "bob")

        assert Post.objects.get().author == bob

    @pytest.mark.parametrize("name", ["cid", "Cid", "cid@example.org"])
    def test_front_matter_may_name_one_who_writes_here(self, run, tmp_path, name):
        cid = people.cid()

        run(write(tmp_path, {"a.md": post(author=name)}))

        assert Post.objects.get().author == cid

    def test_what_a_reader_calls_himself_makes_him_no_author(self, run, ann, tmp_path):
        people.bob()

        run(write(tmp_path, {"a.md": post(author="Bob")}))

        assert Post.objects.get().author == ann

    def test_one_who_is_not_here_is_kept_by_name(self, run, ann, tmp_path):
        output = run(write(tmp_path, {"a.md": post(author="Lu Yu")}))

        assert Post.objects.get().author == ann
        assert Post.objects.get().front_matter == {"author": "Lu Yu"}
        assert output["authors unknown here"] == 1

    def test_nobody_there_is_said_in_one_line(self, db, tmp_path):
        with pytest.raises(CommandError, match="no author yet"):
            call_command("import_blog", str(tmp_path), stdout=StringIO())

    def test_an_unknown_name_is_said_in_one_line(self, ann, tmp_path):
        with pytest.raises(CommandError, match="no user mallory"):
            call_command("import_blog", str(tmp_path), "--author=mallory", stdout=StringIO())


def test_help_offers_each_format_that_works_and_no_other(ann, tmp_path, capsys):
    with pytest.raises(SystemExit):
        call_command("import_blog", "--help")
    offered = re.search(r"--format \{(.*?)\}", capsys.readouterr().out)[1].split(",")

    assert offered == ["auto", "wordpress", "ghost", "markdown", "hexo", "jekyll", "hugo", "zola"]
    for format in offered[:1] + offered[3:]:
        call_command("import_blog", str(write(tmp_path, {"a.md": post()})), "--format", format, stdout=StringIO())
    with pytest.raises(CommandError, match="invalid choice: 'blogger'"):
        call_command("import_blog", str(tmp_path), "--format", "blogger")


def test_a_configuration_that_cannot_be_read_is_said(run, tmp_path):
    output = run(write(tmp_path, {"hugo.toml": "baseURL = ", "content/posts/a.md": post()}))

    assert output["created"] == 1
    assert "configuration cannot be read" in output


class TestOtherFormats:
    """Files of other formats among the posts are imported or named, never passed by."""

    @pytest.mark.parametrize("ending", ["textile", "rst", "org", "adoc", "ipynb"])
    @pytest.mark.parametrize(
        ("config", "folder"),
        [("_config.yml", "_posts"), ("_config.yml", "source/_posts"), ("hugo.toml", "content/posts")],
    )
    def test_those_we_do_not_read_are_named(self, run, tmp_path, ending, config, folder):
        name = f"{folder}/2019-01-01-a.{ending}"
        output = run(write(tmp_path, {config: "", name: post(), f"{folder}/2019-01-01-b.md": post()}))

        assert (output["Markdown files found"], output["created"], output["skipped"]) == (2, 1, 1)
        assert f"  {name}\n    Posts in .{ending} cannot be imported" in output

    @pytest.mark.parametrize(
        ("config", "folder"),
        [("_config.yml", "_posts"), ("_config.yml", "source/_posts"), ("hugo.toml", "content/posts")],
    )
    def test_html_is_imported(self, run, client, tmp_path, config, folder):
        html = (
            "<div>\n\n    <p>Tea &amp; <b>cups</b>, *as is*</p>\n\n    <pre>\nfirst\n\n    last</pre>\n</div>\n"
            "<img src=cup.png>\n<p>End</p>"
        )
        files = {f"{folder}/2019-01-01-a.html": post(html, title="Tea"), f"{folder}/cup.png": picture()}

        output = run(write(tmp_path, {config: "", **files}))

        assert (output["created"], output["pictures copied"]) == (1, 1)
        page = client.get("/post/a/").content.decode()
        assert "<p>Tea &amp; <b>cups</b>, *as is*</p>" in page
        assert "first\n\n    last</pre>" in page
        assert "<p>End</p>" in page

    def test_html_that_is_no_post_is_left_alone(self, run, tmp_path):
        files = {"hugo.toml": "", "content/posts/a/index.md": post(), "content/posts/a/demo.html": "<p>A demo</p>"}

        assert run(write(tmp_path, files))["Markdown files found"] == 1

    @pytest.mark.parametrize("name", ["public", "themes", "vendor", "resources"])
    @pytest.mark.parametrize(
        ("config", "folder"),
        [("_config.yml", "_posts"), ("_config.yml", "source/_posts"), ("hugo.toml", "content/posts")],
    )
    def test_a_folder_of_posts_may_have_the_name_of_a_tools(self, run, tmp_path, name, config, folder):
        files = {config: "", f"{folder}/{name}/2019-01-01-a.md": post(), f"{name}/b.md": post()}

        assert run(write(tmp_path, files))["created"] == 1
        assert Post.objects.get().slug == "a"

    @pytest.mark.parametrize("ending", ["Rmd", "qmd", "ipynb", "Rmarkdown"])
    @pytest.mark.parametrize("config", ["", "hugo.toml"])
    def test_the_source_of_a_document_is_no_second_post(self, run, tmp_path, ending, config):
        folder = "content/posts/a" if config else "a"
        files = {f"{folder}/index.md": post(title="A"), f"{folder}/index.{ending}": post(title="A")}

        output = run(write(tmp_path, files | ({config: ""} if config else {})))

        assert (output["created"], output["skipped"], output.adds_up) == (1, 1, True)
        assert f"  {folder}/index.{ending}\n    index.md was made from it" in output

    def test_a_source_alone_is_a_post(self, run, tmp_path):
        assert run(write(tmp_path, {"a/index.Rmd": post(title="A"), "b.qmd": post(title="B")}))["created"] == 2


def test_a_path_that_is_not_there_is_said_in_one_line(ann):
    with pytest.raises(CommandError, match="no file or folder /nowhere"):
        call_command("import_blog", "/nowhere")


def test_an_empty_folder_is_no_error(run, tmp_path):
    assert run(tmp_path)["Markdown files found"] == 0


def test_only_a_terminal_sees_the_bar(ann, tmp_path):
    err = StringIO()

    call_command("import_blog", str(write(tmp_path, {"a.md": post()})), stdout=StringIO(), stderr=err)

    assert err.getvalue() == ""


def test_a_terminal_sees_how_far_it_is(ann, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    err = StringIO()

    call_command("import_blog", str(write(tmp_path, {"a.md": post()})), stdout=StringIO(), stderr=err)

    assert "0/1" in err.getvalue()
    assert err.getvalue().endswith("\r\033[K")


def test_the_number_of_queries_grows_with_the_posts_alone(run, tmp_path, django_assert_max_num_queries):
    files = {f"{n}.md": post(title=f"Post {n}", tags="[a, b, c]", aliases=f"[/old/{n}]") for n in range(20)}
    write(tmp_path, files)

    with django_assert_max_num_queries(20 * 19 + 50):
        run(tmp_path)


def test_no_user_is_made_by_it(run, tmp_path):
    run(write(tmp_path, {"a.md": post(author="Mallory")}))

    assert User.objects.count() == 1
