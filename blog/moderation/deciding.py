"""Who may be heard: each verb does its deed once, however often it is called, and tells the open pages.

To those who read, a comment on hold is the same as one removed: there is nothing of it to see.
"""

from django.db import transaction

from blog.discussion.models import Comment
from blog.discussion.silence import locked_state, set_state, silence
from blog.discussion.speaking import announce

VISIBLE, HELD, REMOVED = Comment.State


def approve(comment: Comment) -> bool:
    """Let it be seen. True when that changed anything, as with the others."""
    with transaction.atomic():
        before = locked_state(comment)
        if before == VISIBLE:
            return False
        set_state(comment, VISIBLE)
        announce(comment, "comment.approved")
    return True


def hold(comment: Comment) -> bool:
    return silence(comment, HELD)


def remove(comment: Comment) -> bool:
    """Take it away. While it has answers to be seen, a place-holder stays."""
    return silence(comment, REMOVED)


def erase(comment: Comment) -> None:
    """Leave nothing of it: no row, or an empty one where others have answered."""
    with transaction.atomic():
        remove(comment)
        if not comment.answers.exists():
            comment.delete()
            return
        comment.name = comment.email = comment.visitor = comment.text = ""
        comment.user = None
        comment.save()
