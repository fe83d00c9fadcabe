"""The list of activities, open while the author writes."""

import json
from itertools import count

import pytest
from playwright.sync_api import expect

from tests.browser.comments import reconnect_quickly
from tests.server import until

pytestmark = pytest.mark.browser

numbers = count(1)


def do(server, code: str) -> str:
    return server.run(
        "from tests.factories import make_activity; from blog.activities.services import *;"
        f"from blog.models import Activity; from blog.reactions.services import react; {code}"
    )


def post(server, text: str, **fields) -> int:
    return int(do(server, f"print(make_activity(text={text!r}, days_ago=0, **{fields!r}).pk)"))


@pytest.fixture(scope="module", autouse=True)
def _long_list(server):
    do(server, "[make_activity(text=f'Number {n}.' + ' Words.' * 200, days_ago=n + 1) for n in range(5)]")


@pytest.fixture
def stream(window):
    """The list, open and listening."""

    def stream(**options):
        page = window("/activities/", **options)
        expect(page.locator(".activities")).to_have_attribute("data-live", options.get("how", "socket"))
        return page

    return stream


def activity(page, pk: int):
    return page.locator(f"#activity-{pk}")


def test_a_new_one_appears_at_the_top(server, stream):
    page = stream()

    pk = post(server, "A heron by the river.")

    expect(page.locator(".activity").first).to_have_id(f"activity-{pk}")
    expect(page.locator(".activity").first).to_contain_text("A heron by the river.")
    expect(page.locator(".new-activities-status")).to_have_text("New: A heron by the river.")
    expect(page.locator(".new-items-button")).to_be_hidden()


def test_who_reads_further_down_stays_there_and_a_pill_leads_up(server, stream):
    page = stream()
    last = page.locator(".activity").last
    last.scroll_into_view_if_needed()
    before = last.bounding_box()["y"]

    pk = post(server, "Up here.")

    pill = page.locator(".new-items-button")
    expect(pill).to_have_text("1 new")
    assert abs(last.bounding_box()["y"] - before) < 2
    pill.click()
    expect(activity(page, pk)).to_be_in_viewport()
    expect(pill).to_be_hidden()


def test_an_edit_while_the_list_is_being_fetched_is_seen(server, window):
    page = window()
    frames, held = [], []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: frames.append(frame)))

    def hold_first(route):
        if route.request.resource_type == "fetch" and not held:
            held.append((route, route.fetch()))
        else:
            route.continue_()

    page.route("**/activities/", hold_first)
    page.goto("/activities/")
    expect(page.locator(".activities")).to_have_attribute("data-live", "socket")

    pk = post(server, "A hreon at noon.")
    until(lambda: page.evaluate("true") and held, "the page's request")
    seen = len(frames)
    do(server, f"update_activity(Activity.objects.get(pk={pk}), text='A grey heron.')")
    until(lambda: page.evaluate("true") and len(frames) > seen, "the second event")
    route, answer = held[0]
    route.fulfill(response=answer)

    expect(activity(page, pk)).to_contain_text("A grey heron.")


@pytest.mark.quality
def test_an_edit_a_count_and_a_removal_are_seen(server, stream):
    pk = post(server, "A hreon.")
    page = stream()

    do(server, f"update_activity(Activity.objects.get(pk={pk}), text='A heron.')")
    expect(activity(page, pk)).to_contain_text("A heron.")

    slug = do(server, f"print(Activity.objects.get(pk={pk}).slug)")
    status, _said = server.ask(f"/api/posts/{slug}/comments/", {"name": "Bob", "text": "Lovely."})
    assert status == 201
    expect(activity(page, pk).locator(".activity-comments")).to_have_text("1 comment")
    do(server, f"react(Activity.objects.get(pk={pk}), 'love', visitor='bob')")
    expect(activity(page, pk).locator(".activity-reactions")).to_contain_text("1")

    do(server, f"delete_activity(Activity.objects.get(pk={pk}))")
    expect(activity(page, pk)).to_have_count(0)


def test_it_is_the_same_by_polling(server, window):
    page = reconnect_quickly(window())
    page.add_init_script(
        "window.WebSocket = class { constructor() { setTimeout(() => this.onclose({}), 50); } close() {} };"
    )
    page.goto("/activities/")

    pk = post(server, "Without a socket.")

    expect(activity(page, pk)).to_be_visible()
    expect(page.locator(".activities")).to_have_attribute("data-live", "polling")


def test_its_own_page_shows_other_words_and_comments(server, window):
    pk = post(server, "A hreon.")
    slug = do(server, f"print(Activity.objects.get(pk={pk}).slug)")
    page = window(f"/activities/{pk}/")
    page.wait_for_selector("#comments[data-live=socket]", state="attached")

    server.ask(f"/api/posts/{slug}/comments/", {"name": "Bob", "text": "You mean a heron."})
    expect(page.locator(".comments .comment-text")).to_have_text(["You mean a heron."])

    do(server, f"update_activity(Activity.objects.get(pk={pk}), text='A heron.')")
    expect(activity(page, pk)).to_contain_text("A heron.")
    expect(page.locator(".post-updated")).to_be_hidden()


def test_a_reaction_is_given_on_its_own_page(server, window):
    pk = post(server, "A heron.")
    page = window(f"/activities/{pk}/")

    page.locator(".post-reactions [data-kind=love]").click()

    expect(page.locator(".post-reactions [data-kind=love] .reaction-count")).to_have_text("1")
    # The page counts at once, before the server has answered.
    until(lambda: '{"love": 1}' in json.dumps(server.ask("/api/activities/events/?since=0")), "the event")
