import os
import re
from io import StringIO

import pytest
from django.core.management import call_command
from PIL import Image

from blog.models import Post
from tests.importers.folders import picture, post, write


def test_a_url_that_is_none_is_left_as_it_is(run, media, tmp_path):
    write(tmp_path, {"_config.yml": "url: https://tea.example.org\n", "source/_posts/a.md": post("![](http://[tea)")})

    run(tmp_path)

    assert Post.objects.get().text == "![](http://[tea)"


def names_in(media) -> list[str]:
    return sorted(str(path.relative_to(media)) for path in media.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("name", "text", "at"),
    [
        ("a.md", "![tea](cup.png)", "cup.png"),
        ("a.md", "![tea](./img/my%20cup.png 'A cup')", "img/my cup.png"),
        ("a.md", "![tea](<img/my cup.png>)", "img/my cup.png"),
        ("a.md", "![tea](img/my cup.png)", "img/my cup.png"),
        ("a.md", r"![tea](img\cup.png)", "img/cup.png"),
        ("a.md", "![tea](茶/杯.png)", "茶/杯.png"),
        ("a.md", "![tea][t]\n\n[t]: cup.png", "cup.png"),
        ("a.md", '<img alt="tea" src="cup.png" width=3>', "cup.png"),
        ("a.md", "[![tea](cup.png)](cup.png)", "cup.png"),
        ("a.md", "<img alt='1 > 0' src=cup.png width=3>", "cup.png"),
        ("a.md", '<a href="cup.png">tea</a>', "cup.png"),
        ("a.md", "<a class=x href=cup.png>tea</a>", "cup.png"),
        ("a.md", '<img src="a&amp;b.png">', "a&b.png"),
        ("a.md", "![tea](cup(1).png)", "cup(1).png"),
        ("a.md", r"![tea](cup\(1.png)", "cup(1.png"),
        ("a.md", "![tea](my cup (1).png)", "my cup (1).png"),
        ("a.md", "![tea](cup (1).png 'A cup')", "cup (1).png"),
        ("a.md", "![tea](my%20cup%20(1).png)", "my cup (1).png"),
        ("deep/er/a.md", "![tea](../cup.png)", "deep/cup.png"),
        ("deep/a.md", "![tea](/images/cup.png)", "images/cup.png"),
    ],
)
def test_a_picture_beside_the_post_comes_along(run, media, tmp_path, name, text, at):
    output = run(write(tmp_path, {name: post(text), at: picture()}))

    url = "/media/" + names_in(media)[0]
    assert output["pictures copied"] == 1
    assert url in Post.objects.get().html
    assert "cup.png" not in Post.objects.get().text


@pytest.mark.parametrize(
    ("files", "text"),
    [
        ({"_config.yml": "", "source/_posts/tea/cup.png": picture()}, "{% asset_img cup.png %}"),
        ({"_config.yml": "", "source/_posts/tea/cup.png": picture()}, "![](cup.png)"),
        ({"_config.yml": "", "source/_posts/tea/cup.png": picture()}, "![](tea/cup.png)"),
        ({"_config.yml": "root: /blog", "source/images/cup.png": picture()}, "![](/blog/images/cup.png)"),
        ({"_config.yml": "", "source/images/cup.png": picture()}, "{% img /images/cup.png %}"),
    ],
)
def test_hexo_keeps_pictures_in_folders_of_its_own(run, tmp_path, files, text):
    output = run(write(tmp_path, files | {"source/_posts/tea.md": post(text)}))

    assert (output["pictures copied"], output["pictures missing"]) == (1, 0)


@pytest.mark.parametrize(
    ("files", "name", "text"),
    [
        ({"hugo.toml": "", "content/posts/tea/cup.png": picture()}, "content/posts/tea/index.md", "![](cup.png)"),
        ({"hugo.toml": "", "static/img/cup.png": picture()}, "content/posts/tea.md", "![](/img/cup.png)"),
        ({"hugo.toml": "", "static/cup.png": picture()}, "content/posts/tea.md", '{{< figure src="/cup.png" >}}'),
        (
            {"_config.yml": "", "assets/cup.png": picture()},
            "_posts/2019-01-02-tea.md",
            "![]({{ site.baseurl }}/assets/cup.png)",
        ),
    ],
)
def test_hugo_and_jekyll_keep_them_in_theirs(run, tmp_path, files, name, text):
    output = run(write(tmp_path, files | {name: post(text)}))

    assert (output["pictures copied"], output["pictures missing"]) == (1, 0)


