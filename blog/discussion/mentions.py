"""Who is meant by an @name."""

import re

from blog.discussion.models import Comment
from frodo.names import folded


def mentioned(comment: Comment) -> list[Comment]:
    """Comments on the same post by those whom this one calls by name."""
    called = {folded(word) for word in re.findall(r"(?<!\w)@([\w.-]+)", comment.text)} - {""}
    if not called:
        return []
    return [other for other in comment.post.comments.visible().order_by("-id") if folded(other.name) in called]
