"""The owner's list of users: who may open it, and what a form takes."""

import pytest
from django.test import Client

from accounts.models import User
from tests import people
from tests.accounts.browser_sessions import sign_in, user_of
from tests.factories import make_comment, make_post

pytestmark = pytest.mark.django_db

USERS = "/admin/accounts/user/"
NEW = {"usable_password": "true", "password1": "a walk by the river", "password2": "a walk by the river"}


def form_of(desk, user: User) -> dict:
    """As the page of the user fills it in."""
    context = desk.get(f"{USERS}{user.pk}/change/").context
    filled = {field.html_name: field.value() for field in context["adminform"].form}
    for inline in context["inline_admin_formsets"]:
        counts = inline.formset.management_form.initial
        filled |= {f"{inline.formset.prefix}-{name}": value for name, value in counts.items()}
    return {name: value for name, value in filled.items() if value is not None and value is not False}


def save(desk, user: User, **changes):
    """None takes a tick away."""
    sent = {name: value for name, value in {**form_of(desk, user), **changes}.items() if value is not None}
    answer = desk.post(f"{USERS}{user.pk}/change/", sent)
    user.refresh_from_db()
    return answer


def errors_of(answer) -> dict:
    return answer.context["adminform"].form.errors


@pytest.mark.parametrize(("who", "status"), [(people.edith, 403), (people.cid, 403), (people.bob, 302)])
def test_only_the_owner_opens_it(client, ann, who, status):
    client.force_login(who())

    for path in (USERS, f"{USERS}add/", f"{USERS}{ann.pk}/change/", f"{USERS}{ann.pk}/password/"):
        assert client.get(path).status_code == status
    assert client.post(f"{USERS}{ann.pk}/delete/", {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=ann.pk).exists()


def test_a_new_user_is_a_reader_who_can_sign_in(desk):
    answer = desk.post(f"{USERS}add/", {"username": "dora", **NEW})

    dora = User.objects.get(username="dora")
    assert answer.url == f"{USERS}{dora.pk}/change/"
    assert (dora.role, dora.is_staff, dora.is_superuser) == ("reader", False, False)
    browser = Client()
    browser.post("/accounts/sign-in/", {"login": "dora", "password": NEW["password1"]})
    assert user_of(browser) == dora


def test_a_new_user_without_a_password_cannot_sign_in_by_one(desk):
    desk.post(f"{USERS}add/", {"username": "dora", "usable_password": "false"})

    assert not User.objects.get(username="dora").has_usable_password()


@pytest.mark.parametrize("name", ["bob", "Bob", "BOB"])
@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "A user with that username already exists."), ("zh-hans", "已存在一位使用该名字的用户。")],
)
def test_two_usernames_do_not_differ_in_case_only(desk, bob, name, language, words):
    answer = desk.post(f"{USERS}add/", {"username": name, **NEW}, headers={"Accept-Language": language})

    assert errors_of(answer)["username"] == [words]
    assert User.objects.count() == 2


def test_a_user_is_not_renamed_to_a_name_that_differs_in_case_only(desk, bob):
    answer = save(desk, people.mallory(), username="BOB")

    assert errors_of(answer)["username"] == ["A user with that username already exists."]
    assert sign_in(Client(), "bob").status_code == 302


def test_ones_own_username_may_change_its_case(desk, bob):
    assert save(desk, bob, username="Bob").status_code == 302

    assert bob.username == "Bob"
    assert sign_in(Client(), "bob").status_code == 302


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("\u200b", "bob"),
        ("\u3164\u2800", "bob"),
        ("Bo\u202eb", "Bob"),
        ("　张　伟　", "张 伟"),
        ("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"),
        ("<b>Bob</b>", "<b>Bob</b>"),
    ],
    ids=["zero width", "blank letters", "direction", "wide spaces", "family", "markup"],
)
def test_a_display_name_is_what_can_be_seen_of_it(desk, bob, name, shown):
    assert save(desk, bob, display_name=name).status_code == 302

    assert bob.name == shown


@pytest.mark.parametrize(
    ("website", "kept"),
    [("bob.example", "https://bob.example"), ("http://bob.example/", "http://bob.example/"), ("", "")],
)
def test_a_website_without_a_scheme_is_on_https(desk, bob, website, kept):
    save(desk, bob, website=website)

    assert bob.website == kept


def test_a_website_that_runs_a_script_is_refused(desk, bob):
    assert "website" in errors_of(save(desk, bob, website="javascript:alert(1)"))
    assert bob.website == ""


# One's own rights


def test_the_author_cannot_take_away_her_own_rights(desk, ann):
    page = desk.get(f"{USERS}{ann.pk}/change/").content.decode()
    assert 'name="role"' not in page
    assert 'name="is_active"' not in page
    assert "deletelink" not in page

    assert save(desk, ann, role="reader", is_active=None, is_staff=None, bio="Walks.").status_code == 302

    assert (ann.role, ann.is_active, ann.is_staff, ann.is_superuser) == ("author", True, True, True)
    assert ann.bio == "Walks."


