"""Every kind of page is valid HTML, to the W3C's checker, and has nothing that axe finds for people with disabilities.

axe sees pages in English at a desktop's width, and in Chinese at a phone's.
"""

import json
import mimetypes
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client, override_settings

from blog.models import Page as BlogPage
from blog.models import Post
from frodo.settings import STORAGES
from tests import npm, people
from tests.browser.conftest import open_chromium
from tests.conftest import clear_caches
from tests.markdown.shared import CORPUS, corpus
from tests.markdown.test_structure import FOLDERS
from tests.media.sample_images import picture
from tests.posts.json_ld import json_ld_faults
from tests.site.every_kind_of_page import Page, every_kind_of_page

pytestmark = pytest.mark.django_db

SITE = "https://blog.example"
WIDTHS = {"en": 1280, "zh-hans": 390}
THEMES = ["", "magazine"]
SCHEMES = {"light": {"theme": "light"}, "dark": {"theme": "dark"}, "sepia": {"theme": "light", "paper": "sepia"}}
"""What static/js/theme.js keeps of the reader's choice."""
TEMPLATES = settings.BASE_DIR / "templates"
NO_PAGE = (
    "admin/",
    "moderation/queue",
    "moderation/comment",
    "notifications/answer",
    "notifications/confirm",
    "notifications/comment",
    "notifications/review",
)
"""Screens of the admin, and e-mails."""
READ_MOST = {"/", "/post/walk-1/", "/archives/", "/search/?q=walk", "/p/about-us/"}
OWN_HTML = (
    "hexo:docs/tag-plugins.md: Element",
    "hexo:_posts/markdown.md: Element “div” not allowed as child of element “dl”",
    "ghost:6f28cfd8-7879-4608-8062-d5533eef63ac: Element",
)
"""What their authors wrote as HTML, and is shown as they did: a `<b>` that is never closed, code between the terms of a
`<dl>`, paragraphs inside a `<pre>`."""
OWN_WORDS = re.compile(": (empty-heading|image-redundant-alt): |^hexo:_posts/markdown.md: definition-list: ")
"""What only they could write in another way: headings without words, descriptions that repeat the text."""
SWAGGER_UI = "api_docs.html"
"""A script that is not ours makes all of it, and axe finds faults in what it makes: no pages are made of it here."""


@pytest.fixture(scope="module")
def pages(django_db_setup, django_db_blocker, tmp_path_factory) -> Callable[..., list[Page]]:
    media = tmp_path_factory.mktemp("media")

    @cache
    def pages(language: str, theme: str = "") -> list[Page]:
        clear_caches()
        with django_db_blocker.unblock(), transaction.atomic():
            with override_settings(STORAGES=STORAGES, MEDIA_ROOT=media, SITE_URL=SITE, THEME=theme):
                found = every_kind_of_page(language)
            transaction.set_rollback(True)
        clear_caches()
        return found

    return pages


def test_no_kind_of_page_is_missing_here(pages):
    rendered = set().union(*(page.templates for page in pages("en")))
    all_there_are = {path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html")}
    whole_pages = {name for name in all_there_are if "/_" not in f"/{name}" and not name.startswith(NO_PAGE)}

    assert whole_pages - {"base.html", SWAGGER_UI} - rendered == set()


@pytest.mark.parametrize("theme", ["", pytest.param("magazine", marks=pytest.mark.quality)])
def test_the_w3c_finds_no_error_on_any_page(pages, tmp_path, theme):
    found = [page for language in WIDTHS for page in pages(language, theme)]

    assert w3c_errors(found, tmp_path) == []


def w3c_errors(pages: list[Page], folder: Path) -> list[str]:
    jar = npm.package("vnu-jar", "build/dist/vnu.jar")
    if shutil.which("java") is None:
        npm.skip("Java is not installed; the W3C's checker needs it.")
    for n, page in enumerate(pages):
        (folder / f"{n}.html").write_text(page.html, encoding="utf-8")
    command = ["java", "-jar", jar, "--format", "json", "--stdout", "--exit-zero-always", folder]
    said = subprocess.run(command, capture_output=True, text=True, timeout=600, check=True)
    errors = [message for message in json.loads(said.stdout)["messages"] if message["type"] == "error"]
    names = [pages[int(Path(urlsplit(error["url"]).path).stem)].name for error in errors]
    return [f"{name}: {error['message']} {error.get('extract', '')}" for name, error in zip(names, errors, strict=True)]


@pytest.mark.parametrize("language", WIDTHS)
def test_structured_data_is_valid_on_every_page(pages, language):
    faults = [f"{page.name}: {fault}" for page in pages(language) for fault in json_ld_faults(page.html)]

    assert faults == []


@pytest.mark.browser
@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("zh-hans", "dark")])
def test_axe_finds_nothing_on_the_pages_that_are_read_most(pages, language, scheme):
    found = [page for page in pages(language) if page.path in READ_MOST and page.name == page.path]

    assert len(found) == len(READ_MOST)
    assert findings(found, language, scheme) == []


