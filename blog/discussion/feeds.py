"""A post's discussion for feed readers."""

from typing import NamedTuple

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from blog.absolute import absolute_html
from blog.context import site_root
from blog.discussion.models import Comment
from blog.posts.models import Post


class Discussion(NamedTuple):
    post: Post
    root: str


class CommentFeed(Feed):
    feed_type = Atom1Feed
    language = settings.LANGUAGE_CODE

    def get_object(self, request: HttpRequest, slug: str) -> Discussion:
        return Discussion(get_object_or_404(Post.objects.published().for_links(), slug=slug), site_root(request))

    def title(self, discussion: Discussion) -> str:
        return _("Comments on “%(title)s”") % {"title": discussion.post.title}

    def link(self, discussion: Discussion) -> str:
        return discussion.root + discussion.post.url

    def items(self, discussion: Discussion) -> list[Comment]:
        newest = discussion.post.comments.visible().order_by("-id")[: settings.POSTS_PER_FEED]
        comments = list(newest)
        for comment in comments:
            comment.page, comment.root = discussion.post.url, discussion.root
        return comments

    def item_title(self, comment: Comment) -> str:
        return comment.name

    def item_description(self, comment: Comment) -> str:
        return absolute_html(comment.html, comment.root, comment.page)

    def item_link(self, comment: Comment) -> str:
        return f"{comment.root}{comment.page}#comment-{comment.pk}"

    def item_author_name(self, comment: Comment) -> str:
        return comment.name

    def item_pubdate(self, comment: Comment):
        return comment.created_at

    def item_updateddate(self, comment: Comment):
        return comment.edited_at or comment.created_at
