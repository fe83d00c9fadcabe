"""Signing in and out as people do it, and how its pages look. Pictures lie in build/screenshots."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import expect

from tests.accounts.github import GitHub
from tests.browser.comments import make_post, wait_live, wait_text, write
from tests.server import Server

pytestmark = pytest.mark.browser

PICTURES = settings.BASE_DIR / "build" / "screenshots"
WIDTHS = {"phone": 360, "desk": 1280}
LOOKS = [
    ("phone", "light", "en-US"),
    ("phone", "dark", "zh-CN"),
    ("desk", "light", "zh-CN"),
    ("desk", "dark", "en-US"),
]


@pytest.fixture(scope="module")
def github():
    with GitHub() as github:
        yield github


@pytest.fixture(scope="module")
def server(tmp_path_factory, github):
    folder = tmp_path_factory.mktemp("accounts")
    environment = {**github.environment, **github.oidc_environment, "EMAIL_URL": f"file:///{folder / 'subscriber'}"}
    with Server(folder, **environment) as server:
        server.run("from tests.people import *; ann(); bob()")
        yield server


@pytest.fixture
def complaints():
    return []


@pytest.fixture
def open_window(window, complaints):
    """A window whose console, and with it the Content-Security-Policy, complains of nothing."""

    def open_window(path: str, **options):
        page = window(**options)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        page.goto(path)
        return page

    yield open_window
    assert complaints == []


def code_for(server, email: str) -> str:
    mails = "".join(path.read_text() for path in (server.folder / "subscriber").iterdir()).split("-" * 79)
    [mail] = [mail for mail in mails if f"To: {email}" in mail]
    return re.search(r"^[A-Z]{4}-[A-Z]{4}$", mail, re.MULTILINE)[0]


def test_by_github_to_a_comment_and_out_again(open_window, server):
    post = make_post(server)
    page = open_window(f"/accounts/sign-in/?next={post}")

    page.get_by_role("button", name="Continue with GitHub").click()
    page.wait_for_url(f"**{post}")
    wait_live(page)
    write(page, "Signed in.", name=None)
    wait_text(page, "Signed in.")
    expect(page.locator(".comment-name")).to_have_text("Bilbo")

    page.get_by_role("link", name="Account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bilbo")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{server.url}/")
    page.get_by_role("link", name="Account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


@pytest.mark.quality
@pytest.mark.parametrize(("width", "scheme", "language"), LOOKS)
def test_pages_look_right(open_window, server, github, width, scheme, language):
    """One visit through all of them: up with a code, around, and erased in the end."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    options = {"viewport": {"width": WIDTHS[width], "height": 800}, "color_scheme": scheme, "locale": language}
    page = open_window("/accounts/sign-in/", **options)

    def picture(name: str) -> None:
        page.screenshot(path=PICTURES / f"account-{name}-{width}-{scheme}-{language}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} scrolls sideways"

    email = f"reader-{width}-{scheme}@shire.example"
    main = page.locator("main")
    page.locator("summary").click()
    picture("sign-in")
    page.locator("[name=login]").fill("bob")
    page.locator("[name=password]").fill("guessed")
    page.locator("details .form-buttons button").click()
    expect(main.locator(".problem")).to_be_visible()
    picture("sign-in-refused")
    page.locator("form[action='/accounts/login/code/'] a").click()
    page.wait_for_url("**/accounts/signup/")
    main.locator("[name=email]").fill(email)
    main.locator("[name=name]").fill("Ann")
    main.locator("button").first.click()
    expect(main.locator(".field-error", has_text=re.compile("."))).to_have_count(1)
    picture("sign-up-refused")
    main.locator("[name=name]").fill("Bilbo of the Shire · 比尔博")
    main.locator("button").first.click()
    page.wait_for_url("**/accounts/confirm-email/")
    picture("code")
    main.locator("[name=code]").fill(code_for(server, email))
    main.locator("button").first.click()
    page.wait_for_url("**/accounts/me/")
    expect(main.locator("h1")).to_have_text("Bilbo of the Shire · 比尔博")
    expect(main.locator("img.avatar")).to_have_js_property("complete", True)
    assert main.locator("img.avatar").evaluate("picture => picture.naturalWidth") > 0
    picture("me")
    for name in ("email", "password/set", "sessions", "2fa"):
        page.goto(f"/accounts/{name}/")
        picture(name.replace("/", "-"))
    page.goto("/accounts/me/erase/")
    page.locator("main button").click()
    expect(main.locator(".field-error").first).to_be_visible()
    picture("erase")
    page.locator("[name=words]").first.check()
    page.locator("[name=confirm]").fill("erase")
    page.locator("main button").click()
    page.wait_for_url("**/accounts/erased/")
    picture("erased")


def test_a_download_is_a_file(open_window, server):
    page = open_window("/accounts/sign-in/")
    page.get_by_role("button", name="Continue with The Shire").click()
    page.wait_for_url("**/accounts/me/")

    with page.expect_download() as download:
        page.get_by_role("link", name="Download my data").click()

    assert '"Bilbo"' in Path(download.value.path()).read_text()


def test_all_of_it_works_without_a_script(open_window, server):
    page = open_window("/accounts/sign-in/", java_script_enabled=False)

    page.get_by_role("button", name="Continue with GitHub").click()

    page.wait_for_url("**/accounts/me/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Bilbo")
