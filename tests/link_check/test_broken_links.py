"""Links and images that do not work are found by the job, checked again, listed, ignored and forgotten."""

from datetime import timedelta

import lxml.html
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from blog.models import CheckedLink, Post, Redirect
from blog.posts import trash
from blog.posts.live_posts import add_entry
from blog.posts.services import publish, unpublish
from tests import people
from tests.factories import make_activity, make_page, make_post
from tests.http_client.hosts import Host, page, says

pytestmark = pytest.mark.django_db(transaction=True)

PNG = says("200 OK", "Content-Type: image/png", "Content-Length: 0")
LIST = reverse("admin:blog_checkedlink_changelist")


@pytest.fixture(autouse=True)
def _another_host(settings, tmp_path):
    """127.0.0.1 counts as another host, which is asked without pauses."""
    settings.HTTP_CLIENT_PAUSE, settings.HTTP_CLIENT_SECONDS = 0, 20
    settings.HTTP_CLIENT_ALLOW = ["127.0.0.1/32"]
    settings.MEDIA_ROOT = tmp_path


def run() -> None:
    call_command("run_jobs", "check_links", verbosity=0)


def collect() -> None:
    """What is new is checked ten minutes later. One run looks through posts, the next one through pages."""
    run()
    run()


def check_once() -> dict[str, str]:
    """A run when every link is due; by URL, the state of each."""
    CheckedLink.objects.update(check_at=timezone.now() - timedelta(seconds=1))
    run()
    return dict(CheckedLink.objects.values_list("url", "state"))


def test_a_link_is_broken_when_it_failed_twice():
    with Host({"/": page(b"yes")}) as host:
        make_post(text=f"[good]({host.url}/) [bad]({host.url}/gone)")
        collect()

        assert check_once() == {f"{host.url}/": "works", f"{host.url}/gone": "failed"}
        assert check_once() == {f"{host.url}/": "works", f"{host.url}/gone": "broken"}

    link = CheckedLink.objects.get(state="broken")
    assert link.reason == "bad_status 404"
    assert link.check_at > timezone.now() + timedelta(days=6)


def test_the_second_check_waits_an_hour_and_a_link_that_works_again_is_not_broken():
    with Host() as host:
        make_post(text=f"[bad]({host.url}/)")
        collect()
        check_once()
        wait = CheckedLink.objects.get().check_at - timezone.now()
        assert timedelta(minutes=59) < wait <= timedelta(hours=1)

        host.answers["/"] = page(b"back")

        assert check_once() == {f"{host.url}/": "works"}
        assert CheckedLink.objects.get().n_failures == 0


def test_what_may_pass_by_itself_is_checked_longer():
    with Host({"/": says("503 Service Unavailable", "Content-Length: 0")}) as host:
        make_post(text=f"[slow]({host.url}/)")
        collect()

        states = [check_once()[f"{host.url}/"] for _ in range(4)]

    assert states == ["failed", "failed", "failed", "broken"]


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden", "429 Too Many Requests"])
def test_a_host_that_refuses_programs_is_no_broken_link(status):
    with Host({"/": says(status, "Content-Length: 0")}) as host:
        make_post(text=f"[shy]({host.url}/)")
        collect()

        assert [check_once()[f"{host.url}/"] for _ in range(5)] == ["unknown"] * 5


def test_an_image_must_be_an_image():
    with Host({"/a.png": PNG, "/b.png": page(b"<p>Not here.</p>")}) as host:
        make_post(text=f"![a]({host.url}/a.png) ![b]({host.url}/b.png) [b]({host.url}/b.png)")
        collect()
        check_once()
        check_once()

        found = set(CheckedLink.objects.values_list("is_image", "url", "state"))

    assert found == {
        (True, f"{host.url}/a.png", "works"),
        (True, f"{host.url}/b.png", "broken"),
        (False, f"{host.url}/b.png", "works"),
    }


