"""The forms of one's account with what people type into them, and for who comes without signing in."""

from urllib.parse import quote

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from accounts.models import Device, PersonalToken, User
from accounts.tokens import services
from accounts.tokens.services import create_personal_token
from tests import people
from tests.accounts.browser_sessions import ask_code, sign_in, user_of

pytestmark = pytest.mark.django_db

ME = "/accounts/me/"
CHANGE = "/accounts/password/change/"
CHINESE = {"Accept-Language": "zh-CN"}


@pytest.fixture
def home(client, bob):
    """Bob's browser, signed in just now."""
    sign_in(client, "bob")
    return client


def errors_of(answer) -> dict:
    assert answer.status_code in {200, 400}, answer.headers
    return answer.context["form"].errors


# Without signing in


@pytest.mark.parametrize(
    "path", [ME, "/accounts/me/tokens/", "/accounts/email/", CHANGE, "/accounts/sessions/", "/accounts/2fa/"]
)
def test_whoever_is_not_signed_in_is_asked_to_and_led_back(client, bob, path):
    answer = client.get(path)
    assert answer.url == f"/accounts/sign-in/?next={path}"

    said = {"login": "bob", "password": "bob's password", "next": path}
    assert client.post(answer.url, said).url == path


@pytest.mark.parametrize("path", ["/accounts/me/export/", "/accounts/me/erase/", "/accounts/guest/export/"])
def test_without_data_there_is_nothing_to_take_or_erase(client, db, path):
    answer = client.get(path)

    assert (answer.status_code, answer.url) == (302, "/accounts/sign-in/?next=/accounts/me/")


@pytest.mark.parametrize("path", [ME, "/accounts/me/tokens/"])
def test_a_form_that_was_sent_after_the_session_ended_is_shown_again(client, db, path):
    answer = client.post(path, {"name": "A name that was typed with care"})

    page = answer.content.decode()
    assert answer.status_code == 403
    assert "You are signed out, so this was not saved." in page
    assert 'value="A name that was typed with care"' in page


@pytest.mark.parametrize("path", ["ways/{pk}/", "tokens/{pk}/remove/", "devices/remove/"])
def test_a_button_needs_a_post_and_does_nothing_for_a_stranger(client, bob, path):
    token, _secret = create_personal_token(bob, "script", ["read"])
    services.sign_in(bob)
    path = ME + path.format(pk=token.pk)

    assert client.get(path).status_code == 405
    assert client.post(path).status_code == 302
    assert PersonalToken.objects.filter(pk=token.pk).exists()
    assert Device.objects.alive().exists()


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
@pytest.mark.parametrize("path", [ME, "/accounts/me/export/", "/accounts/me/erase/", "/accounts/me/tokens/"])
def test_a_page_says_by_which_methods_it_is_asked(home, path, method):
    answer = getattr(home, method)(path)

    assert answer.status_code == 405
    assert answer["Allow"].startswith("GET, HEAD")


@pytest.mark.parametrize(
    "path",
    [
        *(ME, "/accounts/me/export/", "/accounts/me/erase/", "/accounts/me/tokens/", "/accounts/email/", CHANGE),
        *("/accounts/sessions/", "/accounts/2fa/", "/accounts/2fa/totp/activate/", "/accounts/2fa/webauthn/"),
        *("/accounts/3rdparty/", "/accounts/reauthenticate/", "/accounts/sign-out/", "/accounts/password/reset/"),
    ],
)
def test_no_page_of_an_account_is_kept_by_a_browser_or_a_proxy(home, post_office, path):
    answer = home.head(path)

    assert (answer.status_code, answer.content) == (200, b"")
    assert {"no-store", "private"} <= set(answer["Cache-Control"].split(", "))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/accounts/code/", "/accounts/2fa/authenticate/"),
        ("/accounts/me/code/", "/accounts/2fa/"),
        ("/accounts/link/", "/accounts/login/code/"),
        ("/accounts/link/abc/?next=/post/tea/", "/accounts/login/code/?next=/post/tea/"),
        ("/accounts/with/github/", "/accounts/sign-in/"),
        ("/accounts/with/github/back/?code=x", "/accounts/sign-in/?code=x"),
        ("/accounts/me", "/accounts/me/"),
    ],
)
def test_old_addresses_lead_to_the_new_ones(client, db, old, new):
    answer = client.get(old)

    assert answer.status_code in {301, 302}
    assert answer.url == new


# The profile


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Åsa", "Åsa"),
        ("محمد", "محمد"),
        ("　张　伟　", "张 伟"),
        ("O'Brien", "O'Brien"),
        ("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"),
        ("\u202eboB", "boB"),
        ("B\u00adob\ufeff", "Bob"),
        ("1", "1"),
        ("x" * 60, "x" * 60),
    ],
)
def test_a_name_is_kept_as_people_see_it(home, bob, typed, shown):
    assert home.post(ME, {"name": typed, "website": ""}).status_code == 302

    bob.refresh_from_db()
    assert bob.name == shown


