"""`@name`: who is meant, in which words, and what strangers may try with it."""

import unicodedata

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blog.comments.mentions import called, linked, mentioned, spelled
from blog.models import Comment
from frodo.display_names import clean
from frodo.markdown import render_comment
from tests.factories import make_comment, make_post

NAMES = [
    "Eve",
    "Eve Smith",
    "小明",
    "小明明",
    "Ann",
    "Zoë",
    "_x_",
    "A*b",
    "<i>",
    "o'Hara",
    "C++",
    "マリ",
    "अन",
    "अनु",
    "ราตรี",
]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("@Eve you are right", ["Eve"]),
        ("@eve, @ANN!", ["Eve", "Ann"]),
        ("@Eve Smith's idea", ["Eve Smith"]),
        ("@Evelyn and eve@eve.org, @@Eve /@Eve", []),
        ('(@Eve) **@Ann** "@Zoë"', ["Eve", "Ann", "Zoë"]),
        ("你好@小明，你说得对", ["小明"]),
        ("@小明明天去吗", ["小明明"]),
        ("@小明 明天去吗", ["小明"]),
        ("你好＠Eve你说得对", ["Eve"]),
        ("@マリさん", ["マリ"]),
        ("`@Eve` [@Ann](https://example.org/)\n\n    @Eve", []),
        ("@C++ @o'Hara", ["C++", "o'Hara"]),
        ("@Nobody", []),
        ("@अनु नमस्ते", ["अनु"]),
        ("@अन नमस्ते", ["अन"]),
        ("@अनुज @अनि हिन्दी@अन", []),
        (unicodedata.normalize("NFD", "@Zoë hello"), ["Zoë"]),
    ],
)
def test_whom_the_words_mean(text, meant):
    assert called(render_comment(text), NAMES) == meant


@pytest.mark.parametrize("name", NAMES)
def test_as_it_is_offered_it_is_understood(name):
    assert called(render_comment(f"Hello {spelled(name)} there"), NAMES) == [name]


@pytest.mark.parametrize(
    "name", ["<img src=x onerror=alert(1)>", 'a"b', "&amp;", "</a><script>", "javascript:alert(1)"]
)
def test_a_name_stays_text(name):
    html = linked(render_comment(f"Hello {spelled(name)}"), {name: 7})

    assert "<img" not in html
    assert "<script" not in html
    assert html.count("<a ") <= 1


@given(
    text=st.text(max_size=200), name=st.text(min_size=1, max_size=20).map(clean).filter(bool), glue=st.text(max_size=3)
)
@settings(max_examples=200, deadline=None)
def test_whatever_is_written_a_link_is_all_that_is_added(text, name, glue):
    html = render_comment(f"{text}{glue}{spelled(name)} {text} @{name}")

    before, after = (
        lxml.html.fragment_fromstring(each, create_parent=True) for each in (html, linked(html, {name: 7}))
    )

    assert after.text_content() == before.text_content()
    added = after.xpath("//a[@class='mention']")
    assert all(link.attrib == {"class": "mention", "href": "#comment-7"} and not len(link) for link in added)
    assert [e.tag for e in after.iter() if e not in added] == [e.tag for e in before.iter()]


def test_what_is_no_mention_is_left_as_it_was():
    html = render_comment('1 < 2 &copy; &amp;lt; "x" [a](/b "@Eve")')

    assert linked(html, {"Eve": 7}) == html
    assert linked(html + "<p>@Eve &lt;b&gt;</p>", {"Eve": 7}) == (
        html + '<p><a class="mention" href="#comment-7">@Eve</a> &lt;b&gt;</p>'
    )


def test_the_nearest_earlier_comment_is_linked(say, post):
    say("First.", name="Eve")
    nearest = say("Second.", name="Eve")
    said = say("@Eve and @Ann: yes", name="Zoë")
    say("Later.", name="Eve")

    assert said["html"] == (
        f'<p><a class="mention" href="#comment-{nearest["id"]}">@Eve</a> and <span class="mention">@Ann</span>: yes</p>'
    )
    comment = Comment.objects.get(pk=said["id"])
    assert [other.pk for other in mentioned(comment)] == [nearest["id"]]
    comment.rendered_text = None
    comment.save()  # made anew it is the same
    assert comment.html == said["html"]


def test_an_edit_finds_them_anew(say, client):
    eve = say("First.", name="Eve")
    said = say("Hello.", name="Zoë")

    edited = client.patch(f"/api/comments/{said['id']}/", {"text": "Hello @Eve"}, "application/json").json()

    assert f'href="#comment-{eve["id"]}"' in edited["html"]
    edited = client.patch(f"/api/comments/{said['id']}/", {"text": "Hello"}, "application/json").json()
    assert mentioned(Comment.objects.get(pk=said["id"])) == []


def test_a_preview_shows_them_too(client, say):
    eve = say("First.", name="Eve")
    link = f'<a class="mention" href="#comment-{eve["id"]}">@Eve</a>'

    def preview(**said) -> str:
        return client.post("/api/markdown/", {"text": "@Eve", **said}, "application/json").content.decode()

    assert link.replace('"', '\\"') in preview(post="a-walk")
    assert "mention" not in preview()
    assert "not_found" in preview(post="nothing")
    form = {"text": "@Eve", "name": "Zoë", "intent": "preview"}
    assert link in client.post("/post/a-walk/comment/", form).content.decode()


def test_who_is_not_to_be_seen_cannot_be_mentioned(say, post):
    make_comment(post, name="Eve", state="pending")
    make_comment(post, name="Zoë", state="removed")
    make_comment(make_post(title="Elsewhere"), name="Max")

    assert "mention" not in say("@Eve @Zoë @Max")["html"]


def ask(client, query=None) -> list[str]:
    answer = client.get("/api/posts/a-walk/people/", {} if query is None else {"q": query})
    assert answer.status_code == 200
    return [person["mention"] for person in answer.json()["people"]]


def test_people_are_offered_the_last_who_spoke_first(client, post, say):
    for name in ["Eve", "Evelyn Smith", "小明", "Eve"]:
        say(f"Hello from {name}.", name=name) if name != "Eve" else make_comment(post, name=name)
    make_comment(post, name="Held", state="pending")

    assert ask(client) == ["@Eve", "@小明", "@Evelyn Smith", "@Ann"]
    assert ask(client, "eve") == ["@Eve", "@Evelyn Smith"]
    assert ask(client, "evelyn s") == ask(client, "smith") == ["@Evelyn Smith"]
    assert ask(client, "明") == ["@小明"]
    assert ask(client, "x" * 1000) == ask(client, "pending") == []


def test_nothing_but_names_is_offered(client, post, say):
    say("Hello.", name="Eve", email="eve@example.org")

    answer = client.get("/api/posts/a-walk/people/")
    assert set(answer.json()["people"][0]) == {"name", "mention", "avatar"}
    assert "example.org" not in answer.content.decode()
    assert not answer.cookies
    assert client.get("/api/posts/nothing/people/").status_code == 404


def test_a_newcomer_is_offered_at_once_and_asking_costs_little(client, post, say, django_assert_num_queries):
    say("Hello.", name="Eve")
    assert ask(client, "e") == ["@Eve"]
    say("Hello!", name="Emil")

    assert ask(client, "e") == ["@Emil", "@Eve"]
    with django_assert_num_queries(1):
        ask(client, "em")