def test_each_picture_of_a_srcset_comes_along(run, media, tmp_path):
    text = '<img src=a.png srcset="a.png 1x, b%20b.png 2x,https://example.org/c.png 3x" sizes="1px">'

    output = run(write(tmp_path, {"a.md": post(text), "a.png": picture("red"), "b b.png": picture("blue")}))

    assert output["pictures copied"] == 2
    found = Post.objects.get().text
    assert re.fullmatch(
        r'<img src="/media/\S+" srcset="/media/\S+ 1x, /media/\S+ 2x, https://example.org/c.png 3x" sizes="1px">', found
    )


@pytest.mark.parametrize(
    ("files", "name"),
    [
        ({"hugo.toml": 'baseURL = "https://Blog.example/b/"', "static/cup.png": picture()}, "content/posts/a.md"),
        ({"_config.yml": "url: https://blog.example", "source/cup.png": picture()}, "source/_posts/a.md"),
        ({"_config.yml": "url: https://blog.example", "cup.png": picture()}, "_posts/2019-01-01-a.md"),
    ],
)
def test_a_picture_by_the_sites_own_absolute_url_comes_along(run, tmp_path, files, name):
    prefix = "/b" if "hugo.toml" in files else ""
    text = (
        f"![](https://blog.example{prefix}/cup.png) <img src=//blog.example{prefix}/cup.png> "
        f"![](http://blog.example{prefix}/gone.png) ![](https://other.example/cup.png)"
    )

    output = run(write(tmp_path, files | {name: post(text, cover=f"https://blog.example{prefix}/cup.png")}))

    assert (output["pictures copied"], output["pictures missing"]) == (1, 1)
    assert Post.objects.get().text.count("/media/") == 2
    assert Post.objects.get().cover


@pytest.mark.parametrize(
    "link",
    [
        "[b](b.md)",
        "[b](./b.md#part 'Title')",
        "[b](<b.md>)",
        "[b](/deep/b.md)",
        "[b](../deep/b.md)",
        "[b][b]\n\n[b]: b.md",
        "<a href='b.md'>b</a>",
    ],
)
def test_a_link_to_the_file_of_another_post_leads_to_the_post(run, tmp_path, link):
    output = run(write(tmp_path, {"deep/a.md": post(link), "deep/b.md": post(), "b.md": post()}), "--format=markdown")

    found = Post.objects.get(origin="markdown:deep/a.md").text
    assert Post.objects.get(origin="markdown:deep/b.md").url in found
    assert ".md" not in found
    assert ("#part" in link) == ("#part" in found)
    assert output["links to Markdown files that are not here"] == 0


def test_a_link_to_a_file_that_is_not_imported_is_counted(run, tmp_path):
    output = run(write(tmp_path, {"a.md": post("[b](gone.md) [c](https://example.org/x.md) `[d](x.md)`")}))

    assert output["links to Markdown files that are not here"] == 1
    assert "[b](gone.md)" in Post.objects.get().text


def test_one_picture_in_two_posts_is_copied_once(run, media, tmp_path):
    files = {"a.md": post("![](a.png)"), "b.md": post("![](b.png)"), "a.png": picture(), "b.png": picture()}

    run(write(tmp_path, files))

    assert len(names_in(media)) == 1


def test_a_cover_is_taken_from_the_folder_or_linked(run, tmp_path):
    files = {"a.md": post(cover="cup.png"), "b.md": post(image="https://example.org/b.png"), "cup.png": picture()}

    run(write(tmp_path, files))

    a, b = Post.objects.order_by("slug")
    assert (a.cover_width, a.cover_height, a.cover_link) == (4, 3, "")
    assert (bool(b.cover), b.cover_link) == (False, "https://example.org/b.png")


