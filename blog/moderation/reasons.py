"""Descriptions of why a comment is pending. Stored as `{"code": ..., ...}`, translated when shown."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def descriptions(reasons: list) -> list[str]:
    return [words(reason) for reason in reasons if isinstance(reason, dict)]


def words(reason: dict) -> str:
    code = reason.get("code", "")
    say = DESCRIPTIONS.get(code)
    return say(reason) if say else str(code)


def seconds(reason: dict) -> str:
    n = max(round(reason.get("seconds", 0)), 0)
    return ngettext(
        "Sent %(n)d second after the page was opened.", "Sent %(n)d seconds after the page was opened.", n
    ) % {"n": n}


def links(reason: dict) -> str:
    n = int(reason.get("found", 0))
    return ngettext("It has %(n)d link.", "It has %(n)d links.", n) % {"n": n}


def probably(reason: dict) -> str:
    return _("Similar to earlier spam (%(percent)d%%): %(words)s") % {
        "percent": min(99, int(100 * reason.get("probability", 0))),
        "words": ", ".join(plain(str(token)) for token in reason.get("words", [])),
    }


def plain(token: str) -> str:
    """A token of the filter without its prefix, such as `host:`."""
    return token.partition(":")[2] or token


DESCRIPTIONS = {
    "approval": lambda reason: _("Every comment requires approval."),
    "first": lambda reason: _("The first comment by this person."),
    "spam_wave": lambda reason: _("Posted during a spam wave."),
    "word": lambda reason: _("Contains “%(found)s”.") % {"found": reason.get("found", "")},
    "links": links,
    "host": lambda reason: _("Links to %(found)s.") % {"found": reason.get("found", "")},
    "name": lambda reason: _("The commenter’s name is “%(found)s”.") % {"found": reason.get("found", "")},
    "email": lambda reason: _("The commenter’s e-mail is at %(found)s.") % {"found": reason.get("found", "")},
    "honeypot": lambda reason: _("A hidden field was filled in."),
    "too_fast": seconds,
    "too_old": lambda reason: _("Sent from a page that was opened days ago."),
    "bayes": probably,
}
