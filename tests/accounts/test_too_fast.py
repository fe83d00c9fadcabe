"""What somebody reads who does something too often: how long to wait, in the unit in which people count it."""

import time

import pytest
from django.test import Client

from accounts.models import PersonalToken
from tests.accounts.browser_sessions import sign_in
from tests.factories import make_post

pytestmark = pytest.mark.django_db

NOON = 1_800_000_000


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Stands still."""
    monkeypatch.setattr(time, "time", lambda: NOON)
    return monkeypatch


def comment_too_fast(client, rate: str, settings, language: str = "en"):
    settings.COMMENT_RATE = rate
    post = make_post()
    path, headers = f"/api/posts/{post.slug}/comments/", {"Accept-Language": language}
    for text in ("Lovely.", "Lovely, too."):
        answer = client.post(path, {"text": text, "name": "Eve"}, "application/json", headers=headers)
    assert answer.status_code == 429
    return answer


@pytest.mark.parametrize(
    ("rate", "seconds", "english", "chinese"),
    [
        ("1/s", 1, "1 second", "1 秒"),
        ("1/2s", 2, "2 seconds", "2 秒"),
        ("1/89s", 89, "89 seconds", "89 秒"),
        ("1/90s", 90, "2 minutes", "2 分钟"),
        ("1/h", 3600, "60 minutes", "60 分钟"),
        ("1/119m", 7140, "119 minutes", "119 分钟"),
        ("1/2h", 7200, "2 hours", "2 小时"),
        ("1/d", 86400, "24 hours", "24 小时"),
        ("1/7d", 604800, "168 hours", "168 小时"),
    ],
)
def test_the_time_to_wait_is_said_in_a_unit_that_fits(settings, rate, seconds, english, chinese):
    answer = comment_too_fast(Client(), rate, settings)

    assert int(answer["Retry-After"]) == seconds
    error = answer.json()["error"]
    assert (error["code"], error["message"]) == (
        "too_fast",
        f"You're doing that too fast. Try again in {english}.",
    )
    in_chinese = comment_too_fast(Client(REMOTE_ADDR="198.51.100.7"), rate, settings, "zh-hans")
    assert in_chinese.json()["error"]["message"] == f"操作太频繁了，请 {chinese}后再试。"


def test_the_time_to_wait_counts_down_to_a_second(settings, clock):
    browser = Client()
    comment_too_fast(browser, "1/2h", settings)

    clock.setattr(time, "time", lambda: NOON + 7199)
    early = browser.post("/api/posts/a-walk/comments/", {"text": "Early.", "name": "Eve"}, "application/json")

    assert (early.status_code, early["Retry-After"]) == (429, "1")
    assert "1 second." in early.json()["error"]["message"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Too many attempts. Try again in 10 minutes, or use a browser you signed in with before."),
        ("zh-hans", "尝试次数太多。请等 10 分钟，或换一个以前登录过的浏览器。"),
    ],
)
def test_whoever_guesses_passwords_is_told_how_long_to_wait(ann, settings, language, words):
    settings.SIGN_IN_RATE = "1/10m"
    headers = {"Accept-Language": language}
    guess = {"login": "ann", "password": "guessed"}
    Client().post("/accounts/sign-in/", guess)

    form = Client().post("/accounts/sign-in/", guess, headers=headers)
    said = {"username": "ann", "password": "guessed"}
    program = Client().post("/api/token/", said, "application/json", headers=headers)

    assert (form.status_code, form["Retry-After"]) == (429, "600")
    assert words in form.content.decode()
    assert (program.status_code, program["Retry-After"]) == (429, "600")
    assert program.json() == {"error": {"code": "too_many_tries", "message": words}}


def test_the_name_is_changed_thirty_times_an_hour(client, bob):
    sign_in(client, "bob")
    for n in range(30):
        assert client.post("/accounts/me/", {"name": f"Bob {n}", "website": ""}).status_code == 302

    answer = client.post("/accounts/me/", {"name": "Robert", "website": "https://bob.example"})

    page = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (429, "3600")
    assert "You&#x27;re doing that too fast. Try again in 60 minutes." in page
    assert 'value="Robert"' in page
    assert 'value="https://bob.example"' in page
    bob.refresh_from_db()
    assert bob.name == "Bob 29"


def test_what_is_wrong_with_the_form_does_not_use_up_a_change(client, bob):
    sign_in(client, "bob")
    for _ in range(31):
        assert client.post("/accounts/me/", {"name": "", "website": ""}).status_code == 400

    assert client.post("/accounts/me/", {"name": "Robert", "website": ""}).status_code == 302


def test_ones_own_data_is_handed_out_twenty_times_an_hour(client, bob):
    client.force_login(bob)
    for _ in range(20):
        assert client.get("/accounts/me/export/").status_code == 200

    answer = client.get("/accounts/me/export/", headers={"Accept-Language": "zh-hans"})

    assert (answer.status_code, answer["Retry-After"]) == (429, "3600")
    assert answer.content.decode() == "操作太频繁了，请 60 分钟后再试。"


def test_tokens_are_made_twenty_times_an_hour(client, bob):
    sign_in(client, "bob")
    said = {"name": "script", "scopes": ["read"], "days": "30"}
    for _ in range(20):
        assert client.post("/accounts/me/tokens/", said).status_code == 201

    answer = client.post("/accounts/me/tokens/", said)

    assert answer.status_code == 429
    assert "Try again in 60 minutes." in answer.content.decode()
    assert PersonalToken.objects.count() == 20


def test_a_person_writes_as_often_as_the_rate_says_whatever_the_network(bob, settings):
    settings.API_WRITE_RATE = "2/m"
    post = make_post()
    path = f"/api/posts/{post.slug}/reactions/"
    statuses = []
    for n in range(3):
        browser = Client(REMOTE_ADDR=f"198.51.{n}.7")
        browser.force_login(bob)
        statuses.append(browser.put(path, {"kind": "love"}, "application/json").status_code)

    assert statuses == [200, 200, 429]


def test_ten_guests_of_one_network_write_as_often_as_one_person(settings):
    settings.API_WRITE_RATE = "1/m"

    statuses = [
        Client(REMOTE_ADDR="198.51.100.7").post("/api/markdown/", {"text": "*x*"}, "application/json").status_code
        for _ in range(11)
    ]

    assert statuses == [200] * 10 + [429]


def test_a_network_reads_the_api_as_often_as_the_rate_says_and_this_machine_always(settings):
    settings.API_READ_RATE = "2/m"

    def read(ip: str):
        return Client(REMOTE_ADDR=ip).get("/api/tags/")

    assert [read("198.51.100.7").status_code for _ in range(3)] == [200, 200, 429]
    assert int(read("198.51.100.7")["Retry-After"]) == 60
    assert [read("2001:db8:1:2::1").status_code for _ in range(2)] == [200, 200]
    assert read("2001:db8:1:2:ffff::9").status_code == 429
    assert read("2001:db8:1:3::1").status_code == 200
    assert [read("127.0.0.1").status_code for _ in range(3)] == [200, 200, 200]
