"""Feeds of comments: of one post, and of the whole blog."""

from datetime import datetime
from html import unescape
from typing import NamedTuple, cast

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import escape, strip_tags
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from blog.comments.models import Comment
from blog.comments.threads import latest_comments, newest
from blog.posts.feeds import AtomWithText, SiteFeed, stable_id
from blog.posts.models import Post
from blog.posts.querysets import DISCUSSION_COLUMNS, LINK_COLUMNS
from frodo.site_frame import site_root
from frodo.site_settings import site
from frodo.site_urls import absolute_html

SUMMARY_LENGTH = 300


class Discussion(NamedTuple):
    """What a feed contains: the comments of one post or all; and the site's origin."""

    root: str
    post: Post | None = None
    path: str = ""
    """URL of the feed."""


def root_of(comment: Comment) -> str:
    return comment.root  # type: ignore[attr-defined]  # set by SiteCommentFeed.with_root


class SiteCommentFeed(SiteFeed):
    feed_type = AtomWithText

    def get_object(self, request: HttpRequest) -> Discussion:
        return Discussion(site_root(request), path=request.path)

    def title(self, discussion: Discussion) -> str:
        return _("Comments on %(SITE_NAME)s") % {"SITE_NAME": site.SITE_NAME}

    def link(self, discussion: Discussion) -> str:
        return discussion.root + reverse("home")

    def feed_guid(self, discussion: Discussion) -> str:
        return discussion.root + reverse("comments_feed")

    def feed_url(self, discussion: Discussion) -> str:
        return discussion.root + discussion.path

    def items(self, discussion: Discussion) -> list[Comment]:
        return self.with_root(latest_comments(site.POSTS_PER_FEED), discussion)

    def with_root(self, comments: list[Comment], discussion: Discussion) -> list[Comment]:
        for comment in comments:
            comment.root = discussion.root  # type: ignore[attr-defined]  # the other methods are given nothing else
        return comments

    def item_title(self, comment: Comment) -> str:
        return _("%(name)s on “%(title)s”") % {"name": comment.name, "title": comment.post.title}

    def item_description(self, comment: Comment) -> str:
        text = " ".join(unescape(strip_tags(comment.html)).split())
        return escape(Truncator(text).chars(SUMMARY_LENGTH, "…"))  # readers take it for HTML

    def item_extra_kwargs(self, comment: Comment) -> dict:
        html = absolute_html(comment.html, root_of(comment) + comment.post.url)
        return {"content": html, "language": comment.post.language}

    def item_link(self, comment: Comment) -> str:
        return root_of(comment) + comment.url

    def item_guid(self, comment: Comment) -> str:
        return f"{stable_id(comment.post_id, root_of(comment))}#comment-{comment.pk}"

    def item_author_name(self, comment: Comment) -> str:
        return comment.name

    def item_pubdate(self, comment: Comment) -> datetime:
        return comment.created_at

    def item_updateddate(self, comment: Comment) -> datetime:
        return comment.edited_at or comment.created_at


class CommentFeed(SiteCommentFeed):
    """Comments of one post, by slug, or of an activity, by ID."""

    def get_object(self, request: HttpRequest, slug: str = "", pk: int = 0) -> Discussion:
        named = {"slug": slug} if slug else {"pk": min(pk, 2**63 - 1), "kind": Post.Kind.ACTIVITY}
        post = get_object_or_404(Post.threads.open_to_all().only(*LINK_COLUMNS, *DISCUSSION_COLUMNS), **named)
        if post.discussion is None:
            raise Http404
        return Discussion(site_root(request), post, request.path)

    def title(self, discussion: Discussion) -> str:
        return _("Comments on “%(title)s”") % {"title": cast(Post, discussion.post).title}

    def link(self, discussion: Discussion) -> str:
        return discussion.root + cast(Post, discussion.post).url

    def feed_guid(self, discussion: Discussion) -> str:
        return f"{stable_id(cast(Post, discussion.post).pk, discussion.root)}comments.xml"

    def items(self, discussion: Discussion) -> list[Comment]:
        post = cast(Post, cast(Post, discussion.post).discussion)
        found = self.with_root(newest(Comment.objects.filter(post=post).visible(), site.POSTS_PER_FEED), discussion)
        for comment in found:
            comment.post = post
        return found

    def item_title(self, comment: Comment) -> str:
        return comment.name
