"""The demo content of a new blog, from blog/demo: it is created and deleted as a whole."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import yaml
from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from blog.activities.models import Activity, ActivityLink
from blog.activities.querysets import ActivityQuerySet
from blog.activities.services import create_activity, delete_activity
from blog.comments.models import Comment
from blog.importers import front_matter
from blog.media.models import Upload
from blog.media.services import remove, store
from blog.posts.models import Page, Post, Tag, Topic
from blog.posts.models.content import MarkdownContent

FOLDER = Path(__file__).resolve().parent.parent / "demo"
ORIGIN = "demo/"


@transaction.atomic
def write_demo(author: User) -> list[MarkdownContent]:
    """Create what is missing, and return it. Reads nothing but blog/demo, and changes no other post."""
    for picture in (FOLDER / "pictures").iterdir():
        store_picture(picture)
    for topic in read_yaml("topics.yaml"):
        Topic.objects.get_or_create(slug=topic["slug"], defaults=topic)
    new: list[MarkdownContent] = [create_post(path, author) for path in missing(Post, "*.md")]
    new += [create_page(path) for path in missing(Page, "pages/*.md")]
    for thread in read_yaml("comments.yaml"):
        post = Post.objects.get(origin=ORIGIN + thread["post"])
        if post in new:
            create_thread(post, thread["comments"], author)
    return [*new, *create_activities(author)]


@transaction.atomic
def remove_demo() -> tuple[int, int]:
    """Delete what was not edited. Returns how many were deleted, and how many stay because they were edited."""
    n_removed, n_kept = delete_activities()
    tags = set()
    for row in (*Post.objects.filter(origin__startswith=ORIGIN), *Page.objects.filter(origin__startswith=ORIGIN)):
        source = FOLDER / row.origin.removeprefix(ORIGIN)
        if not source.exists() or read(source)[1] != row.text:
            n_kept += 1
            continue
        if isinstance(row, Post):
            tags |= set(row.tags.values_list("pk", flat=True))
            if row.cover:
                transaction.on_commit(partial(default_storage.delete, str(row.cover.name)))
        row.delete()
        n_removed += 1
    Tag.objects.filter(pk__in=tags, posts=None).delete()
    Topic.objects.filter(slug__in=[topic["slug"] for topic in read_yaml("topics.yaml")], posts=None).delete()
    if not n_kept:
        for picture in (FOLDER / "pictures").iterdir():
            transaction.on_commit(partial(default_storage.delete, ORIGIN + picture.name))
    return n_removed, n_kept


def has_other_posts() -> bool:
    return any(rows.exclude(origin__startswith=ORIGIN).exists() for rows in (Post.threads, Page.objects))


def missing(model: type[MarkdownContent], pattern: str) -> Iterator[Path]:
    present = set(model._default_manager.filter(origin__startswith=ORIGIN).values_list("origin", flat=True))
    for path in sorted(FOLDER.glob(pattern)):
        if origin_of(path) not in present:
            yield path


def origin_of(path: Path) -> str:
    return ORIGIN + path.relative_to(FOLDER).as_posix()


def read_yaml(name: str) -> list[dict]:
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


def read(path: Path) -> tuple[dict, str]:
    """Front matter, and the text with the URLs by which the site serves its pictures."""
    parts = front_matter.split(path.read_text(encoding="utf-8"))
    text = parts.body.strip().replace("](pictures/", f"]({settings.MEDIA_URL}{ORIGIN}")
    return parts.data, text + "\n"


def store_picture(path: Path) -> None:
    name = ORIGIN + path.name
    if not default_storage.exists(name):
        with path.open("rb") as file:
            default_storage.save(name, File(file))


def create_post(path: Path, author: User) -> Post:
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
    post.tags.set([Tag.objects.get_or_make(name) for name in tags])
    # Not "updated today".
    created_at = min(moment, timezone.now())
    Post.objects.filter(pk=post.pk).update(created_at=created_at, updated_at=created_at)
    return post


def create_page(path: Path) -> Page:
    fields, text = read(path)
    return Page.objects.create(text=text, origin=origin_of(path), **fields)


def create_thread(post: Post, comments: list[dict], author: User, parent: Comment | None = None) -> None:
    for data in comments:
        is_author = data.get("author", False)
        comment = Comment.objects.create(
            post=post,
            parent=parent,
            user=author if is_author else None,
            name=author.name if is_author else data["name"],
            text=data["text"].strip(),
        )
        create_thread(post, data.get("answers", []), author, comment)
    if parent is None:
        thread, began = post.comments.order_by("id"), post.published_at or timezone.now()
        for hours, pk in enumerate(thread.values_list("pk", flat=True), start=1):
            thread.filter(pk=pk).update(created_at=began + timedelta(hours=5 * hours))
        Post.objects.filter(pk=post.pk).update(n_comments=thread.count())


ACTIVITIES_ORIGIN = "demo/activities/"


def create_activities(author: User) -> list[Activity]:
    """Create those that are missing."""
    present = set(demo_activities().values_list("origin", flat=True))
    missing = [data for data in read_yaml("activities.yaml") if ACTIVITIES_ORIGIN + data["key"] not in present]
    return [create_demo_activity(data, author) for data in missing]


def create_demo_activity(data: dict, author: User) -> Activity:
    photos = [store((FOLDER / p["file"]).read_bytes(), user=author, alt=p["alt"]) for p in data.get("photos", ())]
    links = data.get("links", ())
    activity = create_activity(
        author,
        text=data["text"],
        language=data["language"],
        links=[link["url"] for link in links],
        photos=[photo.pk for photo in photos],
        published_at=timezone.now() - timedelta(hours=data["hours_ago"]),
    )
    for link in links:
        ActivityLink.objects.filter(activity=activity, url=link["url"]).update(state=ActivityLink.State.READY, **link)
    moment = activity.published_at
    Activity.objects.filter(pk=activity.pk).update(
        origin=ACTIVITIES_ORIGIN + data["key"], created_at=moment, updated_at=moment
    )
    return activity


def delete_activities() -> tuple[int, int]:
    """Delete those that were not edited. Returns how many were deleted, and how many stay."""
    texts = {ACTIVITIES_ORIGIN + data["key"]: data["text"].strip() for data in read_yaml("activities.yaml")}
    n_removed = n_kept = 0
    for activity in demo_activities():
        if texts.get(activity.origin) != activity.text:
            n_kept += 1
            continue
        photos = list(Upload.objects.filter(pk__in=activity.photo_rows.values("upload")))
        delete_activity(activity)
        for photo in photos:
            remove(photo)
        n_removed += 1
    return n_removed, n_kept


def demo_activities() -> ActivityQuerySet:
    return Activity.objects.filter(origin__startswith=ACTIVITIES_ORIGIN)
