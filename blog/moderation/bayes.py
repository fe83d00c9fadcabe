"""What the author called spam and what not, and how much a new comment is like either.

Robinson's and Fisher's way of reckoning, as mail filters have done for twenty years. Ours, because no library that
does it is kept up, and none of the old ones splits Chinese. It learns from the author's decisions only, so nobody
can teach it by posting; until it has seen enough of both it says nothing.
"""

import math
import re
from itertools import pairwise

from django.db import transaction
from django.db.models import F

from blog.discussion.models import Comment
from blog.moderation.models import Lesson, Token
from blog.moderation.rules import email_hosts, host_of, links_of
from blog.moderation.words import CJK, folded, shown_text

ALL = ""
"""The token that every comment has: how many were learned."""
ENOUGH = 15
"""Comments of either kind that must have been seen."""
SPAM = 0.9
"""The probability from which on a comment is held."""
MAX_TOKENS = 400
MOST_TELLING = 20
CHINESE = re.compile(f"[{CJK}]+")
WORD = re.compile(f"[^\\W_{CJK}][^\\W{CJK}'’-]*(?:['’-][^\\W{CJK}]+)*")


def tokens_of(comment: Comment) -> list[str]:
    """Words, pairs of Chinese characters, the hosts of links, and who signs."""
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


def teach(comment: Comment, kind: str) -> str:
    """This comment is spam, good, or (empty) neither. Returns what it was taken for before."""
    with transaction.atomic():
        known = Lesson.objects.select_for_update().filter(comment=comment).first()
        before = known.kind if known else ""
        if before == kind:
            return before
        if known:
            count(known.tokens, known.kind, -1)
            known.delete()
        if kind:
            lesson = Lesson.objects.create(comment=comment, kind=kind, tokens=tokens_of(comment))
            count(lesson.tokens, kind, 1)
    return before


def count(tokens: list[str], kind: str, change: int) -> None:
    column = "n_spam" if kind == Lesson.Kind.SPAM else "n_good"
    tokens = [ALL, *tokens]
    if change > 0:
        Token.objects.bulk_create([Token(token=token) for token in tokens], ignore_conflicts=True)
        Token.objects.filter(token__in=tokens).update(**{column: F(column) + 1})
    else:
        Token.objects.filter(token__in=tokens, **{f"{column}__gt": 0}).update(**{column: F(column) - 1})
        Token.objects.filter(n_spam=0, n_good=0).exclude(token=ALL).delete()


def judge(comment: Comment) -> tuple[float, list[str]]:
    """How probably it is spam, and the words that say so most; 0.5 and none while too little is known."""
    known = {
        token: (spam, good)
        for token, spam, good in Token.objects.filter(token__in=[ALL, *tokens_of(comment)]).values_list(
            "token", "n_spam", "n_good"
        )
    }
    all_spam, all_good = known.pop(ALL, (0, 0))
    if min(all_spam, all_good) < ENOUGH:
        return 0.5, []
    telling = {token: leaning(spam / all_spam, good / all_good, spam + good) for token, (spam, good) in known.items()}
    most = sorted(telling, key=lambda token: (-abs(telling[token] - 0.5), token))[:MOST_TELLING]
    probability = together([telling[token] for token in most])
    return probability, [token for token in most if telling[token] > 0.6][:5]


def leaning(spam: float, good: float, n: int) -> float:
    """Of one token, between 0 and 1; what was seen seldom says little."""
    return (0.5 + n * (spam / (spam + good))) / (1 + n) if spam + good else 0.5


def together(leanings: list[float]) -> float:
    """Fisher's method, asked both ways: what points nowhere, or both ways, ends near one half."""
    if not leanings:
        return 0.5
    spam = survival(-2 * sum(math.log(1 - p) for p in leanings), len(leanings))
    good = survival(-2 * sum(math.log(p) for p in leanings), len(leanings))
    return (1 + good - spam) / 2


def survival(chi: float, pairs: int) -> float:
    """How probably chance alone gives so much, for 2 × `pairs` degrees of freedom."""
    half = chi / 2
    term = total = math.exp(-half)
    for n in range(1, pairs):
        term *= half / n
        total += term
    return min(total, 1.0)