@pytest.mark.quality
@pytest.mark.browser
@pytest.mark.parametrize(("theme", "language", "scheme"), list(product(THEMES, WIDTHS, SCHEMES)))
def test_axe_finds_nothing_on_any_kind_of_page(pages, theme, language, scheme):
    assert findings(one_of_each(pages(language, theme)), language, scheme) == []


def one_of_each(pages: list[Page]) -> list[Page]:
    """The last page of each set of templates: the fullest one."""
    return list({frozenset(page.templates): page for page in pages}.values())


@pytest.mark.quality
@pytest.mark.browser
@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("zh-hans", "dark")])
def test_axe_finds_nothing_on_any_page(pages, language, scheme):
    assert findings(pages(language), language, scheme) == []


@pytest.fixture(scope="module")
def posts_of_others(django_db_setup, django_db_blocker, tmp_path_factory) -> list[Page]:
    """Pages of all posts of the corpus."""
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(STORAGES=STORAGES, MEDIA_ROOT=tmp_path_factory.mktemp("others"), SITE_URL=SITE):
            people.ann()
            exports = [path for path in sorted((CORPUS / "wxr").rglob("*")) if path.suffix in (".xml", ".wxr")]
            for source in [*map(corpus, FOLDERS), *exports, *sorted((CORPUS / "ghost" / "export").glob("*.json"))]:
                with suppress(CommandError):  # of broken exports, which it refuses
                    call_command("import_blog", source, author="ann", verbosity=0)
            entries = [*Post.objects.published(), *BlogPage.objects.published()]
            found = [
                Page(entry.origin, entry.url, Client().get(entry.url).content.decode(), set()) for entry in entries
            ]
        transaction.set_rollback(True)
    clear_caches()
    return found


@pytest.mark.quality
def test_the_w3c_finds_no_error_in_the_posts_of_others(posts_of_others, tmp_path):
    errors = w3c_errors(posts_of_others, tmp_path)

    assert [error for error in errors if not error.startswith(OWN_HTML)] == []


@pytest.mark.quality
@pytest.mark.browser
@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_in_the_posts_of_others(posts_of_others, scheme):
    found = findings(posts_of_others, "en", scheme)

    assert [finding for finding in found if not OWN_WORDS.search(finding)] == []


def findings(pages: list[Page], language: str, scheme: str) -> list[str]:
    axe = npm.package("axe-core", "axe.min.js").read_text(encoding="utf-8")
    with open_chromium() as chromium:
        return list(look(chromium, axe, pages, language, scheme))


def look(chromium, axe: str, pages: list[Page], language: str, scheme: str) -> Iterator[str]:
    window = {"width": WIDTHS[language], "height": 900}
    context = chromium.new_context(viewport=window, reduced_motion="reduce", locale=language)
    context.add_init_script(f"Object.assign(localStorage, {json.dumps(SCHEMES[scheme])})")
    waiting: list[Page] = []
    context.route("**/*", lambda route: answer(route, waiting))
    context.add_init_script(axe)
    tab = context.new_page()
    for page in pages:
        waiting.append(page)
        tab.goto(SITE + page.path, wait_until="networkidle")
        result = tab.evaluate("axe.run(document, {resultTypes: ['violations'], iframes: false})")
        for violation in result["violations"]:
            for node in violation["nodes"]:
                yield f"{page.name}: {violation['id']}: {node['html'][:200]}"


def answer(route, waiting: list[Page]) -> None:
    """The page that waits for its address; static files, a picture for every picture, nothing for anything else."""
    request, path = route.request, urlsplit(route.request.url).path
    static = settings.BASE_DIR / re.sub(r"^/theme/(\w+)/\w+/", r"/themes/\1/static/", path).removeprefix("/")
    if request.is_navigation_request() and request.frame.parent_frame is None:
        if waiting:
            route.fulfill(body=waiting.pop().html, content_type="text/html; charset=utf-8")
        else:
            route.fulfill(status=204)  # a page that leads on by itself stays
    elif path.startswith(("/static/", "/theme/")) and static.is_file():
        route.fulfill(body=static.read_bytes(), content_type=mimetypes.guess_type(path)[0])
    elif request.resource_type == "image":
        route.fulfill(body=picture(), content_type="image/png")
    else:
        route.fulfill(status=404, body="")