def test_our_own_network_is_not_asked():
    with Host(address="127.0.0.2") as inside:
        make_post(text=f"[inside]({inside.url}/)")
        collect()

        assert check_once() == {f"{inside.url}/": "unknown"}
        assert inside.heard == []


def test_each_url_is_fetched_once_however_many_texts_have_it():
    with Host({"/": page(b"yes")}) as host:
        for n in range(3):
            make_post(title=f"Post {n}", text=f"[same]({host.url}/)")
        collect()
        check_once()

        assert len(host.heard) == 1
        assert CheckedLink.objects.filter(state="works").count() == 3


def test_links_of_this_site_are_looked_up_without_a_request(settings):
    settings.SITE_URL = "https://blog.example"
    default_storage.save("site/cup.png", ContentFile(b"png"))
    post = make_post(title="Tea", tags=("green",))
    make_post(title="Draft", status="draft")
    make_page(title="About")
    Redirect.objects.create(path="/old/", post=post)
    good = [
        "/post/tea/",
        "/p/about/",
        "/tag/green/",
        "/old/",
        "/archives/",
        "/media/site/cup.png",
        "/static/css/site.css",
    ]
    bad = [
        "/post/draft/",
        "/post/nothing/",
        "/p/nothing/",
        "/tag/nothing/",
        "/nothing/",
        "/media/site/none.png",
        "/static/x",
    ]
    make_post(
        title="Links", text=" ".join(f"[x]({url})" for url in (*good, *bad, "https://blog.example/nowhere/", "#here"))
    )

    collect()
    found = check_once()

    assert {url for url, state in found.items() if state == "works"} == set(good)
    assert {url for url, state in found.items() if state == "failed"} == {*bad, "/nowhere/"}


def test_activities_pages_and_live_entries_are_looked_through_and_drafts_are_not():
    make_activity(text="See [this](/from/activity/)")
    make_page(text="See [this](/from/page/)")
    live = make_post(title="Live", live="live")
    add_entry(live, "See [this](/from/entry/)", user=people.ann())
    make_post(title="Draft", status="draft", text="See [this](/from/draft/)")

    collect()

    assert set(CheckedLink.objects.values_list("url", flat=True)) == {"/from/activity/", "/from/page/", "/from/entry/"}


def test_a_link_that_is_taken_out_of_the_text_is_forgotten():
    post = make_post(text="[a](/nothing/) [b](/else/)")
    collect()
    CheckedLink.objects.update(is_ignored=True)
    post.text = "[a](/nothing/)"
    post.save()

    collect()

    assert list(CheckedLink.objects.values_list("url", "is_ignored")) == [("/nothing/", True)]


def test_the_job_goes_on_where_it_was_and_stops_when_it_is_turned_off(settings, monkeypatch):
    monkeypatch.setattr("blog.link_check.TEXTS_AT_ONCE", 1)
    for n in range(3):
        make_post(title=f"Post {n}", text=f"[a](/nothing/{n}/)")
    settings.LINK_CHECK_DAYS = 0
    run()
    assert not CheckedLink.objects.exists()

    settings.LINK_CHECK_DAYS = 30
    for n in (1, 2, 3):
        run()
        assert CheckedLink.objects.count() == n


def rows(page) -> list[str]:
    table = lxml.html.fromstring(page.content.decode()).get_element_by_id("result_list", None)
    return [] if table is None else [link.text for link in table.find_class("link-url")]


@pytest.fixture
def broken():
    post = make_post(title="Tea", text="[a](/nothing/) [b](/else/)")
    make_post(title="Walk", text="[c](/walk/) [home](/)")
    collect()
    check_once()
    check_once()
    return post


