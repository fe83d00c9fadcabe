"""The author's own rules, as a stranger meets them."""

import pytest

from blog.models import Comment, Rule


def rule(value, kind="word", action="hold") -> Rule:
    return Rule.objects.create(kind=kind, value=value, action=action)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("casino", "The best CASINO in town"),
        ("casino", "The best ｃａｓｉｎｏ in town"),
        ("casino", "ca\u200bsi\u00adno!"),
        ("casino", "cas**in**o"),
        ("casino", "&#99;asino"),
        ("casino", "cásinö"),
        ("free money", "FREE\n money"),
        ("casino", "去casino玩"),
        ("कमी", "वह कमी है"),
        ("加微信", "想了解的加微信吧"),
        ("加微信", "加 微.信"),
        ("加微信", "加\u200b微\u200b信"),
        ("加微信 abc", "加微信 ABC"),
        ("c++", "I like C++!"),
    ],
)
def test_a_word_is_found(say, word, text):
    rule(word)

    data = say(text)

    assert data["state"] == "pending"
    assert Comment.objects.get().pending_reasons == [{"code": "word", "rule": Rule.objects.get().pk, "found": word}]


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("ass", "A class of its own"),
        ("ass", "Glass, grass"),
        ("casino", "casinos"),
        ("कम", "वह कमी है"),
        ("加微信", "加了微博，信不信由你"),
        ("free money", "freemoney"),
    ],
)
def test_a_part_of_another_word_is_not(say, word, text):
    rule(word)

    assert say(text)["state"] == "visible"


@pytest.mark.parametrize(
    ("kind", "value", "fields"),
    [
        ("links", "1", {"text": "http://a.example http://b.example"}),
        ("host", "spam.example", {"text": "[see](https://www.SPAM.example/x)"}),
        ("host", "spam.example", {"text": "go to www.spam.example now"}),
        ("host", "例子.中国", {"text": "[看](http://xn--fsqu00a.xn--fiqs8s/)"}),
        ("name", "seo expert", {"name": "Your SEO Expert"}),
        ("email", "spam.example", {"email": "me@mail.spam.example"}),
    ],
)
def test_links_hosts_names_and_mail_are_looked_at(say, kind, value, fields):
    rule(value, kind)

    data = say(**{"text": "Hello.", **fields})

    assert data["state"] == "pending"
    assert Comment.objects.get().pending_reasons[0]["code"] == kind


@pytest.mark.parametrize(
    ("kind", "value", "fields"),
    [
        ("links", "1", {"text": "http://a.example and again http://a.example"}),
        ("host", "spam.example", {"text": "http://notspam.example http://spam.example.org"}),
        ("email", "spam.example", {"email": "me@example.org"}),
    ],
)
def test_what_is_only_like_it_passes(say, kind, value, fields):
    rule(value, kind)

    assert say(**{"text": "Hello.", **fields})["state"] == "visible"


def test_a_rule_may_refuse_and_nothing_is_stored(say, client, post):
    rule("casino", action="refuse")

    assert say("Casino!", status=403)["error"]["code"] == "against_the_rules"

    page = client.post("/post/a-walk/comment/", {"name": "Bob", "text": "Casino!", "intent": "post"})
    assert page.status_code == 403
    assert "Casino!</textarea>" in page.content.decode()
    assert not Comment.objects.exists()


def test_what_is_edited_is_judged_anew(say, client):
    rule("casino")
    data = say("Hello.")

    edited = client.patch(f"/api/comments/{data['id']}/", {"text": "Hello, casino!"}, "application/json")

    assert edited.json()["state"] == "pending"
    comment = Comment.objects.get()
    assert [reason["code"] for reason in comment.pending_reasons] == ["word"]
    assert comment.decisions.values_list("verb", "source").get() == ("hold", "rule")


def test_rules_are_for_strangers(say, client, desk, ann):
    rule("casino", action="refuse")
    client.force_login(ann)

    assert say("The casino burnt down.")["state"] == "visible"


def test_a_rule_that_cannot_be_meant_is_not_taken(desk):
    for fields in [
        {"kind": "links", "value": "many"},
        {"kind": "host", "value": "no host"},
        {"kind": "word", "value": "\u200b"},
    ]:
        page = desk.post("/admin/blog/rule/add/", {"action": "hold", "is_active": "on", **fields})
        assert page.status_code == 200, fields

    desk.post("/admin/blog/rule/add/", {"kind": "host", "value": "https://Spam.example/x", "action": "hold"})
    assert list(Rule.objects.values_list("value", flat=True)) == ["spam.example"]


@pytest.mark.parametrize("kind", ["host", "email"])
@pytest.mark.parametrize(
    "value",
    [
        "bob@spam.example",
        "bob＠spam.example",
        "spam.example:8080",
        "http://u@spam.example/",
        "spam.example?x",
        "a b",
        "@",
    ],
)
def test_a_host_that_no_comment_could_have_is_refused_with_an_example(desk, kind, value):
    """A whole address would match nothing, and taking its domain would shut out everybody there."""
    answer = desk.post("/admin/blog/rule/add/", {"kind": kind, "value": value, "action": "refuse", "is_active": "on"})

    assert answer.status_code == 200
    assert "Enter a host such as spam.example." in answer.content.decode()
    assert not Rule.objects.exists()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("HTTPS://Spam.Example/offers?x=1", "spam.example"),
        ("@spam.example", "spam.example"),
        ("*.spam.example", "spam.example"),
        (" spam.example ", "spam.example"),
        ("例子.中国", "例子.中国"),
        ("spam。example", "spam。example"),
    ],
)
def test_a_host_is_taken_as_it_is_copied_and_matches(desk, say, typed, kept):
    desk.post("/admin/blog/rule/add/", {"kind": "host", "value": typed, "action": "hold", "is_active": "on"})
    host = {"例子.中国": "xn--fsqu00a.xn--fiqs8s"}.get(kept, "spam.example")

    assert Rule.objects.get().value == kept
    assert say(f"Look: https://www.{host}/x")["state"] == "pending"
    assert say(f"Look: https://not{host}/x")["state"] == "visible"
