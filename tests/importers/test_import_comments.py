"""Comments of other systems come to the posts they were written under."""

# ruff: noqa: E501 - exports of other systems as they are written

import gzip
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command
from lxml import etree

from blog.models import Comment, Redirect
from tests import people
from tests.factories import make_post
from tests.importers.conftest import Output
from tests.importers.disqus import disqus, disqus_post
from tests.importers.test_corpus import CORPUS
from tests.importers.wxr import comment, export, item


@pytest.fixture
def tea(ann):
    """A post whose old URL redirects."""
    post = make_post(title="Green tea")
    Redirect.objects.create(path="/2019/tea.html", post=post)
    return post


@pytest.fixture
def take(ann, tmp_path):
    """`take(content)`, a file's text, bytes or JSON, as typed at a shell."""

    def take(content, *args: str) -> Output:
        path = tmp_path / "comments"
        if not isinstance(content, bytes):
            content = (content if isinstance(content, str) else json.dumps(content)).encode()
        path.write_bytes(content)
        out = StringIO()
        call_command("import_comments", str(path), *args, stdout=out, stderr=StringIO())
        return Output(out.getvalue())

    return take


def remark42(number: int, **fields) -> dict:
    user = fields.pop("user", {"name": "Bob &amp; Co", "id": "x"})
    return {
        "id": f"c{number}", "pid": "", "text": "<p>a <em>b</em></p>", "orig": "a *b* &lt;c&gt;", "user": user,
        "locator": {"site": "tea", "url": "https://old.example.org/2019/tea.html"}, "time": "2019-02-03T04:05:06+08:00",
    } | fields  # fmt: skip


META = {"version": 1, "users": [], "posts": []}


def waline(number: int, **fields) -> dict:
    return {
        "objectId": str(number), "nick": "Bob", "mail": "bob@example.org", "comment": "a *b*", "url": "/2019/tea.html",
        "status": "approved", "insertedAt": "2019-02-03T04:05:06.000Z",
    } | fields  # fmt: skip


def twikoo(number: int, **fields) -> dict:
    return {
        "_id": {"$oid": str(number)}, "nick": "Bob", "mail": "bob@example.org", "comment": "<p>a <em>b</em></p>",
        "url": "/2019/tea.html", "created": 1549166706000, "isSpam": False,
    } | fields  # fmt: skip


def github(body: str = "a *b*", **fields) -> dict:
    return {"id": f"n{body}", "author": {"login": "bob"}, "body": body, "createdAt": "2019-02-03T04:05:06Z"} | fields


def giscus(*comments: dict, title: str = "2019/tea.html") -> dict:
    discussion = {
        "title": title,
        "body": "# Tea\n\n[x](https://old.example.org/)",
        "comments": {"nodes": list(comments)},
    }
    return {"data": {"repository": {"discussions": {"nodes": [discussion]}}}}


EXPORTS = {
    "Disqus": disqus(disqus_post(5, "<p>a <em>b</em></p>", createdAt="2019-02-03T04:05:06Z")),
    "Disqus, gzipped": gzip.compress(
        disqus(disqus_post(5, "<p>a <em>b</em></p>", createdAt="2019-02-03T04:05:06Z")).encode()
    ),
    "Waline": {"type": "waline", "version": 1, "data": {"Comment": [waline(1)], "Users": []}},
    "Waline's API": {"errno": 0, "data": {"type": "waline", "data": {"Comment": [waline(1)]}}},
    "Valine": {"results": [waline(1)]},
    "Valine, lines": json.dumps(waline(1)) + "\n",
    "Twikoo": [twikoo(1)],
    "giscus": giscus(github()),
    "utterances": [{"number": 1, "title": "2019/tea.html", "body": "", "comments": [github()]}],
}


