"""What a webhook contains: the state at the time of sending, so that no deleted text leaves the site later."""

from typing import Any

from django.conf import settings

from blog.comments.models import Comment
from blog.moderation.models import Decision
from blog.posts.models import Post
from frodo.site_urls import absolute


def payload_of(subject: dict) -> dict:
    """The current state of the subject as everybody may see it, and of a comment as moderators may."""
    data: dict[str, Any] = {}
    if decision := Decision.objects.filter(pk=subject.get("decision", 0)).select_related("by").first():
        by = decision.by.name if decision.by else ""
        data["decision"] = {"id": decision.pk, "action": decision.verb, "source": decision.source, "by": by}
    if "comment" in subject:
        comment = Comment.objects.for_json().filter(pk=subject["comment"]).first()
        data["comment"] = comment_data(comment) if comment else {"id": subject["comment"], "state": "removed"}
    if "post" in subject:
        post = Post.threads.filter(pk=subject["post"]).first()
        gone = {"id": subject["post"], **{name: subject[name] for name in ("title", "slug") if name in subject}}
        data["post"] = with_url(post.to_dict_sync()) if post is not None and post.is_listed else gone
    return data


def comment_data(comment: Comment) -> dict:
    if not comment.post.is_open:
        return {"id": comment.pk, "state": str(comment.state)}
    if comment.state == Comment.State.REMOVED:
        return {"id": comment.pk, "state": "removed"}
    reasons = {"pending_reasons": comment.pending_reasons} if comment.state == Comment.State.PENDING else {}
    return with_url({**comment.to_dict_sync(), "state": str(comment.state), **reasons})


def with_url(data: dict) -> dict:
    return {**data, "url": absolute(data["url"], settings.SITE_URL)} if "url" in data else data
