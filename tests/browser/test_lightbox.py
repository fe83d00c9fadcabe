"""Images of a post open large."""

import base64
import io

import pytest
from PIL import Image
from playwright.sync_api import expect


def picture(width: int) -> str:
    file = io.BytesIO()
    Image.new("RGB", (width, 40), "green").save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


@pytest.fixture(scope="module", autouse=True)
def _post(server):
    text = f'![A lake]({picture(2000)} "The lake")\n\n![A dot]({picture(20)})\n'
    server.run(f"from tests.factories import make_post; make_post(title='Lake', text={text!r})")


def test_an_image_that_is_shown_smaller_opens_by_key_and_click(window):
    page = window("/post/lake/")
    image = page.get_by_role("button", name="A lake")
    expect(image).to_be_visible()

    image.focus()
    page.keyboard.press("Enter")

    dialog = page.locator("dialog.lightbox")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("The lake")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(image).to_be_focused()
    image.click()
    expect(dialog).to_be_visible()
    dialog.click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="A dot")).to_have_count(0)
