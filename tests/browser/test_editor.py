"""What an author writes in the admin survives a closed tab, a crash, an expired session and a refused save."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.comments import sign_in
from tests.browser.markdown_editor import editor, wait_stored, write
from tests.server import Server

pytestmark = pytest.mark.browser

KEPT = "() => Object.entries(localStorage).filter(([key]) => key.startsWith('frodo-draft:')).map(([, value]) => value)"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("drafts")) as server:
        server.run("from tests.people import *; ann(); edith()")
        yield server


@pytest.fixture(autouse=True)
def _no_autosaved_forms(server):
    """Those of the test before would be offered, too."""
    server.run("from blog.editor.models import AutosavedForm; AutosavedForm.objects.all().delete()")


@pytest.fixture
def desk(window):
    return sign_in(window())


def make(server, code: str) -> int:
    return int(server.run(f"from tests.factories import *; print(({code}).pk)"))


def read(server, code: str) -> str:
    return server.run(f"from blog.models import *; print({code})")


def save(page) -> None:
    page.locator("[data-save], [name=_save]").first.click()


def log_in(page, name: str = "ann") -> None:
    page.fill("#_login", name)
    page.fill("#_password", f"{name}'s password")
    page.locator("details .form-buttons button").click()


def kept(page) -> list[str]:
    return page.evaluate(KEPT)


def wait_kept(page, text: str) -> None:
    page.wait_for_function(f"text => ({KEPT})().some((draft) => draft.includes(text))", arg=text)


def crash(page):
    """Close the tab without a question, and open another one in the same browser."""
    context = page.context
    page.close()
    return context.new_page()


def offers(page):
    return page.locator(".editor-note p")


def test_a_page_links_to_its_form_for_those_who_may_edit(server, desk, window):
    pk = make(server, "make_page(title='Tea house')")
    reader = window()
    with reader.expect_response("**/api/me/?page=*") as answer:
        reader.goto("/p/tea-house/")

    desk.goto("/p/tea-house/")
    desk.locator(".post-header .edit-post").click()

    desk.wait_for_url(f"**/admin/blog/page/{pk}/change/")
    answer.value.finished()
    expect(reader.locator(".edit-post")).to_have_count(0)


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/admin/blog/post/add/", "#id_text"),
        ("/admin/blog/page/add/", "#id_title"),
        ("/admin/blog/activity/add/", "#id_text"),
        ("/admin/blog/topic/add/", "#id_description"),
        ("/admin/blog/tag/add/", "#id_description"),
    ],
)
def test_a_changed_form_warns_and_is_offered_after_a_crash(desk, path, field):
    desk.goto(path)
    write(desk, "An evening's work", field)
    with desk.expect_event("dialog") as asked:
        desk.on("dialog", lambda dialog: dialog.dismiss())
        desk.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    wait_kept(desk, "An evening's work")
    page = crash(desk)

    page.goto(path)

    expect(offers(page)).to_contain_text("Unsaved text from")
    page.get_by_role("button", name="Restore").click()
    expect(page.locator(field)).to_have_value("An evening's work")
    expect(page.locator(".editor-note")).to_have_text("Restored. It is not saved yet.")


@pytest.mark.quality
def test_an_unchanged_and_a_saved_form_are_left_without_a_question(desk, server):
    pk = make(server, "make_page(title='Quiet')")
    desk.on("dialog", lambda dialog: pytest.fail(f"asked: {dialog.message}"))
    desk.goto(f"/admin/blog/page/{pk}/change/")
    editor(desk).press_sequentially("x")
    editor(desk).press("Backspace")
    desk.goto(f"/admin/blog/page/{pk}/change/")
    editor(desk).press_sequentially("More. ")
    wait_stored(desk)

    save(desk)

    desk.wait_for_url("**/admin/blog/page/")
    assert read(server, f"Page.objects.get(pk={pk}).text.startswith('More. ')") == "True"
    assert kept(desk) == []
    desk.goto(f"/admin/blog/page/{pk}/change/")
    expect(offers(desk)).to_have_count(0)


@pytest.mark.parametrize("is_new", [True, False])
def test_the_session_expires_while_writing(desk, server, is_new):
    title = f"Expired {is_new}"
    path = "/admin/blog/post/add/"
    if not is_new:
        path = f"/admin/blog/post/{make(server, f'make_post(title={title!r})')}/change/"
    desk.goto(path)
    desk.fill("#id_title", title)
    write(desk, "A long evening's work. 一个晚上的成果。")
    desk.context.clear_cookies(name="sessionid")

    save(desk)
    desk.wait_for_url("**/accounts/sign-in/**")
    log_in(desk)

    desk.wait_for_url(f"**{path}")
    if is_new:
        expect(offers(desk)).to_contain_text("A long evening's work. 一个晚上的成果。")
        desk.get_by_role("button", name="Restore").click()
    expect(desk.locator("#id_title")).to_have_value(title)
    expect(desk.locator("#id_text")).to_have_value("A long evening's work. 一个晚上的成果。")
    save(desk)
    expect(desk.locator(".messagelist")).to_contain_text(re.compile("Draft saved|Updated"))
    assert read(server, f"Post.objects.get(title={title!r}).text") == "A long evening's work. 一个晚上的成果。"
    assert kept(desk) == []


@pytest.mark.parametrize("is_new", [True, False])
def test_who_was_signed_out_signs_in_without_leaving_the_text(desk, server, is_new):
    desk.goto("/admin/blog/page/add/" if is_new else f"/admin/blog/page/{make(server, 'make_page()')}/change/")
    write(desk, "Before.")
    server.run("from django.contrib.sessions.models import Session; Session.objects.all().delete()")
    if is_new:
        write(desk, "After.")
    else:
        desk.context.set_offline(True)
        desk.context.set_offline(False)
    expect(offers(desk)).to_contain_text("You are signed out")

    with desk.expect_popup() as popup:
        desk.get_by_role("button", name="Sign in").click()
    log_in(popup.value)

    expect(offers(desk)).to_have_count(0)
    if not popup.value.is_closed():
        popup.value.wait_for_event("close")
    desk.fill("#id_title", f"Signed in again {is_new}")
    write(desk, "Later.")
    if not is_new:
        wait_stored(desk)
    save(desk)
    desk.wait_for_url("**/admin/blog/page/")
    assert read(server, f"Page.objects.get(title='Signed in again {is_new}').text") == "Later."


@pytest.mark.quality
def test_who_signs_in_again_in_another_tab_can_save_in_the_first(desk, server):
    desk.goto("/admin/blog/page/add/")
    desk.fill("#id_title", "Two tabs")
    desk.context.clear_cookies(name="sessionid")
    other = desk.context.new_page()
    sign_in(other)

    save(desk)

    desk.wait_for_url("**/admin/blog/page/")
    assert read(server, "Page.objects.filter(title='Two tabs').count()") == "1"


@pytest.mark.quality
def test_choices_tags_and_new_rows_are_restored_as_well(desk, server):
    server.run("from blog.models import Tag; Tag.objects.create(name='Oolong')")
    path = "/admin/blog/post/{}/change/".format(make(server, "make_post(title='Choices')"))
    desk.goto(path)
    desk.locator(".field-tags .select2-selection--multiple").click()
    desk.locator(".select2-search__field").last.press_sequentially("Ool")
    desk.locator(".select2-results__option", has_text="Oolong").click()
    desk.check("#id_pinned")
    desk.locator("#redirects-group summary").click()
    desk.locator("#redirects-group .add-row a").click()
    desk.fill("#id_redirects-0-path", "/2020/choices/")
    wait_kept(desk, "/2020/choices/")
    page = crash(desk)

    page.goto(path)
    page.get_by_role("button", name="Restore").click()

    expect(page.locator(".field-tags .select2-selection__choice")).to_contain_text("Oolong")
    expect(page.locator("#id_redirects-0-path")).to_have_value("/2020/choices/")
    save(page)
    expect(page.locator(".messagelist")).to_contain_text("Updated")
    code = "[(p.pinned, str(p.status), [t.name for t in p.tags.all()]) for p in Post.objects.filter(title='Choices')]"
    assert read(server, code) == "[(True, 'published', ['Oolong'])]"


def test_a_discarded_draft_is_not_offered_again(desk):
    desk.goto("/admin/blog/page/add/")
    write(desk, "Never mind.")
    wait_kept(desk, "Never mind.")
    page = crash(desk)
    page.goto("/admin/blog/page/add/")

    discard = page.get_by_role("button", name="Discard")
    page.once("dialog", lambda dialog: dialog.dismiss())
    discard.click()
    expect(offers(page)).to_have_count(1)
    assert kept(page) != []

    page.once("dialog", lambda dialog: dialog.accept())
    discard.click()
    expect(offers(page)).to_have_count(0)
    assert kept(page) == []
    page.reload()
    expect(offers(page)).to_have_count(0)


def test_a_draft_is_kept_for_its_owner_and_not_offered_to_another_account(desk, server):
    pk = make(server, "make_page(title='Owned')")
    path = f"/admin/blog/page/{pk}/change/"
    desk.goto(path)
    desk.fill("#id_title", "Ann's own words.")
    wait_kept(desk, "Ann's own words.")
    desk.context.clear_cookies(name="sessionid")
    other = desk.context.new_page()
    other.goto(path)
    log_in(other, "edith")
    other.wait_for_url(f"**{path}")
    expect(other.locator("#id_title")).to_have_value("Owned")
    expect(offers(other)).to_have_count(0)

    save(desk)

    expect(desk.get_by_role("alert")).to_contain_text("This form was opened by another account")
    with desk.expect_popup() as signing_in:
        desk.get_by_role("button", name="Sign out").click()
    log_in(signing_in.value)
    signing_in.value.goto(path)
    expect(offers(signing_in.value)).to_contain_text("Unsaved text from")
    desk.get_by_role("button", name="Send again").click()
    desk.get_by_role("button", name="Send again").click()
    desk.wait_for_url("**/admin/blog/page/")
    assert read(server, f"Page.objects.get(pk={pk}).title") == "Ann's own words."
    assert kept(desk) == []


@pytest.mark.quality
@pytest.mark.parametrize(
    ("path", "button"), [("/admin/", "#logout-form button"), ("/accounts/me/", "form.sign-out button")]
)
def test_signing_out_asks_and_leaves_nothing_behind(desk, path, button):
    desk.goto("/admin/blog/page/add/")
    write(desk, "Only mine.")
    wait_kept(desk, "Only mine.")
    page = crash(desk)
    page.goto(path)

    if path == "/admin/":
        page.locator("#user-button").click()
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.locator(button).click()
    assert len(kept(page)) == 1

    page.once("dialog", lambda dialog: dialog.accept())
    with page.expect_navigation():
        page.locator(button).click()
    assert kept(page) == []
    assert "sessionid" not in {cookie["name"] for cookie in page.context.cookies()}


def test_a_draft_of_an_older_version_leads_to_both_versions(desk, server):
    pk = make(server, "make_page(title='Once.')")
    path = f"/admin/blog/page/{pk}/change/"
    desk.goto(path)
    desk.fill("#id_title", "Mine.")
    wait_kept(desk, "Mine.")
    page = crash(desk)
    server.run(f"from blog.models import Page; p = Page.objects.get(pk={pk}); p.title = 'Theirs.'; p.save()")

    page.goto(path)
    expect(offers(page)).to_contain_text("The saved version has changed since then")
    page.get_by_role("button", name="Restore").click()
    save(page)

    expect(page.locator(".difference del")).to_have_text("Theirs")
    expect(page.locator(".difference ins")).to_have_text("Mine")
    expect(page.locator("#id_title")).to_have_value("Mine.")
    page.get_by_label("Take theirs").check()
    save(page)
    page.wait_for_url("**/admin/blog/page/")
    assert read(server, f"Page.objects.get(pk={pk}).title") == "Theirs."
    assert kept(page) == []


def test_a_refused_form_is_still_unsaved(desk):
    """It comes back from the server as it was sent, and nothing has to be typed for it to be kept."""
    desk.goto("/admin/blog/page/add/")
    write(desk, "Without a title.")
    save(desk)
    expect(desk.locator(".errornote")).to_be_visible()
    expect(offers(desk)).to_have_count(0)
    page = crash(desk)

    page.goto("/admin/blog/page/add/")

    expect(offers(page)).to_contain_text("Without a title.")


def test_a_save_that_never_arrives_is_offered_again(desk):
    desk.goto("/admin/blog/page/add/")
    desk.fill("#id_title", "Lost on the way")
    desk.route("**/page/add/", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    desk.on("dialog", lambda dialog: dialog.accept())

    save(desk)
    desk.wait_for_url("chrome-error://**")
    desk.goto("/admin/blog/page/add/")

    desk.get_by_role("button", name="Restore").click()
    expect(desk.locator("#id_title")).to_have_value("Lost on the way")


def test_two_tabs_keep_a_draft_each_and_offer_none_that_is_open(desk):
    other = desk.context.new_page()
    for page, text in ((desk, "The first."), (other, "The second.")):
        page.goto("/admin/blog/page/add/")
        write(page, text)
        wait_kept(page, text)
    third = desk.context.new_page()
    third.goto("/admin/blog/page/add/")
    write(third, "The third.")
    wait_kept(third, "The third.")
    expect(offers(third)).to_have_count(0)
    assert len(kept(third)) == 3

    desk.close()
    other.close()
    third.close()
    page = third.context.new_page()
    page.goto("/admin/blog/page/add/")

    expect(offers(page)).to_have_count(3)


def test_what_is_typed_while_the_server_is_slow_is_not_offered_to_its_own_tab(desk):
    desk.goto("/admin/blog/page/add/")
    write(desk, "Of a closed tab.")
    wait_kept(desk, "Of a closed tab.")
    page = crash(desk)
    lists = []
    page.route(re.compile(r"/autosave/\?form="), lambda route: lists.append(route))
    page.goto("/admin/blog/page/add/")
    with page.expect_response(lambda answer: answer.request.method == "POST" and "autosave" in answer.url):
        write(page, "Of this one.")

    lists[0].continue_()

    expect(offers(page)).to_have_count(1)
    expect(offers(page)).to_contain_text("Of a closed tab.")


def test_a_browser_without_room_says_so(desk):
    desk.goto("/admin/blog/page/add/")
    desk.evaluate("() => { Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError'); }; }")

    write(desk, "Too much.")

    expect(desk.locator(".editor-note")).to_have_text("This browser cannot keep a copy of your text. Save often.")


def test_a_draft_is_offered_in_chinese(window):
    page = window("/admin/blog/page/add/", locale="zh-CN")
    log_in(page)
    write(page, "写了一半")
    wait_kept(page, "写了一半")
    page = crash(page)
    page.goto("/admin/blog/page/add/")

    expect(offers(page)).to_contain_text(re.compile("此浏览器中保留着 .* 未保存的内容。"))
    expect(page.get_by_role("button", name="恢复")).to_be_visible()


@pytest.mark.parametrize("kind", ["post", "page"])
def test_the_preview_is_the_readers_page_and_the_console_stays_silent(desk, kind):
    said = []
    desk.on("console", lambda message: said.append(message.text))
    desk.on("pageerror", lambda error: said.append(str(error)))
    desk.goto(f"/admin/blog/{kind}/add/")
    desk.fill("#id_title", "Preview")
    write(desk, "Some **words**, `code` and $x^2$.\n\n```python\nprint(1)\n```")

    desk.get_by_role("button", name="Preview").click()
    frame = desk.frame_locator(".writing iframe")
    expect(frame.locator(".prose strong")).to_have_text("words")
    if kind == "post":
        expect(frame.locator(".post-header .meta")).to_contain_text("Ann")

    write(desk, "Other words.")
    expect(frame.locator(".prose")).to_contain_text("Other words.")
    assert said == []


def test_the_preview_of_who_is_signed_out_says_so(desk):
    desk.goto("/admin/blog/post/add/")
    write(desk, "Words.")
    desk.context.clear_cookies(name="sessionid")

    desk.get_by_role("button", name="Preview").click()

    expect(desk.locator(".writing-note")).to_contain_text("The preview cannot be loaded now.")


def test_a_lost_browser_loses_no_new_entry(desk, window):
    """Before its first save it has no document; another browser of the same account is offered it."""
    path = "/admin/blog/page/add/"
    desk.goto(path)
    with desk.expect_response(lambda answer: "/autosave/" in answer.url and answer.request.method == "POST"):
        write(desk, "Written on the phone. 在手机上写的。")
    desk.context.close()

    other = sign_in(window())
    other.goto(path)

    expect(offers(other)).to_contain_text("written in another browser")
    other.get_by_role("button", name="Restore").click()
    expect(other.locator("#id_text")).to_have_value("Written on the phone. 在手机上写的。")


def test_a_lost_browser_loses_no_words(desk, window, server):
    """The server has them within a second; another browser goes on with them."""
    pk = make(server, "make_page(title='Two devices', text='Once.')")
    path = f"/admin/blog/page/{pk}/change/"
    desk.goto(path)
    write(desk, "Written on the phone. 在手机上写的。")
    wait_stored(desk)
    desk.context.close()

    other = sign_in(window())
    other.goto(path)

    expect(other.locator("#id_text")).to_have_value("Written on the phone. 在手机上写的。")
    assert read(server, f"Page.objects.get(pk={pk}).text") == "Once."
    save(other)
    other.wait_for_url("**/admin/blog/page/")
    assert read(server, f"Page.objects.get(pk={pk}).text") == "Written on the phone. 在手机上写的。"
    other.goto(path)
    expect(offers(other)).to_have_count(0)
