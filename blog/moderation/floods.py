"""A flood: far more is posted than people write. Every comment waits for approval until it is over.

What is posted is counted in the cache, which all processes share; that there is a flood stands in the database.
"""

from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from blog.discussion.models import Comment
from blog.moderation.models import Flood
from frodo import rates

REASON = "flood"
RENEWED = timedelta(minutes=1)
"""How often at most its end is put off, so that the flood does not become one of writes."""
FORMS = rates.Rate(20, 60)
"""Comments without a proof of work, by the form without a script, that are taken during a flood."""


def notice() -> Flood | None:
    """Count one more comment. The flood in which we are, if any."""
    flood = Flood.objects.now()
    if not settings.COMMENT_FLOOD:
        return flood
    too_many = rates.take("flood", "everybody", rates.Rate.of(settings.COMMENT_FLOOD)) > 0
    return go_on(flood) if too_many else flood


def go_on(flood: Flood | None) -> Flood | None:
    """It has begun, or it is not over yet."""
    lasting = timedelta(minutes=settings.COMMENT_FLOOD_MINUTES)
    until = timezone.now() + lasting
    if flood is not None:
        if until - flood.until > RENEWED:
            Flood.objects.filter(pk=flood.pk, ended_at=None).update(until=until)
        return flood
    if Flood.objects.filter(ended_at__gt=timezone.now() - lasting).exists():
        return None  # the author has said that it is none
    if cache.add("flood:begins", 1, 60) is False:
        return Flood.objects.now()  # somebody else is just saying so
    return Flood.objects.create(until=until)


def is_of_flood(comment: Comment) -> bool:
    return any(reason.get("code") == REASON for reason in comment.hold_reasons)


def tell_once() -> bool:
    """May the author get a letter about a comment of this flood? True once: the letter speaks for all of them."""
    flood = Flood.objects.now()
    return flood is not None and Flood.objects.filter(pk=flood.pk, was_told=False).update(was_told=True) == 1


def end() -> bool:
    """By hand; for as long as one lasts, no other begins."""
    flood = Flood.objects.now()
    if flood is None:
        return False
    flood.ended_at = timezone.now()
    flood.save(update_fields=["ended_at"])
    Flood.objects.filter(ended_at=None).update(ended_at=flood.ended_at)
    return True
