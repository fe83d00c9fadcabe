"""Who may be heard: each verb does its deed once, however often it is called, and tells the open pages.

To those who read, a comment on hold is the same as one removed: there is nothing of it to see.
"""

from django.db import transaction
from django.db.models import F

from blog.discussion.models import Comment
from blog.discussion.speaking import announce, as_dict, event_data
from blog.events.models import Event
from blog.events.recording import record
from blog.posts.models import Post

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


def silence(comment: Comment, state: str) -> bool:
    with transaction.atomic():
        before = locked_state(comment)
        if before == state:
            return False
        set_state(comment, state)
        if before == VISIBLE:
            Post.objects.filter(pk=comment.post_id, n_comments__gt=0).update(n_comments=F("n_comments") - 1)
            comment.post.n_comments = Post.objects.values_list("n_comments", flat=True).get(pk=comment.post_id)
            record(comment.post, "comment.removed", event_data(comment))
            forget_words(comment)
    return True


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


def forget_words(comment: Comment) -> None:
    """What was taken away is not to be read in the events of earlier days either."""
    for event in Event.objects.filter(post=comment.post_id, data__comment__id=comment.pk):
        event.data["comment"] = as_dict(comment.as_seen())
        event.save(update_fields=["data"])


def locked_state(comment: Comment) -> str:
    """The state as it is now. The post's row is locked first, as all who write to a thread do."""
    Post.objects.select_for_update().only("pk").get(pk=comment.post_id)
    return Comment.objects.values_list("state", flat=True).get(pk=comment.pk)


def set_state(comment: Comment, state: str) -> None:
    comment.state = state
    comment.save(update_fields=["state"])
