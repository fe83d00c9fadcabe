"""Folders for Hugo, Hexo and Jekyll: what is imported from them is what was exported, and they build."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.utils import timezone

from blog.models import Comment, Page, Post, Redirect, Tag
from tests import people
from tests.factories import make_post
from tests.npm import package

pytestmark = pytest.mark.django_db(transaction=True)

FORMATS = ("hugo", "hexo", "jekyll")
OWN = {
    *("url", "permalink", "author", "series", "series_order", "cover", "layout", "comments_file", "lastmod"),
    *(
        "render_with_liquid",
        "disableNunjucks",
        "published",
        "redirect_from",
        "alias",
        "aliases",
        "type",
        "menu",
        "lang",
    ),
    *("last_modified_at", "updated", "sticky", "draft"),
}


def contents() -> dict:
    """What a reader finds, with media wherever they lie."""
    found = {}
    for post in Post.objects.select_related("topic").prefetch_related("tags"):
        found[post.slug] = {
            "title": post.title,
            "text": re.sub(r"/media/[\w/]+\.", "/media/", post.text).strip(),
            "draft": post.status == "draft",
            "published_at": post.published_at if post.status != "draft" else None,
            "tags": sorted(tag.name for tag in post.tags.all()),
            "topic": post.topic and post.topic.name,
            "summary": " ".join(post.summary.split()),
            "pinned": post.pinned,
            "comments_open": post.comments_open,
            "language": post.language,
            "cover": bool(post.cover),
            "front_matter": {name: value for name, value in post.front_matter.items() if name not in OWN},
        }
    for page in Page.objects.all():
        found[f"p/{page.slug}"] = {"title": page.title, "text": page.text.strip(), "shown": page.is_published}
    for post in Post.objects.all():
        found[post.slug]["comments"] = [
            (row.name, row.text, row.html, row.created_at, row.edited_at, row.pinned, row.user and row.user.username)
            + ((row.parent.name, row.parent.text) if row.parent else ())
            for row in post.comments.filter(state="visible").select_related("parent", "user").order_by("created_at")
        ]
        found[post.slug]["n_comments"] = post.n_comments
    paths = Redirect.objects.exclude(post=None).values_list("path", "post__slug")
    return found | {"redirects": sorted(paths)}


@pytest.mark.parametrize("format", FORMATS)
def test_what_is_imported_is_what_was_exported(site, manage, empty_site, tmp_path, format):
    make_post(title="Template", text="`{{ page.title }}` {% if x %} {{< youtube 1 >}} {{% note %}} {{<")
    Comment.objects.filter(text="Indeed").update(edited_at=timezone.now(), pinned=True)
    before = contents()
    said = manage("export_blog", tmp_path / "out", "--format", format)
    assert "Posts and pages: 7. Comments: 2. Media files: " in said
    empty_site()
    people.ann()

    manage("import_blog", tmp_path / "out")

    assert re.search(r"unchanged +7\n", manage("import_blog", tmp_path / "out"))
    after = contents()
    for slug, wanted in before.items():
        if slug == "redirects":
            assert set(wanted) <= set(after[slug])
            continue
        if slug == "template" and format == "hugo":
            wanted["text"] = wanted["text"].removesuffix("{{<")
            after[slug]["text"] = after[slug]["text"].removesuffix("{\u2060{<")
        assert after[slug] == wanted, slug
    assert len(after) == len(before)


BROKEN = {
    "not a list": ('{"id": 1}', "It is not a list of comments"),
    "cut off": ('[{"id": 1, "text": "Ho', "comments.json, line 1: This is not valid JSON"),
    "no id": ('[{"text": "Hot"}]', "It is not a list of comments"),
    "no comments": ('["Hot"]', "It is not a list of comments"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_comments_that_cannot_be_read_refuse_their_post_alone(ann, manage, tmp_path, kind):
    content, said = BROKEN[kind]
    for name in ("data/comments", "content/post"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "hugo.toml").touch()
    (tmp_path / "data/comments/comments.json").write_text(content)
    (tmp_path / "content/post/tea.md").write_text("---\ntitle: Tea\ncomments_file: comments\n---\nHot.")
    (tmp_path / "content/post/milk.md").write_text("---\ntitle: Milk\ncomments_file: ../../etc/passwd\n---\nCold.")

    printed = manage("import_blog", tmp_path)

    assert said in printed
    assert [post.title for post in Post.objects.all()] == ["Milk"]


@pytest.mark.parametrize("format", FORMATS)
def test_a_dry_run_has_the_numbers_of_the_import(site, manage, empty_site, tmp_path, format):
    manage("export_blog", tmp_path / "out", "--format", format)
    empty_site()
    people.ann()

    would = manage("import_blog", tmp_path / "out", "--dry-run")

    assert not Post.objects.exists()
    assert not Comment.objects.exists()
    assert not Tag.objects.exists()
    assert re.search(r"comments found +2\n", would)
    assert would.replace("Dry run: nothing has been changed.\n", "") == manage("import_blog", tmp_path / "out")


@pytest.mark.parametrize("format", FORMATS)
def test_an_unpublished_comment_stays_at_home(site, manage, tmp_path, format):
    manage("export_blog", tmp_path / "out", "--format", format)

    texts = "".join(path.read_text() for path in (tmp_path / "out").rglob("*.json"))
    assert "Lovely *tea*" in texts
    assert "Buy now" not in texts
    assert "bob@example.org" not in texts


def test_a_folder_with_something_in_it_is_refused(site, manage, tmp_path):
    (tmp_path / "notes.txt").touch()

    with pytest.raises(CommandError, match="not an empty folder"):
        manage("export_blog", tmp_path, "--format", "hugo")


def built(folder: Path, command: list[str]) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not re.search(r"\b(?:ERROR|FATAL|WARN)\b|Error:", done.stdout + done.stderr), done.stdout + done.stderr


@pytest.mark.quality
@pytest.mark.parametrize("format", FORMATS)
def test_it_builds_with_its_urls_and_comments(site, manage, tmp_path, format):
    make_post(title="Template", text="`{{ page.title }}` {% if x %} {{< youtube 1 >}} {{% note %}} {{<", days_ago=9)
    tea = Post.objects.get(topic_order=2)
    manage("export_blog", tmp_path / "out", "--format", format)
    public = build(format, tmp_path / "out")

    page = (public / "post" / tea.slug / "index.html").read_text()
    assert "一壶茶: tea" in page
    assert "<em>tea</em>" in page
    [comment] = Comment.objects.filter(post=tea, parent=None, state="visible")
    assert f'id="comment-{comment.pk}"' in page
    assert (public / "post" / "new-name" / "index.html").exists()
    assert (public / "p" / "about" / "index.html").exists()
    assert not (public / "post" / "a-draft").exists()
    template = (public / "post" / "template" / "index.html").read_text()
    assert "{{ page.title }}" in template.replace("&#123;", "{").replace("&#125;", "}")
    assert "youtube" in template
    assert "iframe" not in template
    [image] = re.findall(r'src="(/media/uploads/[^"]+)"', page)
    assert (public / image.removeprefix("/")).exists()


def build(format: str, folder: Path) -> Path:
    if format == "hexo":
        hexo = package("hexo", "bin/hexo")
        (folder / "node_modules").symlink_to(hexo.parents[2])
        (folder / "package.json").write_text(
            '{"hexo": {"version": "8"}, "dependencies": {"hexo-renderer-marked": "*"}}'
        )
        built(folder, ["node", str(hexo), "generate", "--bail"])
        return folder / "public"
    if not shutil.which(format):
        pytest.skip(f"{format} is not installed")
    built(folder, ["hugo"] if format == "hugo" else ["jekyll", "build", "--strict_front_matter"])
    return folder / ("public" if format == "hugo" else "_site")
