"""Spam waves: when far more comments are posted than people write, every comment requires approval until it is over.

Comments are counted in the cache, which all processes share; that a wave is on is stored in the database.
"""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from blog.comments.models import Comment
from blog.moderation.models import SpamWave
from frodo import rate_limits
from frodo.client_ip import wide

REASON = "spam_wave"
RENEWED = timedelta(minutes=1)
"""Minimum time between writes that extend the wave."""
FORMS = rate_limits.Rate(20, 60)
"""Comments by the form without JavaScript, thus without proof of work, that are accepted during a wave."""


def notice(spam_wave: SpamWave | None) -> SpamWave | None:
    """Count a comment. Returns the current spam wave, if any."""
    if not settings.SPAM_WAVE_RATE:
        return spam_wave
    too_many = rate_limits.take("spam_wave", "everybody", rate_limits.Rate.of(settings.SPAM_WAVE_RATE)) > 0
    return extend(spam_wave) if too_many else spam_wave


def extend(spam_wave: SpamWave | None) -> SpamWave | None:
    """Start or extend a wave."""
    lasting = timedelta(minutes=settings.SPAM_WAVE_MINUTES)
    until = timezone.now() + lasting
    if spam_wave is not None:
        if until - spam_wave.until > RENEWED:
            SpamWave.objects.filter(pk=spam_wave.pk, ended_at=None).update(until=until)
        return spam_wave
    if SpamWave.objects.filter(ended_at__gt=timezone.now() - lasting).exists():
        return None  # the author has ended it
    if rate_limits.count("spam-wave:begins", 60) > 1:
        return SpamWave.objects.now()  # somebody else is just saying so
    return SpamWave.objects.create(until=until)


def is_in_spam_wave(comment: Comment) -> bool:
    return any(reason.get("code") == REASON for reason in comment.pending_reasons)


def notify_once() -> bool:
    """Whether the author should get an e-mail about a comment of this wave. True once."""
    spam_wave = SpamWave.objects.now()
    return (
        spam_wave is not None
        and SpamWave.objects.filter(pk=spam_wave.pk, was_notified=False).update(was_notified=True) == 1
    )


def end() -> bool:
    """End the wave by hand; no other starts for as long as one lasts."""
    spam_wave = SpamWave.objects.now()
    if spam_wave is None:
        return False
    spam_wave.ended_at = timezone.now()
    spam_wave.save(update_fields=["ended_at"])
    SpamWave.objects.filter(ended_at=None).update(ended_at=spam_wave.ended_at)
    return True


def slow_down(user: User | None, visitor: str, network: str, action: str = "comment") -> None:
    """Count a comment or edit against the rate limits, or raise rate_limits.TooFast."""
    each, around, everybody = (
        rate_limits.Rate.of(text)
        for text in (settings.COMMENT_RATE, settings.COMMENT_RATE_NETWORK, settings.COMMENT_RATE_ALL)
    )
    person = f"user-{user.pk}" if user is not None else f"visitor-{visitor}" if visitor else ""
    wait = rate_limits.take_each(
        (action, network, each),
        (action, wide(network) and f"around-{wide(network)}", around),
        (action, person, each),
        (action, "everybody", everybody),
    )
    if wait:
        raise rate_limits.TooFast(wait)