def test_the_author_cannot_delete_herself(desk, ann, bob):
    assert desk.get(f"{USERS}{ann.pk}/delete/").status_code == 403
    assert desk.post(f"{USERS}{ann.pk}/delete/", {"post": "yes"}).status_code == 403

    said = {"action": "delete_selected", "_selected_action": [ann.pk, bob.pk], "post": "yes"}
    assert desk.post(USERS, said).status_code == 403
    assert User.objects.count() == 2


def test_another_author_takes_them_away(desk, ann, bob):
    save(desk, bob, role="author")
    assert (bob.is_staff, bob.is_superuser) == (True, True)
    hers = Client()
    hers.force_login(bob)

    save(hers, ann, role="contributor")

    assert (ann.role, ann.is_staff, ann.is_superuser) == ("contributor", True, False)
    assert desk.get(USERS).status_code == 403
    assert hers.post(f"{USERS}{ann.pk}/delete/", {"post": "yes"}).status_code == 302
    assert list(User.objects.all()) == [bob]


# Others' rights


@pytest.mark.parametrize(
    ("role", "is_staff", "is_superuser"),
    [("author", True, True), ("editor", True, False), ("contributor", True, False), ("reader", False, False)],
)
def test_a_role_decides_who_is_staff(desk, role, is_staff, is_superuser):
    edith = people.edith() if role != "editor" else people.cid()

    save(desk, edith, role=role)

    assert (edith.role, edith.is_staff, edith.is_superuser) == (role, is_staff, is_superuser)


def test_a_role_that_is_none_is_refused(desk, bob):
    assert "role" in errors_of(save(desk, bob, role="owner"))
    assert bob.role == "reader"


def test_an_inactive_user_is_marked_in_the_list_and_is_out_at_once(desk, bob):
    browser = Client()
    browser.force_login(bob)

    save(desk, bob, is_active=None)

    assert 'chip is-bad">Inactive' in desk.get(USERS).content.decode()
    assert 'chip is-bad">已停用' in desk.get(USERS, headers={"Accept-Language": "zh-hans"}).content.decode()
    assert browser.get("/accounts/me/").status_code == 302
    sign_in(browser, "bob")
    assert browser.get("/api/me/").json()["user"] is None


def test_a_user_who_wrote_posts_is_not_deleted_with_them(desk):
    edith = people.edith()
    make_post(title="Of Edith", author=edith)

    page = desk.get(f"{USERS}{edith.pk}/delete/").content.decode()
    assert "Of Edith" in page
    desk.post(f"{USERS}{edith.pk}/delete/", {"post": "yes"})

    assert User.objects.filter(pk=edith.pk).exists()


def test_a_reader_who_is_deleted_leaves_comments_under_the_name(desk, bob):
    post = make_post()
    comment = make_comment(post, user=bob, name="Bob", text="Lovely.")

    assert desk.post(f"{USERS}{bob.pk}/delete/", {"post": "yes"}).status_code == 302

    comment.refresh_from_db()
    assert (comment.user, comment.name, comment.text) == (None, "Bob", "Lovely.")


# The list


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("bob", ["bob"]),
        ("BOB@EXAMPLE", ["bob"]),
        ("张", ["zhang"]),
        ("jose", ["jose"]),
        ("José", ["jose"]),
        ("ｂｏｂ", ["bob"]),
        ("nobody", []),
        ("%", []),
        ("bob zhang", []),
    ],
)
def test_it_is_searched_by_name_and_address(desk, bob, query, found):
    User.objects.create_user("zhang", display_name="张伟")
    User.objects.create_user("jose", display_name="José")

    rows = desk.get(USERS, {"q": query}).context["cl"].queryset

    assert [user.username for user in rows] == found


def test_it_is_filtered_by_role(desk, bob):
    people.edith()

    for role, names in (("reader", ["bob"]), ("editor", ["edith"]), ("contributor", [])):
        rows = desk.get(USERS, {"role__exact": role}).context["cl"].queryset
        assert [user.username for user in rows] == names


@pytest.mark.parametrize(
    "query", ["p=99", "p=x", "o=99", "o=x", "role__exact=owner", "is_active__exact=x", "nothing=1"]
)
def test_a_filter_that_makes_no_sense_shows_a_list_all_the_same(desk, query):
    assert desk.get(f"{USERS}?{query}", follow=True).status_code == 200


@pytest.mark.parametrize("pk", ["999999", "x", "9" * 30])
def test_a_user_who_is_not_there_leads_back_with_a_message(desk, pk):
    answer = desk.get(f"{USERS}{pk}/change/", follow=True)

    assert answer.redirect_chain[-1][0] == "/admin/"
    assert "doesn’t exist" in answer.content.decode()


def test_a_password_that_is_too_simple_is_refused_in_the_readers_language(desk, bob):
    said = {"usable_password": "true", "password1": "1234", "password2": "1234"}

    english = desk.post(f"{USERS}{bob.pk}/password/", said).content.decode()
    chinese = desk.post(f"{USERS}{bob.pk}/password/", said, headers={"Accept-Language": "zh-hans"}).content.decode()

    assert "This password is too short." in english
    assert "密码太短" in chinese
    assert sign_in(Client(), "bob").status_code == 302
