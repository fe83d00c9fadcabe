from django.urls import reverse

from blog.discussion.models import Comment


def decision_url(comment: Comment, verb: str) -> str:
    return reverse("admin:blog_comment_change", args=[comment.pk])
