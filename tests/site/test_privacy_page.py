"""The privacy page is made of the settings in effect, in both languages, as drafts for the owner to edit."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from blog.models import Page
from blog.webhooks.models import WebhookEndpoint
from tests import people
from tests.site.test_site_settings import save  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db

MADE = "/admin/frodo/sitesettings/privacy-pages/"
PAGES = "/admin/blog/page/"


def create(*args: str) -> tuple[str, dict[str, str]]:
    """What the command prints, and the texts by language."""
    out = StringIO()
    call_command("create_privacy_pages", *args, stdout=out)
    return out.getvalue(), dict(Page.objects.values_list("language", "text"))


def test_a_button_makes_drafts_in_both_languages(desk, ann):
    assert f'action="{MADE}"' in desk.get(PAGES).content.decode()

    page = desk.post(MADE, follow=True).content.decode()

    assert "Drafts created" in page
    found = {page.slug: page for page in Page.objects.all()}
    assert {slug: (page.title, page.language) for slug, page in found.items()} == {
        "privacy": ("Privacy", "en"),
        "yinsi": ("隐私说明", "zh-hans"),
    }
    assert not any(page.is_published or page.in_menu for page in found.values())
    assert desk.get(reverse("admin:blog_page_change", args=[found["yinsi"].pk])).status_code == 200


@pytest.mark.parametrize(("slug", "language"), [("privacy", "en"), ("yinsi", "zh-hans")])
def test_published_it_is_a_page_whose_links_lead_somewhere(client, ann, slug, language):
    create()
    for page in Page.objects.all():
        page.is_published = True
        page.save()

    text = client.get(f"/p/{slug}/").content.decode()

    assert f'<article class="post" lang="{language}">' in text
    assert text.count("<tr>") == 7
    assert 'href="mailto:ann@example.org"' in text
    for path in ("/p/privacy/", "/p/yinsi/", "/accounts/me/export/", "/accounts/guest/erase/"):
        assert f'href="{path}"' in text or path == f"/p/{slug}/"
        assert client.get(path).status_code in (200, 302)


@pytest.mark.django_db(transaction=True)
def test_it_says_what_the_settings_say(settings, save):  # noqa: F811
    settings.COMMENT_IP_RETENTION_DAYS, settings.EMAIL_RETENTION_DAYS = 17, 190
    settings.SIGN_IN_PROVIDERS = {"github": "GitHub", "oidc": "Example ID"}
    settings.EMAIL_URL, settings.SITE_URL, settings.EMAIL_HOST = "smtp://m", "https://blog.example", "mx.example"
    settings.BACKUP_TO, settings.BACKUP_HOURS, settings.BACKUP_KEEP = "/backups", 12, "7d,4w,11m"
    settings.SENTRY_DSN, settings.SHOW_PRESENCE = "https://key@errors.example/1", True
    WebhookEndpoint.objects.create(url="https://hook.example/")
    save(name="Tea & Hills", offline="on", comment_edit_minutes=23, head_code="<meta name=x>")

    _said, texts = create()

    names = ("17", "190", "12", "11", "23", "mx.example", "errors.example", "Example ID", "Tea & Hills", "csrftoken")
    for text in texts.values():
        assert [name for name in names if name not in text] == []
        assert "key@" not in text
    english, chinese = texts["en"], texts["zh-hans"]
    assert "GitHub, Example ID" in english
    assert "GitHub、Example ID" in chinese
    assert "for up to 11 months" in english
    assert "保留 11 个月" in chinese
    for phrase in ("who is writing", "without a network", "Other programs", "code to every page"):
        assert phrase in english
    for phrase in ("谁正在写评论", "断网", "其他程序", "加入了代码"):
        assert phrase in chinese


def test_what_a_site_does_not_do_is_not_in_it(settings):
    settings.EMAIL_URL, settings.SENTRY_DSN, settings.BACKUP_TO = "", "", ""
    settings.SIGN_IN_PROVIDERS = {}

    _said, texts = create()

    for heading in ("## E-mail", "## When you sign in", "## Other services"):
        assert heading not in texts["en"]
    for heading in ("## 邮件", "## 登录时", "## 其他服务"):
        assert heading not in texts["zh-hans"]
    assert "[To complete: whether backups are made" in texts["en"]
    assert "[To complete: how you can be reached.]" in texts["en"]
    assert "【请补充：怎样联系您。】" in texts["zh-hans"]


def test_what_is_there_is_not_changed(desk):
    Page.objects.create(slug="privacy", title="Mine", text="My words.")

    said, texts = create()

    assert "Draft created: /p/yinsi/" in said
    assert "/p/privacy/ already exists" in said
    assert texts["en"] == "My words."
    assert "already exists" in desk.post(MADE, follow=True).content.decode()
    assert Page.objects.count() == 2


def test_editors_may_and_contributors_and_readers_may_not(client, bob):
    for user, status in ((people.cid(), 403), (bob, 403), (people.edith(), 302)):
        client.force_login(user)
        answer = client.post(MADE)
        assert answer.status_code == status, user
        assert (answer.get("Location") == PAGES) == (user == people.edith())
    assert client.get(MADE).status_code == 405
    assert Page.objects.count() == 2


def test_another_site_cannot_make_them(ann):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ann)

    assert browser.post(MADE).status_code == 403
    assert not Page.objects.exists()


def test_the_contact_can_be_named(ann, bob):
    assert "Ann, <ann@example.org>" in create()[1]["en"]
    Page.objects.all().delete()
    assert "Bob, <bob@example.org>" in create("--contact", "bob")[1]["en"]
    with pytest.raises(CommandError, match="nobody"):
        create("--contact", "nobody")
