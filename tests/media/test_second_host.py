"""Images of the folder, shown from a host of their own (MEDIA_PUBLIC_URL)."""

from pathlib import Path

import pytest

from tests.media.sample_images import picture
from tests.media.test_served import STORE, get
from tests.server import Server

MEDIA = "https://media.blog.example"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("second"), MEDIA_PUBLIC_URL=MEDIA, JOBS_IN_SERVER="false") as server:
        yield server


@pytest.fixture(scope="module")
def path(server) -> str:
    url = server.run(STORE.format(data=picture("png", 20, 20).hex())).splitlines()[-1]
    assert url.startswith(f"{MEDIA}/media/uploads/")
    return url.removeprefix(MEDIA)


def test_a_page_shows_it_from_there_whatever_the_text_says(server, path):
    for n, url in enumerate((path, MEDIA + path)):
        code = f"from tests.factories import make_post; print(make_post(title='Tea {n}', text='![]({url})').html)"
        assert f'src="{MEDIA}{path}" width="20" height="20"' in server.run(code)


def test_only_that_host_sends_it(server, path):
    status, headers, body = get(server, path, Host="media.blog.example")
    assert (status, headers["content-type"]) == (200, "image/png")
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "sandbox" in headers["content-security-policy"]
    assert len(body) == int(headers["content-length"])

    status, headers, _body = get(server, path)
    assert (status, headers["location"]) == (302, MEDIA + path)


def test_that_host_has_no_pages(server):
    for path in ("/", "/post/tea-0/", "/admin/", "/api/posts/"):
        assert get(server, path, Host="media.blog.example")[0] == 400


def test_the_folder_is_where_it_was(server, path):
    assert (Path(server.environment["MEDIA_ROOT"]) / path.removeprefix("/media/")).is_file()
