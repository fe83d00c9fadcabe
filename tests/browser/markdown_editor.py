"""How an author writes in the admin's Markdown editor. Its text is also the value of the hidden `#id_text`."""

TEXT = "#id_text"


def editor(page):
    return page.locator(".cm-content")


def write(page, text: str, field: str = TEXT) -> None:
    """Replace the whole text of a field, in the editor where it has one."""
    page.wait_for_selector(field, state="attached")
    page.wait_for_load_state()
    if field == TEXT:
        wait_shared(page)
    if field == TEXT and page.locator("#markdown-words").count():
        editor(page).click()
        page.keyboard.press("Control+a")
        page.keyboard.press("Delete")
        page.keyboard.insert_text(text)
    else:
        page.locator(field).fill(text)


def wait_shared(page) -> None:
    """Until the text of a saved entry is the document that others edit as well."""
    if page.locator("#markdown-words[data-document]").count():
        page.wait_for_selector(f"{TEXT}[data-document]", state="attached")


def wait_stored(page) -> None:
    """Until the server has all that was written."""
    page.wait_for_selector(f"{TEXT}[data-document='']", state="attached")


def put_caret(page, at: int) -> None:
    """By the keyboard, from the start of the text."""
    editor(page).press("Control+Home")
    for _ in range(at):
        page.keyboard.press("ArrowRight")
