"""Which posts and pages show a picture."""

from blog.posts.models import Page, Post
from blog.posts.querysets import PageQuerySet, PostQuerySet
from blog.uploads.models import Upload
from blog.uploads.showing import register


@register
def posts(upload: Upload) -> PostQuerySet:
    return Post.objects.filter(text__contains=upload.key)


@register
def pages(upload: Upload) -> PageQuerySet:
    return Page.objects.filter(text__contains=upload.key)
