"""Rows for tests; each test says only what differs."""

from datetime import timedelta

from django.utils import timezone

from blog.activities.services import create_activity
from blog.models import Activity, Comment, Page, Post, Tag, Topic
from tests import people


def make_post(*, title: str = "A walk", tags: tuple[str, ...] = (), days_ago: float = 1, **fields) -> Post:
    """A published post of Ann's."""
    fields.setdefault("author", None)
    fields["author"] = fields["author"] or people.ann()
    fields.setdefault("text", "We walked along the river.")
    fields.setdefault("status", "published")
    fields.setdefault("published_at", timezone.now() - timedelta(days=days_ago))
    post = Post.objects.create(title=title, **fields)
    post.tags.set([Tag.objects.get_or_make(name) for name in tags])
    return post


def make_page(*, title: str = "About", **fields) -> Page:
    return Page.objects.create(title=title, **{"text": "Who we are.", **fields})


def make_topic(name: str = "Walks", **fields) -> Topic:
    return Topic.objects.create(name=name, **fields)


def make_comment(post: Post, *, text: str = "Lovely.", name: str = "Bob", **fields) -> Comment:
    return Comment.objects.create(post=post, text=text, name=name, **fields)


def make_activity(*, text: str = "A heron by the river.", days_ago: float = 1, **fields) -> Activity:
    """A published activity of Ann's, as her deeds make it."""
    fields.setdefault("published_at", timezone.now() - timedelta(days=days_ago))
    return create_activity(fields.pop("author", None) or people.ann(), text=text, **fields)
