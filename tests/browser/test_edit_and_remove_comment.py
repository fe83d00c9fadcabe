import pytest

from tests.browser.comments import expect, make_post, say, see, wait_live, write

pytestmark = pytest.mark.browser


def test_one_changes_ones_own(window, server):
    post = make_post(server)
    page, other = window(post), window(post)
    wait_live(other)
    write(page, "It was *lovly*")
    see(other, ["It was lovly"])
    expect(other.locator(".comments").get_by_role("button", name="Edit")).to_have_count(0)

    page.get_by_role("button", name="Edit").click()
    form = page.locator(".comment-form.is-edit")
    expect(form.get_by_label("Comment")).to_have_value("It was *lovly*")
    expect(form.locator(".form-status")).to_contain_text("Minutes left")
    form.get_by_label("Comment").fill("It was *lovely*")
    form.get_by_role("button", name="Save").click()

    for window_ in (page, other):
        see(window_, ["It was lovely"])
        expect(window_.locator(".comments .comment-edited")).to_have_text("edited")
    expect(form).to_have_count(0)


def test_what_comes_too_late_is_refused_and_not_lost(window, server):
    post = make_post(server)
    page = window(post)
    write(page, "Too late")
    page.get_by_role("button", name="Edit").click()
    form = page.locator(".comment-form.is-edit")
    form.get_by_label("Comment").fill("A long thought")

    server.run("""
from datetime import timedelta
from blog.models import Comment
last = Comment.objects.last()
Comment.objects.filter(pk=last.pk).update(created_at=last.created_at - timedelta(hours=1))
""")
    form.get_by_role("button", name="Save").click()

    expect(form.locator(".form-error")).to_have_text("It can no longer be changed.")
    expect(form.get_by_label("Comment")).to_have_value("A long thought")
    page.reload()
    wait_live(page)
    see(page, ["Too late"])
    expect(page.locator(".comments .own-actions")).to_have_count(0)


def test_one_removes_ones_own_and_answers_keep_its_place(window, server):
    post = make_post(server)
    page, other = window(post), window(post)
    wait_live(other)
    write(page, "Said in haste")
    see(other, ["Said in haste"])
    own = page.locator(".comment", has_text="Said in haste")
    say(server, post, "I heard it", parent=int(own.get_attribute("id").partition("-")[2]))
    see(page, ["Said in haste", "I heard it"])

    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete this comment?").click()

    for window_ in (page, other):
        see(window_, ["I heard it"])
        expect(window_.locator(".comments .comment-placeholder")).to_have_text("This comment was removed.")


@pytest.mark.parametrize("others", [0, 1])
def test_a_removed_comment_that_answers_none_disappears_everywhere(window, server, others):
    post = make_post(server)
    page, other = window(post), window(post)
    errors = []
    for window_ in (page, other):
        window_.on("pageerror", lambda error: errors.append(str(error)))
        wait_live(window_)
    for n in range(others):
        say(server, post, f"Stays {n}", name="Bob")
    write(page, "Said in haste")
    see(other, [*(f"Stays {n}" for n in range(others)), "Said in haste"])

    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete this comment?").click()

    expect(page.locator(".toast")).to_have_text("Your comment was deleted.")
    for window_ in (page, other):
        see(window_, [f"Stays {n}" for n in range(others)])
        expect(window_.locator(".comment-count")).to_have_text(str(others))
        expect(window_.locator(".no-comments")).to_be_visible(visible=not others)
    assert errors == []


def test_a_reader_asks_the_author_to_look(window, server):
    post = make_post(server)
    said = say(server, post, "Rude words")
    page = window(post)
    page.on("dialog", lambda dialog: dialog.accept("This is rude."))

    page.locator(f"#comment-{said['id']}").get_by_role("button", name="Report").click()

    expect(page.locator(".toast")).to_have_text("Thank you. The author will review this comment.")
    reports = "from blog.models import Report; print(*Report.objects.values_list('comment', 'reason'))"
    assert server.run(reports) == f"({said['id']}, 'This is rude.')"
