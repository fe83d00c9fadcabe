"""In which language somebody reads the site: chosen, asked for by the browser, or that of the site."""

import pytest

from frodo.site_settings import site

pytestmark = pytest.mark.django_db


def language_of(client, path: str = "/tags/", **headers: str) -> str:
    page = client.get(path, headers=headers).content.decode()
    return page.partition('<html lang="')[2].partition('"')[0]


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("zh-CN", "zh-hans"),
        ("zh", "zh-hans"),
        ("ZH-cn", "zh-hans"),
        ("zh-TW", "zh-hans"),
        ("zh-HK,zh;q=0.9,en;q=0.8", "zh-hans"),
        ("zh-Hant-TW", "zh-hans"),
        ("zh-Hans-SG", "zh-hans"),
        ("en-GB,en;q=0.9,zh-CN;q=0.8", "en"),
        ("en;q=0.1,zh;q=0.9", "zh-hans"),
        ("fr,zh-CN;q=0.5", "zh-hans"),
        ("fr,de;q=0.7", "en"),
        ("fr,*;q=0.5,zh;q=0.1", "en"),
        ("", "en"),
        (",,;q=2", "en"),
        ("zh_CN", "en"),
        ("x" * 3000, "en"),
        ("茶", "en"),
    ],
)
def test_the_browser_asks_for_one_that_there_is(client, asked, language):
    assert language_of(client, **{"Accept-Language": asked}) == language


@pytest.mark.parametrize(
    ("asked", "language"), [("", "zh-hans"), ("fr", "zh-hans"), ("*", "zh-hans"), ("en", "en"), ("fr,en;q=0.3", "en")]
)
def test_else_it_is_that_of_the_site(client, monkeypatch, asked, language):
    monkeypatch.setitem(site.saved, "LANGUAGE_CODE", "zh-hans")

    assert language_of(client, **{"Accept-Language": asked}) == language


def test_a_choice_holds_against_the_browser_and_can_be_changed(client):
    client.post("/language/", {"language": "zh-hans"})
    assert language_of(client, **{"Accept-Language": "en"}) == "zh-hans"

    client.post("/language/", {"language": "en"})
    assert language_of(client, **{"Accept-Language": "zh-CN"}) == "en"


def test_the_choice_is_kept_for_a_year_and_read_by_no_script(client, settings):
    answer = client.post("/language/", {"language": "zh-hans", "next": "/tags/"})

    cookie = answer.cookies[settings.LANGUAGE_COOKIE_NAME]
    assert (cookie.value, cookie["max-age"], cookie["httponly"]) == ("zh-hans", 365 * 24 * 3600, True)
    assert (cookie["samesite"], cookie["path"]) == ("Lax", "/")


@pytest.mark.parametrize("value", ["fr", "", "zh", "zh-tw", "../../etc/passwd", "x" * 5000])
def test_a_cookie_that_was_never_ours_counts_like_a_wish(client, settings, value):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = value

    assert language_of(client, **{"Accept-Language": "en"}) == ("zh-hans" if value.startswith("zh") else "en")


@pytest.mark.parametrize("language", ["fr", "", "zh", "EN", "zh-Hans", "x" * 600, "en\x00"])
def test_a_language_that_the_site_does_not_have_is_refused(client, settings, language):
    answer = client.post("/language/", {"language": language, "next": "/tags/"})

    assert answer.status_code == 400
    assert settings.LANGUAGE_COOKIE_NAME not in answer.cookies
    assert answer.content.decode() == "This language is not supported."


def test_the_refusal_is_in_chinese_for_who_reads_chinese(client):
    answer = client.post("/language/", {"language": "fr"}, headers={"Accept-Language": "zh-CN"})

    assert answer.content.decode() == "不支持这种语言。"


@pytest.mark.parametrize(
    ("to", "leads"),
    [
        ("/search/?q=茶&page=2", "/search/?q=%E8%8C%B6&page=2"),
        ("http://testserver/tags/", "http://testserver/tags/"),
        ("", "/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("///evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("http://testserver@evil.example/", "/"),
        ("http://[", "/"),
        ("javascript:alert(1)", "/"),
        ("\x01/tags/", "/"),
        ("/tags/\r\nSet-Cookie: a=b", "/tags/%0D%0ASet-Cookie:%20a=b"),
        ("/search/?q=" + "x" * 5000, "/"),
    ],
)
def test_the_choice_leads_back_within_the_site(client, settings, to, leads):
    answer = client.post("/language/", {"language": "zh-hans", "next": to})

    assert (answer.status_code, answer.url) == (302, leads)
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "zh-hans"


@pytest.mark.parametrize("method", ["get", "head", "put", "delete", "options"])
def test_a_language_is_chosen_by_a_button(client, method):
    answer = getattr(client, method)("/language/?language=zh-hans")

    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert not answer.cookies


@pytest.mark.parametrize("path", ["/", "/tags/", "/nothing/", "/accounts/sign-in/", "/search/?q=tea", "/blogroll/"])
def test_a_page_says_in_which_language_it_is_and_that_others_get_another(client, path):
    for asked, language in (("zh-CN", "zh-hans"), ("en", "en")):
        answer = client.get(path, headers={"Accept-Language": asked})

        assert answer["Content-Language"] == language
        assert "Accept-Language" in answer["Vary"]
        assert f'<html lang="{language}">' in answer.content.decode()


def test_the_api_answers_in_the_language_that_was_chosen_too(client):
    client.post("/language/", {"language": "zh-hans"})

    assert client.get("/api/posts/?year=x").json()["error"]["fields"]["year"] == ["年份应为数字，例如 2026。"]