@pytest.mark.parametrize("name", ["Ann", "ANN", "Ａｎｎ", "А\u200bnn", "A n n", "ann"])
def test_a_name_that_looks_like_the_authors_is_refused_in_the_readers_language(home, ann, name):
    english = errors_of(home.post(ME, {"name": name, "website": ""}))
    chinese = errors_of(home.post(ME, {"name": name, "website": ""}, headers=CHINESE))

    assert english["name"] == ["This name belongs to an author of this site. Choose another one."]
    assert chinese["name"] == ["这是本站作者的名字，请换一个。"]


def test_the_name_of_who_is_no_author_any_more_is_free(home, bob):
    edith = people.edith()
    assert "name" in errors_of(home.post(ME, {"name": "Edith", "website": ""}))

    edith.apply_role("reader")
    edith.save()

    assert home.post(ME, {"name": "Edith", "website": ""}).status_code == 302


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("例え.jp", "https://例え.jp"),
        ("//bob.example", "https://bob.example"),
        (" https://bob.example ", "https://bob.example"),
        ("http://bob.example/茶?a=b#c", "http://bob.example/茶?a=b#c"),
        ("HTTPS://BOB.example", "HTTPS://BOB.example"),
        ("https://[2001:db8::1]/", "https://[2001:db8::1]/"),
    ],
)
def test_a_website_may_be_written_in_many_ways(home, bob, typed, kept):
    assert home.post(ME, {"name": "Bob", "website": typed}).status_code == 302

    bob.refresh_from_db()
    assert (bob.website, bob.url) == (kept, kept)


@pytest.mark.parametrize(
    "typed", ["https://[", "mailto:bob@example.org", "https://bob.example/" + "a" * 200, "data:,x"]
)
def test_a_website_that_is_none_is_refused(home, bob, typed):
    assert list(errors_of(home.post(ME, {"name": "Bob", "website": typed}))) == ["website"]


def test_the_form_says_that_it_was_saved_once(home):
    answer = home.post(ME, {"name": "Robert", "website": ""})

    assert "Saved." in home.get(answer.url).content.decode()
    assert "已保存。" in home.get(answer.url, headers=CHINESE).content.decode()
    assert "Saved." not in home.get(ME).content.decode()


# The password


@pytest.mark.parametrize(
    "password", ["茶茶茶茶茶茶茶茶", " pad pad pad ", "éééééééé", "<b>&amp;'\"</b>", "🍵🍵🍵🍵🍵🍵🍵🍵"]
)
def test_a_password_in_any_script_lets_in_by_form_and_by_api(home, password):
    said = {"oldpassword": "bob's password", "password1": password, "password2": password}
    assert home.post(CHANGE, said).status_code == 302

    browser = Client()
    browser.post("/accounts/sign-in/", {"login": "bob", "password": password})
    program = Client().post("/api/token/", {"username": "bob", "password": password}, "application/json")

    assert user_of(browser) == people.bob()
    assert program.status_code == 200


@pytest.mark.parametrize(
    ("old", "new", "again", "field", "english", "chinese"),
    [
        ("x", "a walk by the river", "a walk by the river", "oldpassword", "your current password", "当前密码"),
        ("bob's password", "a walk by the river", "x", "password2", "same password each time", "密码必须相同"),
        ("bob's password", "1234", "1234", "password1", "at least 8 characters", "至少需要 8 个字符"),
        ("bob's password", "12345678", "12345678", "password1", "too common", "太常见"),
        ("bob's password", "bob@example.org", "bob@example.org", "password1", "too similar to the email", "太相似"),
    ],
    ids=["wrong", "not the same", "short", "common", "like the address"],
)
def test_what_is_wrong_with_a_password_is_said_in_the_readers_language(
    home, bob, old, new, again, field, english, chinese
):
    said = {"oldpassword": old, "password1": new, "password2": again}

    assert english in str(errors_of(home.post(CHANGE, said))[field])
    assert chinese in str(errors_of(home.post(CHANGE, said, headers=CHINESE))[field])
    bob.refresh_from_db()
    assert bob.check_password("bob's password")


def test_a_new_password_leaves_this_browser_signed_in(home):
    said = {"oldpassword": "bob's password", "password1": "a walk by the river", "password2": "a walk by the river"}
    home.post(CHANGE, said)

    assert home.get(ME).status_code == 200


# Addresses


@pytest.mark.parametrize("typed", ["BOB@EXAMPLE.ORG", " bob@example.org ", "bob@example.org\n", "Bob@Example.Org"])
def test_an_address_is_known_however_it_is_typed(bob, post_office, typed):
    assert ask_code(Client(), typed).url == "/accounts/login/code/confirm/"

    assert [message.to for message in post_office] == [["bob@example.org"]]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "This field is required."),
        ("bob", "Enter a valid email address."),
        ("böb@example.org", "Enter a valid email address."),
        ("bob@example.org, ann@example.org", "Enter a valid email address."),
        ("x" * 300 + "@example.org", "This e-mail address is too long."),
    ],
)
def test_what_is_no_address_is_told_and_nothing_is_sent(bob, post_office, typed, words):
    assert errors_of(ask_code(Client(), typed))["email"] == [words]
    assert post_office == []


