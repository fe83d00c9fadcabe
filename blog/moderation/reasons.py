"""Why a comment is held. Kept with it as `{"code": ..., ...}`; said here, in the moderator's language."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def said(reasons: list) -> list[str]:
    return [words(reason) for reason in reasons if isinstance(reason, dict)]


def words(reason: dict) -> str:
    code = reason.get("code", "")
    say = SAYINGS.get(code)
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
    return _("Like what was called spam before (%(percent)d%%): %(words)s") % {
        "percent": min(99, int(100 * reason.get("probability", 0))),
        "words": ", ".join(plain(str(token)) for token in reason.get("words", [])),
    }


def plain(token: str) -> str:
    """A token of the filter without its mark, such as `host:`."""
    return token.partition(":")[2] or token


SAYINGS = {
    "approval": lambda reason: _("Every comment waits for approval."),
    "first": lambda reason: _("The first comment of this writer."),
    "flood": lambda reason: _("Posted during a flood."),
    "word": lambda reason: _("It says “%(found)s”.") % {"found": reason.get("found", "")},
    "links": links,
    "host": lambda reason: _("It leads to %(found)s.") % {"found": reason.get("found", "")},
    "name": lambda reason: _("The writer’s name is “%(found)s”.") % {"found": reason.get("found", "")},
    "email": lambda reason: _("The writer’s e-mail is at %(found)s.") % {"found": reason.get("found", "")},
    "honeypot": lambda reason: _("A field that people do not see was filled in."),
    "too_fast": seconds,
    "too_old": lambda reason: _("Sent from a page that was opened days ago."),
    "bayes": probably,
}
