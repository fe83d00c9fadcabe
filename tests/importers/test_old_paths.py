import pytest

from blog.importers.old_paths import slug_in
from blog.models import Page, Post, Redirect
from blog.posts.slugs import normal_path
from tests.importers.folders import post, write


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("/2019/07/tea/", "/2019/07/tea"),
        ("2019/07/tea/index.html", "/2019/07/tea"),
        ("/%E8%8C%B6.html", "/茶.html"),
        ("https://old.example.org/tea?x=1#y", "/tea"),
        ("/%2e%2e/%2e%2e/etc/passwd", "/etc/passwd"),
        ("..\\..\\tea", "/tea"),
        ("//a//b///", "/b"),
        ("/./tea/./", "/tea"),
        ("/", ""),
        ("", ""),
        ("/index.html", ""),
        ("/" + "a" * 600, ""),
        ("http://[broken", ""),
    ],
)
def test_an_address_has_one_spelling(written, kept):
    assert normal_path(written) == kept


@pytest.mark.parametrize(
    ("address", "slug"), [("/2019/Tea.html", "tea"), ("/a/茶经/", "茶经"), ("/", ""), ("../baddie.html", "baddie")]
)
def test_an_address_may_give_the_slug(address, slug):
    assert slug_in(address) == slug


HEXO = {"_config.yml": "timezone: Asia/Shanghai\nroot: /blog/\npermalink: :category/:year/:title.html", "source/x": ""}
JEKYLL = {"_config.yml": "permalink: pretty\nbaseurl: /b", "index.md": ""}
HUGO = {"hugo.toml": '[permalinks]\nposts = "/:year/:slug/"', "content/x": ""}


@pytest.mark.parametrize(
    ("files", "old"),
    [
        (
            {
                "_posts/tea.md": "title: Tea\ndate: 2019-01-02\n---\nx",
                "_posts/a.md": "title: A\ndate: 2019-01-01\n---\nx",
            },
            "/2019/01/02/tea/",
        ),
        (
            HEXO | {"source/_posts/Tea.md": post(date="2019-01-01 01:00", categories="[Drinks, Hot]")},
            "/blog/Drinks/Hot/2019/Tea.html",
        ),
        (HEXO | {"source/_posts/tea.md": post(date="2019-01-01", permalink="cup/of-tea")}, "/cup/of-tea/"),
        (HEXO | {"source/tea/index.md": post(title="Tea")}, "/blog/tea/"),
        (JEKYLL | {"_posts/2019-01-02-Tea.md": post(categories="a B")}, "/b/a/b/2019/01/02/Tea/"),
        (JEKYLL | {"hot/_posts/2019-01-02-tea.md": post(redirect_from="[/old/, /older]")}, "/older/"),
        (JEKYLL | {"hot/_posts/2019-01-02-tea.md": post()}, "/b/hot/2019/01/02/tea/"),
        (JEKYLL | {"tea.md": post(title="Tea", permalink="/all/about/tea.html")}, "/all/about/tea.html"),
        ({"_posts/2019-01-02-tea.md": post(layout="post")}, "/2019/01/02/tea.html"),
        (HUGO | {"content/posts/Green Tea.md": post(date="2019-01-02")}, "/2019/green-tea/"),
        (HUGO | {"content/notes/tea/index.md": post(date="2019-01-02")}, "/notes/tea/index.html"),
        (HUGO | {"content/posts/tea.md": post(date="2019-01-02", aliases="[/t/, cup]")}, "/posts/cup/"),
        (HUGO | {"content/posts/tea.md": post(date="2019-01-02", url="/x/%E8%8C%B6/")}, "/x/茶"),
    ],
)
def test_the_old_sites_address_leads_to_the_post(run, client, tmp_path, files, old):
    run(write(tmp_path, files))
    entry = Post.objects.filter(origin__icontains="tea").first() or Page.objects.get(origin__icontains="tea")

    answer = client.get(old)

    assert (answer.status_code, answer.url) == (301, entry.url)


def test_an_old_address_never_hides_a_page(run, client, tmp_path):
    run(write(tmp_path, {"tea.md": post(title="Tea"), "cup.md": post(title="Cup", aliases="[/post/tea/, /, /tags/]")}))

    assert client.get("/post/tea/").status_code == 200
    assert client.get("/tags/").status_code == 200
    assert client.get("/").status_code == 200


def test_two_posts_that_claim_one_address_leave_it_to_the_first(run, tmp_path):
    write(tmp_path, {"a.md": post(aliases="[/x/]"), "b.md": post(aliases="[/x, /y]")})

    dry = run(tmp_path, "--format=markdown", "--dry-run")

    assert dry.replace("Dry run: nothing has been changed.\n", "") == run(tmp_path, "--format=markdown")
    assert {old.path: old.post.slug for old in Redirect.objects.all()} == {"/x": "a", "/y": "b"}


def test_a_slug_changed_in_the_file_leaves_its_address_behind(run, client, tmp_path):
    run(write(tmp_path, {"tea.md": post(title="Tea", slug="tea")}))
    run(write(tmp_path, {"tea.md": post(title="Tea", slug="green-tea")}))

    assert client.get("/post/tea/").url == "/post/green-tea/"
