import io
import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from blog.importers import demo
from blog.models import Activity, ActivityLink, Comment, Page, Post, Tag, Topic
from frodo.settings import STORAGES


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path: Path):
    settings.STORAGES = STORAGES
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def ann(db) -> User:
    return User.objects.create_user("ann", is_staff=True)


def demo_content(*arguments: str) -> str:
    said = io.StringIO()
    call_command("demo_content", *arguments, stdout=said)
    return said.getvalue()


def test_it_shows_what_can_be_written(ann: User):
    demo_content()

    posts = Post.objects.published()
    html = "".join(Post.objects.values_list("html", flat=True))
    assert posts.count() == 10
    assert posts.filter(language="zh-hans").count() == 5
    assert Post.objects.filter(status="draft").count() == Post.objects.filter(status="scheduled").count() == 1
    assert posts.filter(pinned=True).count() == 1
    assert posts.exclude(cover="").count() == 2
    assert Topic.objects.get().posts.count() == 3
    assert max(len(post.toc) for post in posts) >= 10
    assert Page.objects.for_menu().count() == 2
    for sign in ("<table", "<math", "<img", "<figure", "<details", "<blockquote", "highlight", "checkbox", "footnote"):
        assert sign in html
    assert "**" not in re.sub(r"(?s)<pre>.*?</pre>|<code>.*?</code>", "", html)


def test_it_has_activities_in_both_languages(ann: User, client):
    demo_content()

    page = client.get("/activities/").content.decode()
    assert set(Activity.objects.values_list("language", flat=True)) == {"en", "zh-hans"}
    for sign in ("<strong>three</strong>", 'class="link-card"', "Asynchronous support", 'alt="雨后的梯田'):
        assert sign in page
    assert not ActivityLink.objects.waiting().exists()


def test_its_threads_are_deep_and_by_guests_and_author(ann: User):
    demo_content()

    deepest = Comment.objects.filter(parent__parent__parent__isnull=False)
    assert deepest.exists()
    assert Comment.objects.filter(user=ann).exists()
    assert Comment.objects.filter(user=None).exists()
    for post in Post.objects.all():
        assert post.n_comments == post.comments.count()
        assert all(comment.created_at >= post.published_at for comment in post.comments.all())


def test_its_pictures_are_in_the_media_folder(ann: User, settings):
    demo_content()

    for post in Post.objects.all():
        for name in re.findall(rf'src="{settings.MEDIA_URL}([^"]+)"', post.html):
            assert (settings.MEDIA_ROOT / name).is_file()


def test_writing_it_twice_changes_nothing(ann: User):
    demo_content()
    before = set(Post.objects.values_list("pk", "text"))

    assert demo_content() == "Written: 0.\n"

    assert set(Post.objects.values_list("pk", "text")) == before


def test_a_blog_with_posts_is_left_alone(ann: User):
    Post.objects.create(title="My own", text="Mine.", author=ann)

    with pytest.raises(CommandError, match="--force"):
        demo_content()
    assert Post.objects.count() == 1

    demo_content("--force")
    assert Post.objects.count() == 13


def test_without_an_author_it_says_how_to_make_one(db):
    with pytest.raises(CommandError, match="createauthor"):
        demo_content()
    with pytest.raises(CommandError, match="no user “bob”"):
        demo_content("--author", "bob")


def test_it_goes_as_it_came(ann: User, settings, django_capture_on_commit_callbacks):
    Post.objects.create(title="My own", text="Mine.", author=ann).tags.add(Tag.objects.create(name="Writing"))
    demo_content("--force")

    with django_capture_on_commit_callbacks(execute=True):
        demo_content("--remove")

    assert [post.title for post in Post.objects.all()] == ["My own"]
    assert [tag.name for tag in Tag.objects.all()] == ["Writing"]
    assert not Page.objects.exists()
    assert not Topic.objects.exists()
    assert not Activity.objects.exists()
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def test_what_was_changed_stays(ann: User):
    demo_content()
    post = Post.objects.get(slug="everything-on-one-page")
    post.text += "\nAnd a line of mine.\n"
    post.save()

    assert "Kept, because they were changed: 1." in demo_content("--remove")

    assert list(Post.objects.all()) == [post]


def test_its_files_are_small():
    assert all(path.stat().st_size < 30_000 for path in demo.FOLDER.rglob("*"))
