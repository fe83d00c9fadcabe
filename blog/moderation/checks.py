"""Check new and edited comments: blocks, rate limits, rules, spam filter, honeypot, form time, approval."""

from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import User
from blog.comments import form_timestamps
from blog.comments.hooks import Submission, Verdict
from blog.comments.models import Comment
from blog.moderation import proof_of_work, rules, spam_filter, spam_waves
from blog.moderation.blocks import Blocked, block_on
from blog.moderation.models import Rule, SpamWave
from blog.moderation.policy import Policy, policy
from frodo import rate_limits
from frodo.site_settings import site

VISIBLE, PENDING = Comment.State.VISIBLE, Comment.State.PENDING


def check(comment: Comment, submission: Submission) -> Verdict:
    """Check a new comment whose text is rendered and which is not saved yet. Raises ServiceError. Staff are not
    checked.
    """
    if comment.user and comment.user.is_staff:
        return Verdict(VISIBLE)
    now = policy.get()
    if block := now.block_on(comment.user, comment.visitor, submission.network):
        raise Blocked(block.until)
    spam_waves.slow_down(comment.user, comment.visitor, submission.network)
    reasons = []
    if spam_wave := spam_waves.notice(now.spam_wave):
        require_proof(spam_wave, comment, submission)
        reasons.append({"code": spam_waves.REASON})
    reasons += [*text_reasons(comment, now), *submission_reasons(comment, submission)]
    if waits := approval_reason(comment):
        reasons.append({"code": waits})
    return Verdict(PENDING if reasons else VISIBLE, reasons)


def check_edit(comment: Comment, user: User | None, network: str) -> Verdict:
    """Check an edited comment. A pending one stays pending."""
    if user is not None and user.is_staff:
        return Verdict(comment.state, comment.pending_reasons)
    now = policy.get()
    if block := now.block_on(comment.user, comment.visitor, network):
        raise Blocked(block.until)
    spam_waves.slow_down(comment.user, comment.visitor, network, action="edit")
    comment.render()
    reasons = list(text_reasons(comment, now))
    if waits := approval_reason(comment):
        reasons.append({"code": waits})
    if comment.state == PENDING:
        known = {reason["code"] for reason in reasons}
        reasons += [reason for reason in comment.pending_reasons if reason.get("code") not in known]
        return Verdict(PENDING, reasons)
    return Verdict(PENDING, reasons) if reasons else Verdict(comment.state, comment.pending_reasons)


def is_visible_at_once(comment: Comment, network: str) -> bool:
    """Whether a comment by this writer would be published at once; if not, the typing indicator is not shown either."""
    if comment.user and comment.user.is_staff:
        return True
    return not (approval_reason(comment) or block_on(comment.user, comment.visitor, network))


def require_proof(spam_wave: SpamWave, comment: Comment, submission: Submission) -> None:
    """Require a proof of work during a spam wave."""
    if not submission.by_form:
        if not proof_of_work.is_good(submission.proof, comment.post_id, submission.network):
            raise proof_of_work.ProofWanted(comment.post_id, submission.network)
    elif form_timestamps.age(submission.form_timestamp) is None:
        raise proof_of_work.ProofWanted(comment.post_id, submission.network)
    elif wait := rate_limits.take("form", "everybody", spam_waves.FORMS):
        raise rate_limits.TooFast(wait)


def text_reasons(comment: Comment, now: Policy) -> Iterator[dict]:
    found = list(rules.broken(comment, now.rules))
    if any(rule.action == Rule.Action.REFUSE for rule, _found in found):
        raise rules.AgainstTheRules(_("Your comment contains something that is not allowed here."))
    for rule, what in found:
        yield {"code": str(rule.kind), "rule": rule.pk, "found": what}
    probability, words = spam_filter.judge(comment, now)
    if probability >= spam_filter.SPAM:
        yield {"code": "bayes", "probability": round(probability, 3), "words": words}


def submission_reasons(comment: Comment, submission: Submission) -> Iterator[dict]:
    """Signs of a bot in the submission. A missing form timestamp is none: API clients send none."""
    if submission.website.strip():
        yield {"code": "honeypot"}
    if submission.form_timestamp:
        age = form_timestamps.age(submission.form_timestamp)
        if age is None or age > form_timestamps.TOO_OLD:
            yield {"code": "too_old"}
        elif age < settings.COMMENT_MIN_SECONDS and not comment.user_id:
            yield {"code": "too_fast", "seconds": round(age, 1)}


def approval_reason(comment: Comment) -> str:
    """The reason code if the comment requires approval in any case, else empty."""
    match comment.post.approval or site.COMMENT_APPROVAL:
        case "always":
            return "approval"
        case "first" if is_stranger(comment):
            return "first"
    return ""


def is_stranger(comment: Comment) -> bool:
    """Whether no other comment by this person is visible."""
    if not comment.user_id and not comment.visitor:
        return True
    others = Comment.objects.visible().exclude(pk=comment.pk)
    return not others.by(user=comment.user, visitor=comment.visitor).exists()