@pytest.mark.parametrize("name", EXPORTS)
def test_a_comment_comes_to_its_post(take, tea, name):
    output = take(EXPORTS[name])

    row = Comment.objects.get()
    assert (row.post, row.text, row.name.lower(), row.state, row.email) == (tea, "a *b*", "bob", "visible", "")
    assert row.created_at == datetime(2019, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert (output["comments found"], output["created"], output["posts with comments"]) == (1, 1, 1)
    tea.refresh_from_db()
    assert tea.n_comments == 1

    again = take(EXPORTS[name])
    assert (again["created"], again["unchanged"], Comment.objects.count()) == (0, 1, 1)


def test_remark42(take, tea, ann):
    lines = [META, remark42(1), remark42(2, pid="c1", user={"name": "Ann", "admin": True}, pin=True), remark42(3, delete=True, text="", orig=""), remark42(4, pid="c3", edit={"time": "2019-03-01T00:00:00Z"})]  # fmt: skip

    take("\n".join(map(json.dumps, lines)))

    first, reply, removed, answer = Comment.objects.order_by("origin")
    assert (first.name, first.text) == ("Bob & Co", "a *b* <c>")
    assert first.html == "<p>a <em>b</em> &lt;c&gt;</p>"
    assert first.created_at == datetime(2019, 2, 2, 20, 5, 6, tzinfo=UTC)
    assert (reply.parent, reply.user, reply.pinned) == (first, ann, True)
    assert (removed.state, answer.parent) == ("removed", removed)
    assert answer.edited_at == datetime(2019, 3, 1, tzinfo=UTC)


def test_isso(take, tea, tmp_path):
    path = tmp_path / "isso.db"
    database = sqlite3.connect(path)
    database.executescript(
        "CREATE TABLE threads (id INTEGER PRIMARY KEY, uri VARCHAR(256) UNIQUE, title VARCHAR(256));"
        "CREATE TABLE comments (tid REFERENCES threads(id), id INTEGER PRIMARY KEY, parent INTEGER, created FLOAT NOT NULL,"
        " modified FLOAT, mode INTEGER, remote_addr VARCHAR, text VARCHAR, author VARCHAR, email VARCHAR, website VARCHAR,"
        " likes INTEGER DEFAULT 0, dislikes INTEGER DEFAULT 0, voters BLOB NOT NULL DEFAULT '');"
        "INSERT INTO threads VALUES (1, '/2019/tea.html', 'Tea');"
        "INSERT INTO comments (tid, id, parent, created, mode, text, author) VALUES (1, 1, NULL, 1549166706.5, 1, 'a *b*', 'Bob'),"
        " (1, 2, 1, 1549166707, 2, 'c', NULL), (1, 3, NULL, 1549166708, 4, '', NULL);"
    )
    database.close()

    output = take(path.read_bytes())

    first, reply = Comment.objects.order_by("id")
    assert (first.text, first.name, reply.parent, reply.state, reply.name) == (
        "a *b*",
        "Bob",
        first,
        "pending",
        "Anonymous",
    )
    assert output["deleted, without replies"] == 1


def test_giscus_replies_stand_under_their_comment(take, tea):
    take(giscus(github("a", replies={"nodes": [github("b"), github("c", isMinimized=True)]})))

    first, reply, hidden = Comment.objects.order_by("id")
    assert (reply.parent, hidden.parent, hidden.state) == (first, first, "removed")


def test_disqus_threads_and_states(take, tea):
    posts = [
        disqus_post(3, parent=2), disqus_post(2, parent=1, isDeleted="true", text=""), disqus_post(1, isSpam="true"),
        disqus_post(4, isDeleted="true", text=""), disqus_post(5, parent=99),
    ]  # fmt: skip

    output = take(disqus(*posts))

    removed, reply, orphan = Comment.objects.order_by("id")
    assert (removed.state, removed.parent, reply.parent, orphan.parent) == ("removed", None, removed, None)
    assert (output["spam"], output["deleted, without replies"]) == (1, 1)


def test_a_text_that_is_a_url_is_one(take, tea):
    take([twikoo(1, comment="https://tea.example.org/?a=1"), twikoo(2, comment="tea.html")])

    assert [row.text for row in Comment.objects.order_by("id")] == ["https://tea.example.org/?a=1", "tea.html"]


def test_valine_writes_whom_a_reply_is_to(take, tea):
    take([waline(1), waline(2, pid="1", rid="1", comment="[@Bob](#1): yes"), waline(3, pid="2", comment='<p><a class="at" href="#2">@Bob</a> , no</p>')])  # fmt: skip

    assert [row.text for row in Comment.objects.order_by("id")] == ["a *b*", "yes", "no"]
    assert [row.parent_id for row in Comment.objects.order_by("id")][1:] == list(
        Comment.objects.order_by("id").values_list("id", flat=True)
    )[:2]


@pytest.mark.parametrize(
    "url",
    ["/post/green-tea/", "https://x.org/post/green-tea/#c", "/2019/tea.html", "/2019/tea", "/blog/green-tea/", "green-tea.html", "Green tea"],
)  # fmt: skip
def test_how_a_post_is_found(take, tea, url):
    take(giscus(github(), title=url))

    assert Comment.objects.get().post == tea


def test_a_post_that_is_not_here_is_listed(take, tea):
    output = take(disqus(disqus_post(1), link="https://old.example.org/coffee/"))

    assert "  https://old.example.org/coffee/ (1)" in output
    assert output["of posts that are not here"] == 1
    assert not Comment.objects.exists()


def test_an_author_is_known_by_address_or_mapping(take, tea, ann):
    edith = people.edith()

    take([waline(1, mail="ann@example.org"), waline(2, nick="Lu"), waline(3, nick="Ann")], "--map-author", "lu=edith")

    assert [row.user for row in Comment.objects.order_by("id")] == [ann, edith, None]


def test_a_dry_run_says_what_would_be_done(take, tea):
    posts = disqus(disqus_post(1), disqus_post(2, parent=1))

    dry = take(posts, "--dry-run")

    assert not Comment.objects.exists()
    assert dry.replace("Dry run: nothing has been changed.\n", "") == take(posts)


def test_html_of_others_is_made_safe(take, tea, client):
    take(disqus(disqus_post(1, '<p onclick="x()">a</p><script>alert(1)</script><img src=x onerror=alert(2)>')))

    page = client.get(tea.url).content.decode()
    assert "alert(" not in page


@pytest.mark.parametrize("content", ["hello", '{"posts": 1}'])
def test_what_is_no_export_is_refused(take, tea, content):
    with pytest.raises(CommandError, match="not an export of comments"):
        take(content)

    assert not Comment.objects.exists()


def test_wordpress_export_of_posts_that_are_here_by_another_way(run, take, tea, tmp_path):
    path = export(tmp_path, item("x", comment(1, "a <em>b</em>"), link="https://tea.example.org/2019/tea.html"))

    take(path.read_bytes())

    assert (Comment.objects.get().post, Comment.objects.get().text) == (tea, "a *b*")
    assert run(path)["created"] == 1
    assert Comment.objects.get().post == tea


def counted(path) -> int:
    if path.suffix == ".json":
        return sum(len(thread["comments"]) for thread in json.loads(path.read_bytes()))
    root = etree.fromstring(path.read_bytes(), etree.XMLParser(resolve_entities=False))
    return len(root.xpath("//*[local-name()='comment']") or root.xpath("/*/*[local-name()='post']"))


@pytest.mark.parametrize("path", sorted((CORPUS / "comments").rglob("*.*")), ids=lambda path: path.name)
def test_every_export_is_counted_whole(take, ann, path):
    for old in ("/", "/2014/test", "/posts/0001", "/posts/0007", "/blog/2013/02/12/redacted"):
        Redirect.objects.create(path=old, post=make_post(title=f"Post at {old}"))

    output = take(path.read_bytes())

    assert output["comments found"] == counted(path)
    assert output["created"] == Comment.objects.count() > 0


BROKEN = {
    "more after the end": (b"[]x", "line 1: This is not valid JSON"),
    "SQLite damaged": (b"SQLite format 3\0" + b"x" * 200, "not an isso database"),
    "truncated": (json.dumps([twikoo(1)])[:-20].encode(), "line 1: The file ends too early"),
    "gbk": (json.dumps([twikoo(1, nick="茶")], ensure_ascii=False).encode("gbk"), "line 1: This is not valid JSON"),
    "deep": (b'[{"a":' + b"[" * 10_000, "line 1: It is nested too deeply"),
    "endless": (b'[{"comment": "' + b"x" * 300_000, "line 1: One entry has more than"),
    "XML truncated": (disqus(disqus_post(1))[:-30].encode(), "line 1: The file ends too early"),
    "entities": (b'<!DOCTYPE x [<!ENTITY a "b">]><disqus>&a;</disqus>', "line 1: It has a document type"),
    "gzip bomb": (gzip.compress(b"\0" * 80_000_000), "which is too much"),
    "gzip truncated": (gzip.compress(json.dumps([twikoo(1)]).encode())[:-9], "damaged"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_or_hostile_file_is_refused_with_the_place(take, tea, monkeypatch, kind):
    content, message = BROKEN[kind]
    monkeypatch.setattr("blog.importers.json_rows.MAX_ROW", 100_000)

    with pytest.raises(CommandError, match=message) as error:
        take(content)

    assert "comments: " in str(error.value) or "comments, line" in str(error.value)
    assert not Comment.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        remark42(1, user="Bob", edit="yes", locator="tea"), twikoo(1, url="http://["), waline(1, url="https://[x]/"),
        giscus(github(author="bob", user=5), title="http://["), disqus(disqus_post(1), link="http://[::1/tea"),
    ],
    ids=["remark42", "twikoo", "waline", "giscus", "disqus"],
)  # fmt: skip
def test_a_value_of_the_wrong_type_stops_nothing(take, tea, content):
    output = take(content)

    assert (output["comments found"], output["of posts that are not here"]) == (1, 1)


def test_a_zip_without_files_is_refused(take, tea):
    data = BytesIO()
    with ZipFile(data, "w") as file:
        file.mkdir("comments")

    with pytest.raises(CommandError, match="not an export of comments"):
        take(data.getvalue())


def isso_database(path, *statements: str) -> bytes:
    with closing(sqlite3.connect(path)) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()
    return path.read_bytes()


COLUMNS = "tid, id, parent, created, modified, mode, remote_addr, text, author, email"


@pytest.mark.parametrize(
    ("statements", "message"),
    [
        (["CREATE TABLE notes (id)"], "no comments in it"),
        (
            ["CREATE TABLE threads (id, uri, title)", f"CREATE VIEW comments AS SELECT 1 AS {COLUMNS.replace(', ', ', 1 AS ')}"],
            "no comments in it",
        ),
        (
            [
                "CREATE TABLE threads (id, uri, title)", "INSERT INTO threads VALUES (1, '/tea/', 'Tea')",
                f"CREATE TABLE comments ({COLUMNS})",
                "INSERT INTO comments (tid, id, text) VALUES (1, 1, printf('%.*c', 20000000, 'x'))",
            ],
            "too big",
        ),
    ],
    ids=["another database", "a view", "a huge text"],
)  # fmt: skip
def test_a_database_that_is_none_of_issos_is_refused(take, tea, tmp_path, statements, message):
    with pytest.raises(CommandError, match=message):
        take(isso_database(tmp_path / "made.db", *statements))

    assert not Comment.objects.exists()
