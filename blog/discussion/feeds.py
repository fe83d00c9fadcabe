"""The discussion for feed readers: of one post, and of the whole blog."""

from typing import NamedTuple

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from blog.absolute import absolute_html
from blog.context import site_root
from blog.discussion.models import Comment
from blog.posts.feeds import stable_id
from blog.posts.models import Post


class Discussion(NamedTuple):
    """What a feed is about: one post, or all; and the site's own address."""

    root: str
    post: Post | None = None


class SiteCommentFeed(Feed):
    feed_type = Atom1Feed
    language = settings.LANGUAGE_CODE

    def get_object(self, request: HttpRequest) -> Discussion:
        return Discussion(site_root(request))

    def title(self, discussion: Discussion) -> str:
        return _("Comments on %(SITE_NAME)s") % {"SITE_NAME": settings.SITE_NAME}

    def link(self, discussion: Discussion) -> str:
        return discussion.root + reverse("home")

    def items(self, discussion: Discussion) -> list[Comment]:
        shown = Comment.objects.visible().filter(post__in=Post.threads.published())
        return self.newest(shown.select_related("post"), discussion)

    def newest(self, comments, discussion: Discussion) -> list[Comment]:
        found = list(comments.defer("email", "visitor", "network").order_by("-id")[: settings.POSTS_PER_FEED])
        for comment in found:
            comment.root = discussion.root
        return found

    def item_title(self, comment: Comment) -> str:
        return _("%(name)s on “%(title)s”") % {"name": comment.name, "title": comment.post.title}

    def item_description(self, comment: Comment) -> str:
        return absolute_html(comment.html, comment.root, comment.post.url)

    def item_link(self, comment: Comment) -> str:
        return comment.root + comment.url

    def item_guid(self, comment: Comment) -> str:
        return f"{stable_id(comment.post_id, comment.root)}#comment-{comment.pk}"

    def item_author_name(self, comment: Comment) -> str:
        return comment.name

    def item_pubdate(self, comment: Comment):
        return comment.created_at

    def item_updateddate(self, comment: Comment):
        return comment.edited_at or comment.created_at


class CommentFeed(SiteCommentFeed):
    """Of one post, named by its slug, or of an activity, named by its id."""

    def get_object(self, request: HttpRequest, slug: str = "", pk: int = 0) -> Discussion:
        named = {"slug": slug} if slug else {"pk": min(pk, 2**63 - 1), "kind": Post.Kind.ACTIVITY}
        return Discussion(site_root(request), get_object_or_404(Post.threads.published().for_links(), **named))

    def title(self, discussion: Discussion) -> str:
        return _("Comments on “%(title)s”") % {"title": discussion.post.title}

    def link(self, discussion: Discussion) -> str:
        return discussion.root + discussion.post.url

    def items(self, discussion: Discussion) -> list[Comment]:
        found = self.newest(discussion.post.comments.visible(), discussion)
        for comment in found:
            comment.post = discussion.post
        return found

    def item_title(self, comment: Comment) -> str:
        return comment.name