def test_an_address_with_a_chinese_host_signs_up(client, db, post_office):
    client.post("/accounts/signup/", {"email": "eve@例え.jp", "name": "Eve"})

    assert [message.to for message in post_office] == [["eve@例え.jp"]]
    assert User.objects.get().email == "eve@例え.jp"


def test_ones_own_address_is_not_added_twice(home, post_office):
    answer = home.post("/accounts/email/", {"email": "BOB@example.org", "action_add": ""})

    assert "already associated with this account" in str(errors_of(answer)["email"])
    assert EmailAddress.objects.count() == 1


# Tokens


@pytest.mark.parametrize(
    ("said", "errors"),
    [
        ({"days": "7"}, {"days": "Select a valid choice. 7 is not one of the available choices."}),
        ({"scopes": ["all"]}, {"scopes": "Select a valid choice. all is not one of the available choices."}),
        ({"scopes": []}, {"scopes": "Choose what the token may be used for."}),
        ({"name": " "}, {"name": "Enter a name that you will recognize."}),
        ({"name": "x" * 101}, {"name": "Ensure this value has at most 100 characters (it has 101)."}),
    ],
)
def test_what_is_wrong_with_a_token_is_said_at_its_field(home, said, errors):
    answer = home.post("/accounts/me/tokens/", {"name": "script", "scopes": ["read"], "days": "30", **said})

    assert errors_of(answer) == {name: [words] for name, words in errors.items()}
    assert not PersonalToken.objects.exists()


@pytest.mark.parametrize(
    ("headers", "words"),
    [({}, "You have too many tokens already. Remove one first."), (CHINESE, "你的令牌已经太多，请先移除一个。")],
)
def test_nobody_has_more_than_fifty_tokens(home, bob, headers, words):
    first, _secret = create_personal_token(bob, "script 0", ["read"])
    for n in range(1, 50):
        PersonalToken.objects.create(user=bob, name=f"script {n}", digest=str(n), begins_with="frodo_", scope="read")
    said = {"name": "one more", "scopes": ["read"]}

    form = home.post("/accounts/me/tokens/", said, headers=headers)
    program = home.post("/api/me/tokens/", said, "application/json", headers=headers)

    assert form.status_code == 409
    assert words in form.content.decode()
    assert (program.status_code, program.json()["error"]["message"]) == (409, words)
    home.post(f"/accounts/me/tokens/{first.pk}/remove/")
    assert home.post("/accounts/me/tokens/", said).status_code == 201


# Erasing


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        ({"confirm": "erase"}, "words", "Choose one of the two options."),
        ({"words": "all", "confirm": "erase"}, "words", "Select a valid choice."),
        ({"words": "remove"}, "confirm", "Type the word to confirm."),
        ({"words": "remove", "confirm": "delete"}, "confirm", "Type the word to confirm."),
        ({"words": "remove", "confirm": "erase", "password": "x"}, "__all__", "This is not your password."),
        ({"words": "remove", "confirm": "erase"}, "__all__", "This is not your password."),
    ],
)
def test_what_is_missing_to_erase_an_account_is_said(home, bob, said, field, words):
    assert words in str(errors_of(home.post("/accounts/me/erase/", said))[field])
    assert User.objects.filter(pk=bob.pk).exists()


@pytest.mark.parametrize(("word", "headers"), [("erase", CHINESE), (" ERASE ", {}), ("删除", CHINESE)])
def test_the_word_may_be_english_or_that_of_the_readers_language(home, bob, word, headers):
    said = {"words": "keep", "confirm": word, "password": "bob's password"}

    answer = home.post("/accounts/me/erase/", said, headers=headers)

    assert answer.url == "/accounts/erased/"
    assert home.get(answer.url).status_code == 200
    assert not User.objects.filter(pk=bob.pk).exists()


def test_guesses_at_the_password_of_an_open_browser_are_limited(home, bob, settings):
    settings.SIGN_IN_RATE = "3/d"
    said = {"words": "remove", "confirm": "erase"}
    for _ in range(3):
        home.post("/accounts/me/erase/", {**said, "password": "guessed"})

    answer = home.post("/accounts/me/erase/", {**said, "password": "bob's password"})

    assert answer.status_code == 429
    assert "Too many attempts. Try again in 24 hours" in answer.content.decode()
    assert User.objects.filter(pk=bob.pk).exists()


@pytest.mark.parametrize("to", ["/post/茶/", "/search/?q=a+b&page=2", "/accounts/me/?done=saved"])
def test_signing_in_leads_on_to_a_path_in_any_script(client, bob, to):
    answer = sign_in(client, "bob", to)

    assert answer.url in {to, quote(to, safe="/?=&+")}
