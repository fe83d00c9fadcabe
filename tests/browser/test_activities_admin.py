"""From the author's desk to a reader's open page: words, a pasted photo, and a link that becomes a card."""

from base64 import b64encode

import pytest
from playwright.sync_api import expect

from tests.activities.linked_site import site
from tests.browser.comments import sign_in
from tests.media.sample_images import picture
from tests.server import Server

pytestmark = pytest.mark.browser

HTML = b"""<!doctype html><title>Herons</title><meta name=description content="They stand still.">
<meta property="og:image" content="/heron.png">"""

PASTE = """([encoded, how]) => {
  const bytes = Uint8Array.from(atob(encoded), (c) => c.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], "heron.png", { type: "image/png" }));
  const event = how === "paste"
    ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
    : new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
  document.getElementById("id_text").dispatchEvent(event);
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """It reads other people's pages; 127.0.0.1 counts as one of them."""
    options = {
        "JOBS_IN_SERVER": "true",
        "JOBS_POLL_SECONDS": "0.2",
        "HTTP_CLIENT_ALLOW": "127.0.0.1/32",
        "HTTP_CLIENT_PAUSE": "0",
    }
    with Server(tmp_path_factory.mktemp("server"), **options) as server:
        server.run("from tests.people import ann; ann()")
        yield server


def is_painted(image) -> bool:
    return image.evaluate("(image) => image.decode().then(() => image.naturalWidth > 0)")


@pytest.mark.parametrize("how", ["paste", "drop"])
def test_what_is_written_at_the_desk_is_seen_by_who_reads(window, how):
    reader = window("/activities/")
    expect(reader.locator(".activities")).to_have_attribute("data-live", "socket")
    desk = sign_in(window())
    pages = {"/": (200, "text/html", HTML), "/heron.png": (200, "image/png", picture(width=300, height=200))}

    with site(pages) as birds:
        desk.goto("/admin/blog/activity/add/")
        desk.get_by_label("Text").fill(f"A heron, by {how}.")
        desk.get_by_label("Links").fill(f"{birds.url}/")
        desk.evaluate(PASTE, [b64encode(picture(width=90, height=60)).decode(), how])
        desk.get_by_role("button", name="Save", exact=True).click()
        desk.wait_for_url("**/admin/blog/activity/")

        shown = reader.locator(".activity", has_text=f"A heron, by {how}.")
        expect(shown.locator(".link-card .link-title")).to_have_text("Herons")

    expect(shown.locator(".activity-photos img")).to_have_attribute("width", "90")
    expect(shown.locator(".link-card img")).to_have_attribute("width", "300")
    shown.scroll_into_view_if_needed()
    assert is_painted(shown.locator(".activity-photos img"))
    assert is_painted(shown.locator(".link-card img"))
