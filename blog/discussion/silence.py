"""Taking words back: from the thread, and from the events of earlier days."""

from django.db.models import F

from blog.discussion.models import Comment
from blog.discussion.speaking import as_dict, event_data
from blog.events.models import Event
from blog.events.recording import record
from blog.posts.models import Post

VISIBLE = Comment.State.VISIBLE


def hush(comment: Comment) -> int:
    """Tell that what was visible is not any more, and return the number of the event. Its new state is saved."""
    Post.threads.filter(pk=comment.post_id, n_comments__gt=0).update(n_comments=F("n_comments") - 1)
    comment.post.n_comments = Post.threads.values_list("n_comments", flat=True).get(pk=comment.post_id)
    n = record(comment.post, "comment.removed", event_data(comment)).n
    retell(comment)
    return n


def retell(comment: Comment) -> None:
    """Words that were taken back or changed are not to be read in earlier events either."""
    said = as_dict(comment.as_seen())
    told = Event.objects.filter(post=comment.post_id, type__startswith="comment.", data__comment__id=comment.pk)
    for event in told:
        event.data["comment"] = said
        event.save(update_fields=["data"])


def locked_state(comment: Comment) -> str:
    """The state as it is now. The post's row is locked first, as all who write to a thread do."""
    Post.threads.select_for_update().only("pk").get(pk=comment.post_id)
    return Comment.objects.values_list("state", flat=True).get(pk=comment.pk)
