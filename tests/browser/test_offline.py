"""Pages that were read, without a network, where the site settings say so; and the next page, before it is clicked."""

import pytest
from playwright.sync_api import expect

from tests.server import Server, until

pytestmark = pytest.mark.browser

READER = {"user_agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36"}
"""Browsers without a window are not counted."""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("server"), PAGE_CACHE_MB="32", VIEWS_WRITE_SECONDS="0.2") as server:
        server.run(
            "from tests.factories import make_post\n"
            "for name in ('One', 'Two', 'Three'): make_post(title=name, text=f'The text of {name}. ' * 40)"
        )
        set_offline_pages(server, True)
        yield server


def set_offline_pages(server, value: bool) -> None:
    server.run(
        "from frodo.site_settings.models import SiteSettings\n"
        f"row = SiteSettings.current(); row.offline = {value}; row.save()\n"
        "from blog.cache_purging import purge_pages; purge_pages()"
    )
    until(lambda: ("data-worker" in server.ask("/")[1]) == value, "the pages to follow the setting")


def ready(page) -> None:
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    until(lambda: page.evaluate("navigator.serviceWorker.controller !== null"), "the worker to be in control")


def kept(page) -> list[str]:
    return page.evaluate(
        """async () => {
          const paths = [];
          for (const name of await caches.keys())
            for (const request of await (await caches.open(name)).keys()) paths.push(new URL(request.url).pathname);
          return paths;
        }"""
    )


def test_what_was_read_can_be_read_without_a_network_and_nothing_else(window, server):
    set_offline_pages(server, True)
    page = window("/post/one/")
    ready(page)
    page.goto("/post/two/")
    page.goto("/accounts/sign-in/")
    page.goto("/post/two/")
    expect(page.locator(".comment-form")).to_be_visible()
    until(lambda: "/post/two/" in kept(page), "the page to be kept")
    assert not [path for path in kept(page) if path.startswith(("/api/", "/accounts/", "/admin/", "/service-worker"))]

    page.context.set_offline(True)
    page.goto("/post/two/", wait_until="domcontentloaded")

    expect(page.locator(".text")).to_contain_text("The text of Two.")
    assert page.evaluate("getComputedStyle(document.querySelector('.site-bar')).display") == "flex"  # styles came along
    page.goto("/post/three/", wait_until="domcontentloaded")
    expect(page.get_by_role("heading", name="You are offline")).to_be_visible()
    expect(page.locator(".kept-page", has_text="Two")).to_be_visible()
    page.get_by_role("button", name="Delete the pages").click()
    expect(page.locator(".kept-page")).to_have_count(0)
    expect(page.get_by_role("button", name="Delete the pages")).to_be_hidden()


def test_with_a_network_nothing_old_is_shown_and_what_was_deleted_is_forgotten(window, server):
    set_offline_pages(server, True)
    page = window("/post/three/")
    ready(page)
    page.goto("/post/three/")
    until(lambda: "/post/three/" in kept(page), "the page to be kept")

    server.run(
        "from blog.models import Post\npost = Post.objects.get(slug='three'); post.text = 'New words.'; post.save()"
    )
    until(lambda: "New words." in server.ask("/post/three/")[1], "the server to have the new text")
    page.goto("/post/three/")
    expect(page.locator(".text")).to_contain_text("New words.")

    server.run(
        "from blog.models import Post\npost = Post.objects.get(slug='three'); post.status = 'draft'; post.save()"
    )
    until(lambda: server.ask("/post/three/")[0] == 404, "the post to be gone")
    page.goto("/post/three/")
    until(lambda: "/post/three/" not in kept(page), "the copy to be gone")


def test_a_page_that_asks_for_a_password_now_is_forgotten(window, server):
    set_offline_pages(server, True)
    server.run("from tests.factories import make_post\nmake_post(title='Four', text='The text of Four.')")
    until(lambda: server.ask("/post/four/")[0] == 200, "the new post")
    page = window("/post/four/")
    ready(page)
    page.goto("/post/four/")
    until(lambda: "/post/four/" in kept(page), "the page to be kept")

    server.run(
        "from blog.models import Post\npost = Post.objects.get(slug='four')\n"
        "post.visibility, post.password = 'password', 'x'; post.save()"
    )
    until(lambda: "The text of Four." not in server.ask("/post/four/")[1], "the post to ask for its password")
    page.goto("/post/four/")

    until(lambda: "/post/four/" not in kept(page), "the copy to be gone")


def test_comments_arrive_live_beside_the_worker(window, server):
    set_offline_pages(server, True)
    page = window("/post/one/")
    ready(page)
    page.goto("/post/one/")
    expect(page.locator("[data-live='socket']")).to_be_attached()

    server.ask("/api/posts/one/comments/", {"text": "Seen live", "name": "Bob"})

    expect(page.get_by_text("Seen live")).to_be_visible()


def test_the_setting_switched_off_removes_the_worker_and_what_it_kept(window, server):
    set_offline_pages(server, True)
    page = window("/post/one/")
    ready(page)

    set_offline_pages(server, False)
    page.goto("/post/two/")

    gone = "async () => !(await navigator.serviceWorker.getRegistrations()).length && !(await caches.keys()).length"
    until(lambda: page.evaluate(f"({gone})()"), "the worker to be gone")


def test_the_next_page_is_ready_before_the_click_and_counts_when_it_is_read(window, server):
    set_offline_pages(server, False)
    page = window("/", **READER)
    views = "from blog.models import Post; print(Post.objects.get(slug='two').n_views)"
    before = int(server.run(views))
    link = page.locator(".card-title a", has_text="Two")

    with page.context.expect_event("response", lambda found: found.url.endswith("/post/two/")) as ahead:
        link.hover()
    assert ahead.value.request.headers["sec-purpose"] == "prefetch"
    assert int(server.run(views)) == before
    link.click()
    page.wait_for_url("**/post/two/")

    assert page.evaluate("performance.getEntriesByType('navigation')[0].deliveryType") == "navigational-prefetch"
    until(lambda: int(server.run(views)) == before + 1, "the view to be counted")
