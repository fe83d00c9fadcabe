"""Redirects in bulk: wildcards, CSV, how often they are used, and paths that are not found."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from blog.models import NotFoundPath, Redirect
from blog.posts.redirects import usage
from tests.factories import make_post

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_counted():
    usage.clear()
    yield
    usage.clear()


def target(client, path: str) -> str | None:
    answer = client.get(path)
    return answer.url if answer.status_code == 301 else None


# Wildcards


def test_a_wildcard_leads_all_paths_below_it(client):
    Redirect.objects.create(path="/blog/*", url="/archives/")
    Redirect.objects.create(path="/docs-old/*", url="https://docs.example.org/v1/*")

    assert target(client, "/blog/2019/") == "/archives/"
    assert target(client, "/blog/") == "/archives/"
    assert target(client, "/docs-old/a/标题") == "https://docs.example.org/v1/a/%E6%A0%87%E9%A2%98"
    assert target(client, "/blogger/") is None


def test_the_longest_prefix_wins_and_an_exact_path_before_it(client):
    for path, url in (("/*", "/"), ("/a/*", "/archives/"), ("/a/b/*", "/tags/"), ("/a/b/c", "/topics/")):
        Redirect.objects.create(path=path, url=url)

    assert target(client, "/a/b/c/") == "/topics/"
    assert target(client, "/a/b/d/") == "/tags/"
    assert target(client, "/a/x/") == "/archives/"
    assert target(client, "/x/") == "/"


def test_a_wildcard_to_a_post_follows_its_slug(client):
    post = make_post(slug="tea")
    Redirect.objects.create(path="/2019/*", post=post)
    post.slug = "cups"
    post.save()

    assert target(client, "/2019/01/anything/") == "/post/cups/"


@pytest.mark.parametrize("url", ["/old/new/*", "/old/", "/old/x/"])
def test_a_wildcard_into_itself_is_refused(desk, url):
    answer = desk.post(reverse("admin:blog_redirect_add"), {"path": "/old/*", "url": url})

    assert answer.status_code == 200
    assert "circle" in answer.content.decode()


# Use


def test_uses_are_counted_and_shown(desk):
    redirect = Redirect.objects.create(path="/old", url="/archives/")
    for _n in range(3):
        desk.get("/old/")
    usage.write()

    redirect.refresh_from_db()
    assert redirect.n_uses == 3
    assert redirect.last_used_at
    assert '<td class="field-n_uses">3</td>' in desk.get(reverse("admin:blog_redirect_changelist")).content.decode()


def test_paths_not_found_are_counted_without_who_asked(client):
    client.get("/gone/?q=secret", headers={"referer": "https://search.example/page?q=private"}, REMOTE_ADDR="192.0.2.7")
    client.get("/gone")
    client.head("/gone")
    for path in ("/wp-login.php", "/.env", "/api/nothing/", "/x/phpinfo.cgi"):
        client.get(path)
    usage.write()

    row = NotFoundPath.objects.get()
    assert (row.path, row.n_requests, row.referrer) == ("/gone", 2, "https://search.example/page")
    assert "192.0.2" not in str(vars(row))


def test_only_so_many_paths_are_kept(client, monkeypatch):
    monkeypatch.setattr(usage, "MAX_ROWS", 3)
    monkeypatch.setattr(usage, "MAX_WAITING", 5)
    client.get("/often/")
    for n in range(9):
        client.get(f"/path-{n}/")
    client.get("/often/")
    usage.write()

    assert NotFoundPath.objects.count() == 3
    assert NotFoundPath.objects.first().path == "/often"


def test_a_redirect_is_made_of_a_path_that_was_not_found(desk):
    desk.get("/gone/")
    usage.write()

    page = desk.get(reverse("admin:blog_notfoundpath_changelist")).content.decode()
    assert "/admin/blog/redirect/add/?path=%2Fgone" in page
    assert 'value="/gone"' in desk.get("/admin/blog/redirect/add/?path=%2Fgone").content.decode()
    desk.post(reverse("admin:blog_redirect_add"), {"path": "/gone", "url": "/archives/"})

    assert not NotFoundPath.objects.exists()
    assert target(desk, "/gone/") == "/archives/"


# CSV


def upload(desk, content: str | bytes, *, dry_run: bool = False):
    data = content if isinstance(content, bytes) else content.encode()
    form = {"file": SimpleUploadedFile("redirects.csv", data), **({"dry_run": "on"} if dry_run else {})}
    return desk.post(reverse("admin:blog_redirect_import"), form)


def exported(desk) -> str:
    return b"".join(desk.get(reverse("admin:blog_redirect_export")).streaming_content).decode()


def test_what_is_exported_is_imported(desk):
    Redirect.objects.create(path="/2019/01/茶", post=make_post(slug="tea"))
    Redirect.objects.create(path="/feed-old", url="https://example.org/?a=1,2")
    file = exported(desk)
    Redirect.objects.all().delete()

    upload(desk, file)

    assert exported(desk) == file
    assert file.splitlines()[1] == "/2019/01/茶,/post/tea/,0,"
    assert Redirect.objects.get(path="/2019/01/茶").post.slug == "tea"


@pytest.mark.parametrize(
    "content",
    [
        "source,target\n/a/,/archives/\n/b/,/tags/\n",
        "\ufeff旧路径;目标\r\n/a/;/archives/\r\n\r\n/b/;/tags/\r\n",
        "/a/\t/archives/\n/b/\t/tags/",
        "旧路径,目标\n/a/,/archives/\n/b/,/tags/\n".encode("gb18030"),
        "/a/,/archives/\n/b/,/tags/\n".encode("utf-16"),
    ],
)
def test_files_of_other_programs(desk, content):
    upload(desk, content)

    assert dict(Redirect.objects.values_list("path", "url")) == {"/a": "/archives/", "/b": "/tags/"}


def test_a_dry_run_shows_what_would_be_done_and_each_error(desk):
    Redirect.objects.create(path="/same", url="/tags/")
    Redirect.objects.create(path="/other", url="/tags/")
    content = "/same/,/tags/\n/other/,/topics/\n/new/,/archives/\n/archives/,/tags/\n/x/,\n/y/,javascript:alert(1)\n"

    page = upload(desk, content, dry_run=True).content.decode()

    assert "Created: 1. Updated: 1. Unchanged: 1. Rejected: 3." in page
    assert "<td>4</td><td>/archives/</td><td>This site has a page at this path" in page
    assert "<td>5</td><td>/x/</td><td>The target is missing.</td>" in page
    assert Redirect.objects.count() == 2
    upload(desk, content)
    assert Redirect.objects.count() == 3


@pytest.mark.parametrize(
    ("content", "message"),
    [("", "empty"), ("\n\n", "no redirects"), (b"\xff\x00\x81", "not text"), ('/a/,"open\n', "Line 1 cannot be read")],
)
def test_a_file_that_cannot_be_read_is_refused(desk, content, message):
    assert message in upload(desk, content).content.decode()


def test_readers_and_contributors_may_not(client, bob):
    client.force_login(bob)

    assert client.get(reverse("admin:blog_redirect_import")).status_code == 302
    assert client.get(reverse("admin:blog_redirect_export")).status_code == 302
