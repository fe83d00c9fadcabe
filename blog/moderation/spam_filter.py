"""A Bayes filter, trained by the author's decisions.

Robinson's method with Fisher's combination, as mail filters use. No maintained library does it, and the old ones do not
split Chinese. Strangers cannot train it. Until it has seen enough comments of both kinds it does nothing.
"""

import math
import re
from itertools import pairwise

from django.db import transaction
from django.db.models import F

from blog.comments.models import Comment
from blog.moderation.models import Token, TrainingExample
from blog.moderation.policy import ALL, Policy, policy
from blog.moderation.rules import email_hosts, host_of, links_of
from blog.moderation.text_matching import CJK, folded, shown_text
from frodo.text import MARKS

ENOUGH = 15
"""Comments of each kind that must have been seen."""
SPAM = 0.9
"""The probability from which a comment becomes pending."""
MAX_TOKENS = 400
MOST_TELLING = 20
CHINESE = re.compile(f"[{CJK}]+")
LETTER = rf"(?:(?![{CJK}])[\w{MARKS}])"
WORD = re.compile(rf"(?!_){LETTER}+(?:['’-]{LETTER}+)*")


def tokens_of(comment: Comment) -> list[str]:
    """Words, pairs of Chinese characters, hosts of links, and the name."""
    text = folded(f"{comment.text}\n{shown_text(comment.html)}")
    found = {word[:40] for word in WORD.findall(text) if len(word) > 2}
    for run in CHINESE.findall(text):
        found.update({run} if len(run) == 1 else {a + b for a, b in pairwise(run)})
    links = links_of(comment)
    found |= {f"host:{host_of(link)}"[:64] for link in links}
    found.add("links:" + ("many" if len(links) > 2 else str(len(links))))
    found |= {f"mail:{host}"[:64] for host in email_hosts(comment)}
    if not comment.user_id:
        found.add(f"name:{folded(comment.name)}"[:60])
    return sorted(found)[:MAX_TOKENS]


def train(comment: Comment, kind: str) -> str:
    """Train with a comment as spam, good, or (empty) neither. Returns the kind it was trained as before."""
    with transaction.atomic():
        known = TrainingExample.objects.select_for_update().filter(comment=comment).first()
        before = known.kind if known else ""
        if before == kind:
            return before
        if known:
            count(known.tokens, known.kind, -1)
            known.delete()
        if kind:
            training = TrainingExample.objects.create(comment=comment, kind=kind, tokens=tokens_of(comment))
            count(training.tokens, kind, 1)
    return before


def count(tokens: list[str], kind: str, change: int) -> None:
    column = "n_spam" if kind == TrainingExample.Kind.SPAM else "n_good"
    tokens = [ALL, *tokens]
    if change > 0:
        Token.objects.bulk_create([Token(token=token) for token in tokens], ignore_conflicts=True)
        Token.objects.filter(token__in=tokens).update(**{column: F(column) + 1})
    else:
        Token.objects.filter(token__in=tokens, **{f"{column}__gt": 0}).update(**{column: F(column) - 1})
        Token.objects.filter(n_spam=0, n_good=0).exclude(token=ALL).delete()
    policy.changed()


def judge(comment: Comment, known_so_far: Policy) -> tuple[float, list[str]]:
    """The probability that it is spam, and the words that contribute most; 0.5 and none while too little is known."""
    all_spam, all_good = known_so_far.n_spam, known_so_far.n_good
    if min(all_spam, all_good) < ENOUGH:
        return 0.5, []
    rows = Token.objects.filter(token__in=tokens_of(comment)).values_list("token", "n_spam", "n_good")
    known = {token: (spam, good) for token, spam, good in rows}
    telling = {token: leaning(spam / all_spam, good / all_good, spam + good) for token, (spam, good) in known.items()}
    most = sorted(telling, key=lambda token: (-abs(telling[token] - 0.5), token))[:MOST_TELLING]
    probability = together([telling[token] for token in most])
    return probability, [token for token in most if telling[token] > 0.6][:5]


def leaning(spam: float, good: float, n: int) -> float:
    """The spam probability of one token; rare tokens stay near one half."""
    return (0.5 + n * (spam / (spam + good))) / (1 + n) if spam + good else 0.5


def together(leanings: list[float]) -> float:
    """Fisher's method in both directions: what points nowhere, or both ways, ends near one half."""
    if not leanings:
        return 0.5
    spam = survival(-2 * sum(math.log(1 - p) for p in leanings), len(leanings))
    good = survival(-2 * sum(math.log(p) for p in leanings), len(leanings))
    return (1 + good - spam) / 2


def survival(chi: float, pairs: int) -> float:
    """Survival function of chi-square with 2 × `pairs` degrees of freedom."""
    half = chi / 2
    term = total = math.exp(-half)
    for n in range(1, pairs):
        term *= half / n
        total += term
    return min(total, 1.0)