def test_the_dashboard_and_the_list_show_broken_ones_by_post(desk, broken):
    assert set(rows(desk.get(LIST))) == {"/nothing/", "/else/", "/walk/"}
    assert set(rows(desk.get(LIST, {"post": broken.pk}))) == {"/nothing/", "/else/"}
    assert set(rows(desk.get(LIST, {"state": "works"}))) == {"/"}
    page = desk.get(LIST).content.decode()
    assert "This site has nothing at this path." in page
    assert reverse("admin:blog_post_change", args=[broken.pk]) in page
    panel = lxml.html.fromstring(desk.get("/admin/").content.decode()).get_element_by_id("broken-links")
    assert "/walk/" in panel.text_content()
    assert "Tea" in panel.text_content()


def test_ignored_ones_are_not_listed_nor_checked(desk, broken):
    key = CheckedLink.objects.get(url="/walk/").pk

    desk.post(LIST, {"action": "ignore", "_selected_action": [key]})

    assert "/walk/" not in rows(desk.get(LIST))
    assert rows(desk.get(LIST, {"state": "ignored"})) == ["/walk/"]
    before = CheckedLink.objects.get(pk=key).checked_at
    check_once()
    assert CheckedLink.objects.get(pk=key).checked_at == before


def test_check_again_forgets_what_was_repaired_and_checks_the_rest(desk, broken):
    broken.text = "[b](/else/)"
    broken.save()
    make_page(title="Else")
    Redirect.objects.create(path="/else/", url="/p/else/")
    keys = list(CheckedLink.objects.filter(post=broken).values_list("pk", flat=True))

    answer = desk.post(LIST, {"action": "check_again", "_selected_action": keys}, follow=True)
    assert "1 link is checked now." in answer.content.decode()
    call_command("run_jobs", "check_links", verbosity=0)

    assert dict(CheckedLink.objects.filter(post=broken).values_list("url", "state")) == {"/else/": "works"}


def test_only_editors_see_them(client, broken):
    client.force_login(people.cid())

    assert client.get(LIST).status_code == 403
    assert "broken-links" not in client.get("/admin/").content.decode()


def test_what_a_browser_finds_here_is_no_broken_link(client):
    """Without its last slash, by a redirect of a whole folder, without a listing, behind a password."""
    make_post(title="Tea")
    make_post(title="Letters", visibility="unlisted")
    make_post(title="Diary", visibility="password", password="leaves")
    make_page(title="About")
    Redirect.objects.create(path="/2019/*", url="/archives/")
    good = ["/post/tea", "/p/about", "/archives", "/2019/01/tea.html", "/post/letters/", "/post/diary/", "/tags?by=n"]
    assert {client.get(url, follow=True).status_code for url in good} == {200}
    make_post(title="Links", text=" ".join(f"[x]({url})" for url in good))

    collect()

    assert check_once() == dict.fromkeys(good, "works")


def test_a_link_to_what_only_writers_may_read_is_broken():
    make_post(title="Private", visibility="private")
    make_post(title="Later", days_ago=-1)
    make_page(title="Hidden", is_published=False)
    bad = ["/post/private/", "/post/later/", "/p/hidden/", "/post/tea", "/post", "/nothing"]
    make_post(title="Links", text=" ".join(f"[x]({url})" for url in bad))

    collect()

    assert check_once() == dict.fromkeys(bad, "failed")


def test_a_link_without_a_scheme_is_of_another_host(settings):
    settings.SITE_URL = "http://blog.example"
    with Host({"/": page(b"yes")}) as host:
        bare = host.url.removeprefix("http:")
        make_post(text=f"[a]({bare}/) [b]({bare}/archives/) [c](//blog.example/archives/)")
        collect()

        assert check_once() == {f"{host.url}/": "works", f"{host.url}/archives/": "failed", "/archives/": "works"}


def test_a_trashed_post_takes_its_links_along(desk, broken):
    trash.put(broken)

    assert rows(desk.get(LIST)) == ["/walk/"]
    panel = lxml.html.fromstring(desk.get("/admin/").content.decode()).get_element_by_id("broken-links")
    assert "/walk/" in panel.text_content()
    assert "/nothing/" not in panel.text_content()


