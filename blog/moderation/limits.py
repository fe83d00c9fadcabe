"""How much may come from one person, one address, one network, and from everybody."""

from django.conf import settings

from accounts.models import User
from frodo import rates
from frodo.addresses import wide


def slow_down(user: User | None, visitor: str, network: str, deed: str = "comment") -> None:
    """Count one more, or raise rates.TooFast."""
    each, around, everybody = (
        rates.Rate.of(text)
        for text in (settings.COMMENT_RATE, settings.COMMENT_RATE_NETWORK, settings.COMMENT_RATE_ALL)
    )
    person = f"user-{user.pk}" if user is not None else f"visitor-{visitor}" if visitor else ""
    counted = [(person, each), (network, each), (wide(network) and f"around-{wide(network)}", around)]
    wait = max(rates.take(deed, who, rate) if who else 0 for who, rate in counted)
    # What is refused already does not use up what everybody shares.
    wait = wait or rates.take(deed, "everybody", everybody)
    if wait:
        raise rates.TooFast(wait)
