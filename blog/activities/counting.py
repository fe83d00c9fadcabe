"""The list of activities is told when one of them has more or fewer comments and reactions."""

from functools import partial

from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver

from blog.activities.stream import tell_counts
from blog.events.models import Event
from blog.posts.models import Post

COUNTING = {"comment.posted", "comment.approved", "comment.removed"}


@receiver(post_save, sender=Event)
def happened(instance: Event, created: bool, raw: bool, **signal) -> None:
    if raw or not created or instance.post.kind != Post.Kind.ACTIVITY:
        return
    is_reaction = instance.type == "reactions.changed" and instance.data["comment"] is None
    if is_reaction or instance.type in COUNTING:
        transaction.on_commit(partial(tell_counts, instance.post_id))
