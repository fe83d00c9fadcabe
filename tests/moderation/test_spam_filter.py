"""The filter learns from what the author decides, and from nothing else."""

import pytest

from blog.models import Comment, Token, TrainingExample
from blog.moderation import spam_filter
from tests.factories import make_comment

SPAM = ["Cheap casino bonus, win jackpot number {}", "兼职刷单日赚三百，加微信领取福利 {}"]
GOOD = ["I walked along the river too, lovely weather {}", "写得真好，河边的风景让我想起了家乡 {}"]


@pytest.fixture
def learned(post, decide, settings):
    """What Ann decided in the queue, of enough comments."""
    for n in range(spam_filter.ENOUGH):
        decide("spam", make_comment(post, text=SPAM[n % 2].format(n), name=f"Seller {n}", state="pending"))
        decide("approve", make_comment(post, text=GOOD[n % 2].format(n), name=f"Reader {n}", state="pending"))


def test_it_says_nothing_before_it_has_seen_enough(post, decide, say):
    for n in range(spam_filter.ENOUGH + 5):
        decide("spam", make_comment(post, text=SPAM[0].format(n), state="pending"))

    assert say("Cheap casino bonus, win the jackpot")["state"] == "visible"


@pytest.mark.parametrize("text", ["Win a casino jackpot bonus today", "兼职刷单，加微信领取"])
def test_what_is_like_spam_is_held_with_the_words_that_say_so(learned, say, desk, text):
    data = say(text)

    [reason] = Comment.objects.get(pk=data["id"]).pending_reasons
    assert (reason["code"], data["state"]) == ("bayes", "pending")
    assert reason["probability"] >= spam_filter.SPAM
    assert {"casino", "刷单"} & set(reason["words"])
    assert "Similar to earlier spam" in desk.get("/admin/moderation/").content.decode()


@pytest.mark.parametrize("text", ["Lovely, I walked there with my dog", "河边的风景真好", "Something else entirely"])
def test_what_is_not_is_shown(learned, say, text):
    assert say(text)["state"] == "visible"


def test_undone_it_is_unlearned(post, decide):
    comment = make_comment(post, text="casino", state="pending")
    before = list(Token.objects.exclude(n_spam=0, n_good=0))
    answer = decide("spam", comment)
    assert Token.objects.get(token="casino").n_spam == 1

    decide("undo", Comment.objects.get().decisions.get(pk=answer["decision"]))

    assert not TrainingExample.objects.exists()
    assert list(Token.objects.exclude(n_spam=0, n_good=0)) == before


def test_another_decision_teaches_anew_and_undoing_it_the_old(post, decide):
    comment = make_comment(post, text="casino", state="pending")
    decide("spam", comment)
    answer = decide("approve", comment)
    assert Token.objects.filter(token="casino").values_list("n_spam", "n_good").get() == (0, 1)

    decide("undo", comment.decisions.get(pk=answer["decision"]))

    assert Token.objects.filter(token="casino").values_list("n_spam", "n_good").get() == (1, 0)


def test_strangers_teach_nothing(say):
    for n in range(5):
        say(f"casino is wonderful {n}")

    assert not Token.objects.exists()


def test_what_the_author_answers_is_good(say, client, ann):
    data = say("A question about rivers")
    client.force_login(ann)

    say("An answer", parent=data["id"])

    assert TrainingExample.objects.values_list("comment", "kind").get() == (data["id"], "good")
