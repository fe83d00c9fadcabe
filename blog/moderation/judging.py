"""May this be said, and seen at once? The one question that the discussion asks of moderation."""

from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import User
from blog.discussion.models import Comment
from blog.moderation import bayes, floods, limits, proofs, rules, tickets
from blog.moderation.blocking import Blocked, block_on
from blog.moderation.models import Flood, Rule
from frodo import rates

VISIBLE, HELD = Comment.State.VISIBLE, Comment.State.HELD


@dataclass(frozen=True, slots=True)
class Said:
    """What comes with a comment besides its words."""

    network: str = ""
    website: str = ""
    """A field that people do not see: whoever fills it in is a program."""
    ticket: str = ""
    proof: str = ""
    by_form: bool = False
    """From the page without a script, which can do no work."""


@dataclass(frozen=True, slots=True)
class Verdict:
    state: str
    reasons: list[dict] = field(default_factory=list)


def judge(comment: Comment, said: Said) -> Verdict:
    """Before it is saved; its text is rendered already. Raises Refused. Who writes the blog is not judged."""
    if comment.user_id and comment.user.is_staff:
        return Verdict(VISIBLE)
    if block := block_on(comment.user, comment.visitor, said.network):
        raise Blocked(block.until)
    limits.slow_down(comment.user, comment.visitor, said.network)
    reasons = []
    if flood := floods.notice():
        stem(flood, comment, said)
        reasons.append({"code": floods.REASON})
    reasons += [*by_the_words(comment), *by_the_way(comment, said)]
    if waits := must_wait(comment):
        reasons.append({"code": waits})
    return Verdict(HELD if reasons else VISIBLE, reasons)


def judge_edit(comment: Comment, user: User | None, network: str) -> Verdict:
    """Of a comment with new words. What was held stays held: only its words can make that better or worse."""
    if user is not None and user.is_staff:
        return Verdict(comment.state, comment.hold_reasons)
    if block := block_on(comment.user, comment.visitor, network):
        raise Blocked(block.until)
    limits.slow_down(comment.user, comment.visitor, network, deed="edit")
    comment.render()
    reasons = list(by_the_words(comment))
    if waits := must_wait(comment):
        reasons.append({"code": waits})
    if comment.state == HELD:
        known = {reason["code"] for reason in reasons}
        reasons += [reason for reason in comment.hold_reasons if reason.get("code") not in known]
        return Verdict(HELD, reasons)
    return Verdict(HELD, reasons) if reasons else Verdict(comment.state, comment.hold_reasons)


def is_heard(comment: Comment, network: str) -> bool:
    """Would others see at once what this writer says? If not, they are not told that something is being written."""
    if comment.user_id and comment.user.is_staff:
        return True
    return not (must_wait(comment) or block_on(comment.user, comment.visitor, network))


def stem(flood: Flood, comment: Comment, said: Said) -> None:
    """What is asked of everybody while there is a flood."""
    if not said.by_form:
        if not proofs.is_good(said.proof, comment.post_id, said.network):
            raise proofs.ProofWanted(comment.post_id, said.network)
    elif tickets.age(said.ticket) is None:
        raise proofs.ProofWanted(comment.post_id, said.network)
    elif wait := rates.take("form", "everybody", floods.FORMS):
        raise rates.TooFast(wait)


def by_the_words(comment: Comment):
    found = list(rules.broken(comment))
    if any(rule.deed == Rule.Deed.REFUSE for rule, _found in found):
        raise rules.AgainstTheRules(_("Something in your comment is not taken here."))
    for rule, what in found:
        yield {"code": str(rule.kind), "rule": rule.pk, "found": what}
    probability, words = bayes.judge(comment)
    if probability >= bayes.SPAM:
        yield {"code": "bayes", "probability": round(probability, 3), "words": words}


def by_the_way(comment: Comment, said: Said):
    """How it was sent. A missing ticket says nothing: programs of honest people send none."""
    if said.website.strip():
        yield {"code": "honeypot"}
    if said.ticket:
        age = tickets.age(said.ticket)
        if age is None or age > tickets.TOO_OLD:
            yield {"code": "too_old"}
        elif age < settings.COMMENT_MIN_SECONDS and not comment.user_id:
            yield {"code": "too_fast", "seconds": round(age, 1)}


def must_wait(comment: Comment) -> str:
    """Why it waits for the author in any case; empty when it does not."""
    match comment.post.approval or settings.COMMENT_APPROVAL:
        case "always":
            return "approval"
        case "first" if is_stranger(comment):
            return "first"
    return ""


def is_stranger(comment: Comment) -> bool:
    """Nothing else by this person is visible."""
    if not comment.user_id and not comment.visitor:
        return True
    others = Comment.objects.visible().exclude(pk=comment.pk)
    return not others.by(user=comment.user, visitor=comment.visitor).exists()