def test_links_of_a_post_that_is_published_no_more_are_neither_listed_nor_checked(desk, broken):
    unpublish(Post.objects.filter(pk=broken.pk))

    assert rows(desk.get(LIST)) == ["/walk/"]
    found = CheckedLink.objects.filter(post=broken).order_by("url").values_list("url", "checked_at")
    before = list(found)
    check_once()
    assert list(found.all()) == before


def test_links_of_a_hidden_page_are_neither_listed_nor_on_the_dashboard(desk):
    text = make_page(title="About", text="[a](/nothing/)")
    collect()
    check_once()
    check_once()
    assert rows(desk.get(LIST)) == ["/nothing/"]
    text.is_published = False
    text.save()

    assert rows(desk.get(LIST)) == []
    assert "broken-links" not in desk.get("/admin/").content.decode()


def test_a_post_that_is_published_again_keeps_what_was_ignored(desk, broken):
    key = CheckedLink.objects.get(url="/else/").pk
    desk.post(LIST, {"action": "ignore", "_selected_action": [key]})
    unpublish(Post.objects.filter(pk=broken.pk))
    collect()
    publish(Post.objects.filter(pk=broken.pk))
    collect()

    assert rows(desk.get(LIST, {"state": "ignored"})) == ["/else/"]


@pytest.mark.parametrize(
    ("answer", "why", "chinese"),
    [
        (says("410 Gone", "Content-Length: 0"), "Responded with status 410.", "返回状态 410。"),
        (says("302 Found", "Location: /", "Content-Length: 0"), "Redirects too many times.", "重定向次数过多。"),
    ],
)
def test_the_list_says_why_in_both_languages(desk, answer, why, chinese):
    with Host({"/": answer}) as host:
        make_post(text=f"[a]({host.url}/)")
        collect()
        for _ in range(4):
            check_once()

    assert why in desk.get(LIST).content.decode()
    assert chinese in desk.get(LIST, headers={"accept-language": "zh-CN"}).content.decode()


def test_the_list_is_searched_and_filtered_and_an_odd_filter_is_no_error(desk, broken):
    assert rows(desk.get(LIST, {"q": "NOTHING"})) == ["/nothing/"]
    assert set(rows(desk.get(LIST, {"state": "all"}))) == {"/nothing/", "/else/", "/walk/", "/"}
    assert rows(desk.get(LIST, {"state": "nonsense"})) == []
    assert rows(desk.get(LIST, {"is_image__exact": "1"})) == []
    for value in ("x", "²", "9" * 30, "-1"):
        assert desk.get(LIST, {"post": value}).status_code in (200, 302), value


def test_nobody_adds_changes_or_deletes_rows_by_hand(desk, broken):
    key = CheckedLink.objects.get(url="/walk/").pk

    assert desk.get("/admin/blog/checkedlink/add/").status_code == 403
    assert desk.post(f"/admin/blog/checkedlink/{key}/change/", {"url": "/x/"}).status_code == 403
    desk.post(LIST, {"action": "delete_selected", "_selected_action": [key], "post": "yes"})
    assert CheckedLink.objects.filter(pk=key, url="/walk/").exists()


def test_an_editor_may_ignore_and_a_contributor_may_not(client, broken):
    key = CheckedLink.objects.get(url="/walk/").pk
    said = {"action": "ignore", "_selected_action": [key]}
    client.force_login(people.cid())
    assert client.post(LIST, said).status_code == 403
    assert not CheckedLink.objects.get(pk=key).is_ignored
    client.force_login(people.edith())

    answer = client.post(LIST, said, follow=True, headers={"accept-language": "zh-CN"})

    assert "已忽略 1 个链接。" in answer.content.decode()
    assert CheckedLink.objects.get(pk=key).is_ignored


def test_with_nothing_broken_the_list_says_what_it_is_for(desk):
    assert "None is broken." in desk.get(LIST).content.decode()
    assert "broken-links" not in desk.get("/admin/").content.decode()