def test_a_missing_picture_stays_as_written_and_is_counted(run, tmp_path):
    output = run(write(tmp_path, {"a.md": post("![tea](gone.png) ![](https://example.org/x.png)")}))

    assert output["pictures missing"] == 1
    assert "![tea](gone.png)" in Post.objects.get().text


def test_code_that_speaks_of_pictures_is_not_touched(run, tmp_path):
    output = run(write(tmp_path, {"a.md": post("```\n![](cup.png)\n```\n`![](cup.png)`"), "cup.png": picture()}))

    assert output["pictures copied"] == 0


@pytest.mark.parametrize("content", [b"not a picture", b"<svg onload='x'>", b"", picture()[:30]])
def test_only_real_pictures_are_taken(run, media, tmp_path, content):
    output = run(write(tmp_path, {"a.md": post("![](cup.png)"), "cup.png": content}))

    assert output["files that are not pictures, or too large"] == 1
    assert names_in(media) == []


def test_a_picture_is_named_after_what_it_is(run, media, tmp_path):
    run(write(tmp_path, {"a.md": post("![](cup.png)"), "cup.png": picture(kind="JPEG")}))

    assert names_in(media)[0].endswith(".jpg")


def test_a_picture_of_too_many_pixels_is_left(run, media, tmp_path, monkeypatch):
    monkeypatch.setattr("blog.importers.images.MOST_PIXELS", 10)

    output = run(write(tmp_path, {"a.md": post("![](cup.png)"), "cup.png": picture()}))

    assert output["files that are not pictures, or too large"] == 1


def test_a_bomb_of_pixels_is_left(run, tmp_path, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 8)

    output = run(write(tmp_path, {"a.md": post("![](cup.png)"), "cup.png": picture()}))

    assert output["files that are not pictures, or too large"] == 1


@pytest.mark.parametrize(
    "address", ["../secret.png", "/../secret.png", "%2e%2e/secret.png", r"..\secret.png", "link.png", "out/secret.png"]
)
def test_nothing_outside_the_folder_is_taken(run, media, tmp_path, address):
    write(tmp_path, {"secret.png": picture(), "blog/a.md": post(f"![]({address})", cover=f"'{address}'")})
    os.symlink(tmp_path / "secret.png", tmp_path / "blog/link.png")
    os.symlink(tmp_path, tmp_path / "blog/out")

    output = run(tmp_path / "blog")

    assert names_in(media) == []
    assert output["pictures missing"] == 2


def test_a_whole_path_of_the_system_is_not_taken(run, media, tmp_path):
    write(
        tmp_path,
        {"secret.png": picture(), "blog/a.md": post(f"![]({tmp_path}/secret.png) ![](file://{tmp_path}/secret.png)")},
    )

    run(tmp_path / "blog")

    assert names_in(media) == []


def test_half_a_picture_left_by_a_killed_import_is_written_anew(run, media, tmp_path):
    folder = write(tmp_path, {"a.md": post("![](cup.png)"), "cup.png": picture()})
    run(folder)
    (copy,) = media.rglob("*.png")
    copy.write_bytes(copy.read_bytes()[:20])
    Post.objects.all().delete()

    run(folder)

    assert copy.read_bytes() == picture()


def test_a_picture_that_came_later_is_noticed(run, tmp_path):
    folder = write(tmp_path, {"a.md": post("![](cup.png)")})
    run(folder)

    output = run(write(folder, {"cup.png": picture()}))

    assert output["updated"] == 1
    assert "/media/" in Post.objects.get().text


def test_of_a_folder_of_posts_we_say_where_the_pictures_may_be(ann, tmp_path):
    files = {"_config.yml": "", "source/_posts/a.md": post("![](/img/cup.png)"), "source/img/cup.png": picture()}
    out = StringIO()

    call_command("import_blog", str(write(tmp_path, files) / "source/_posts"), stdout=out)

    assert f"import {tmp_path}" in out.getvalue()
