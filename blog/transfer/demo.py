"""What blog/demo has, with which a new blog shows what can be written. It comes and goes as a whole."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import yaml
from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from blog.discussion.models import Comment
from blog.posts.models import Page, Post, Tag, Topic
from blog.posts.models.written import Written
from blog.transfer import demo_activities, front_matter

FOLDER = Path(__file__).resolve().parent.parent / "demo"
ORIGIN = "demo/"


@transaction.atomic
def write_demo(author: User) -> list[Written]:
    """Writes what is missing; returns it. Reads nothing but blog/demo, and changes no other post."""
    for picture in (FOLDER / "pictures").iterdir():
        keep_picture(picture)
    for topic in read_yaml("topics.yaml"):
        Topic.objects.get_or_create(slug=topic["slug"], defaults=topic)
    new = [write_post(path, author) for path in missing(Post, "*.md")]
    new += [write_page(path) for path in missing(Page, "pages/*.md")]
    for thread in read_yaml("comments.yaml"):
        post = Post.objects.get(origin=ORIGIN + thread["post"])
        if post in new:
            write_thread(post, thread["comments"], author)
    return [*new, *demo_activities.write(read_yaml("activities.yaml"), FOLDER, author)]


@transaction.atomic
def remove_demo() -> tuple[int, int]:
    """Removes what is as it came; how many went, and how many stay because they were changed."""
    n_removed, n_kept = demo_activities.take_away(read_yaml("activities.yaml"))
    tags = set()
    for written in (*Post.objects.filter(origin__startswith=ORIGIN), *Page.objects.filter(origin__startswith=ORIGIN)):
        source = FOLDER / written.origin.removeprefix(ORIGIN)
        if not source.exists() or read(source)[1] != written.text:
            n_kept += 1
            continue
        if isinstance(written, Post):
            tags |= set(written.tags.values_list("pk", flat=True))
            if written.cover:
                transaction.on_commit(lambda cover=written.cover.name: default_storage.delete(cover))
        written.delete()
        n_removed += 1
    Tag.objects.filter(pk__in=tags, posts=None).delete()
    Topic.objects.filter(slug__in=[topic["slug"] for topic in read_yaml("topics.yaml")], posts=None).delete()
    if not n_kept:
        for picture in (FOLDER / "pictures").iterdir():
            transaction.on_commit(lambda name=ORIGIN + picture.name: default_storage.delete(name))
    return n_removed, n_kept


def has_other_posts() -> bool:
    return any(rows.exclude(origin__startswith=ORIGIN).exists() for rows in (Post.threads, Page.objects))


def missing(model: type[Written], pattern: str) -> Iterator[Path]:
    present = set(model.objects.filter(origin__startswith=ORIGIN).values_list("origin", flat=True))
    for path in sorted(FOLDER.glob(pattern)):
        if origin_of(path) not in present:
            yield path


def origin_of(path: Path) -> str:
    return ORIGIN + path.relative_to(FOLDER).as_posix()


def read_yaml(name: str) -> list[dict]:
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


def read(path: Path) -> tuple[dict, str]:
    """Front matter, and the text with its pictures' addresses as the site serves them."""
    written = front_matter.split(path.read_text(encoding="utf-8"))
    text = written.body.strip().replace("](pictures/", f"]({settings.MEDIA_URL}{ORIGIN}")
    return written.data, text + "\n"


def keep_picture(path: Path) -> None:
    name = ORIGIN + path.name
    if not default_storage.exists(name):
        with path.open("rb") as file:
            default_storage.save(name, File(file))


def write_post(path: Path, author: User) -> Post:
    fields, text = read(path)
    tags = fields.pop("tags")
    cover = fields.pop("cover", "")
    topic = fields.pop("topic", "")
    moment = timezone.now() - timedelta(days=fields.pop("days_ago"))
    post = Post(
        status=fields.pop("status", Post.Status.PUBLISHED),
        topic=Topic.objects.get(name=topic) if topic else None,
        author=author,
        text=text,
        origin=origin_of(path),
        **fields,
    )
    if post.status != Post.Status.DRAFT:
        post.published_at = moment
    if cover:
        with (FOLDER / cover).open("rb") as file:
            post.cover.save(Path(cover).name, File(file), save=False)
            post.save()
    else:
        post.save()
    post.tags.set([Tag.objects.get_or_create(name=name)[0] for name in tags])
    # A demo post is as old as it says: never "updated today".
    written_at = min(moment, timezone.now())
    Post.objects.filter(pk=post.pk).update(created_at=written_at, updated_at=written_at)
    return post


def write_page(path: Path) -> Page:
    fields, text = read(path)
    return Page.objects.create(text=text, origin=origin_of(path), **fields)


def write_thread(post: Post, comments: list[dict], author: User, parent: Comment | None = None) -> None:
    for said in comments:
        is_author = said.get("author", False)
        comment = Comment.objects.create(
            post=post,
            parent=parent,
            user=author if is_author else None,
            name=author.name if is_author else said["name"],
            text=said["text"].strip(),
        )
        write_thread(post, said.get("answers", []), author, comment)
    if parent is None:
        comments = post.comments.order_by("id")
        for hours, pk in enumerate(comments.values_list("pk", flat=True), start=1):
            comments.filter(pk=pk).update(created_at=post.published_at + timedelta(hours=5 * hours))
        Post.objects.filter(pk=post.pk).update(n_comments=comments.count())
