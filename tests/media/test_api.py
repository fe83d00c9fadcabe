"""`/api/uploads/`, for those who write."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.tokens.services import create_personal_token
from blog.media.services import store
from blog.models import Upload
from tests import people
from tests.factories import make_post
from tests.media.sample_images import bomb, picture

pytestmark = pytest.mark.django_db
HOME = "/api/uploads/"


def browser(user=None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


def send(client: Client, data: bytes | None = None, name: str = "tea.png", kind: str = "image/png", **more):
    file = SimpleUploadedFile(name, picture() if data is None else data, content_type=kind)
    headers = more.pop("headers", {})
    return client.post(HOME, {"file": file, **more}, headers=headers)


@pytest.fixture
def edith(db):
    return people.edith()


@pytest.fixture
def cid(db):
    return people.cid()


@pytest.mark.parametrize("who", ["ann", "edith", "cid"])
def test_a_picture_is_sent_in(request, who):
    user = request.getfixturevalue(who)

    answer = send(browser(user), alt="A cup")

    said = answer.json()
    upload = Upload.objects.get()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"{HOME}{upload.pk}/"
    assert upload.user == user
    assert said["created_at"]
    del said["created_at"]
    assert said == {
        "id": upload.pk,
        "url": upload.url,
        "kind": "png",
        "width": 40,
        "height": 30,
        "n_bytes": upload.n_bytes,
        "n_frames": 1,
        "alt": "A cup",
        "label": "tea.png",
        "markdown": f"![A cup]({upload.url})",
        "srcset": {},
        "state": "ready",
    }


def test_readers_and_strangers_send_nothing(bob):
    for client, status, code in ((browser(bob), 403, "not_a_writer"), (browser(), 403, None)):
        for answer in (send(client), client.get(HOME), client.get(f"{HOME}1/"), client.delete(f"{HOME}1/")):
            assert answer.status_code in (401, status)
            assert code is None or answer.json()["error"]["code"] == code
    assert not Upload.objects.exists()


def test_another_sites_page_sends_nothing(ann):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ann)

    assert send(client).status_code == 403
    client.cookies["csrftoken"] = "a" * 32
    with_token = {"X-CSRFToken": "a" * 32, "Sec-Fetch-Site": "cross-site"}
    assert send(client, headers=with_token).json()["error"]["code"] == "other_site"
    assert not Upload.objects.exists()


def test_a_page_of_ours_sends_with_its_token(ann):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ann)
    client.cookies["csrftoken"] = "a" * 32

    assert send(client, headers={"X-CSRFToken": "a" * 32}).status_code == 201


@pytest.mark.parametrize(
    ("data", "name", "kind", "status", "code"),
    [
        (b"<svg onload='alert(1)'/>", "x.svg", "image/svg+xml", 415, "not_an_image"),
        (b"<svg onload='alert(1)'/>", "x.png", "image/png", 415, "not_an_image"),
        (b"Dear diary", "x.jpg", "image/jpeg", 415, "not_an_image"),
        (b"", "x.png", "image/png", 415, "not_an_image"),
        (bomb(), "x.png", "image/png", 413, "too_many_pixels"),
        (picture("png", 200, 200)[:3000], "x.png", "image/png", 422, "broken_image"),
    ],
    ids=["svg", "svg named png", "text", "empty", "bomb", "half"],
)
def test_what_is_refused(ann, data, name, kind, status, code):
    answer = send(browser(ann), data, name, kind)

    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (status, code)
    assert error["fields"]["file"] == [error["message"]]
    assert not Upload.objects.exists()


def test_too_many_bytes(ann, settings):
    settings.UPLOAD_MAX_MB = 1

    answer = send(browser(ann), picture() + bytes(1024**2))

    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


@pytest.mark.parametrize(("name", "kind"), [("x.html", "text/html"), ("x.svg", "image/svg+xml"), ("x.php", "x/y")])
def test_a_picture_is_what_it_is_whatever_it_is_called(ann, name, kind):
    said = send(browser(ann), picture("gif"), name, kind).json()

    assert said["kind"] == "gif"
    assert said["url"].endswith(".gif")


def test_a_refusal_speaks_the_authors_language(ann):
    answer = send(browser(ann), b"no", headers={"Accept-Language": "zh-hans"})

    assert "图片" in answer.json()["error"]["message"]


@pytest.mark.parametrize("body", [{}, {"alt": "no file"}, {"file": "words"}])
def test_a_form_without_a_file(ann, body):
    answer = browser(ann).post(HOME, body)

    assert answer.status_code == 400
    assert "file" in answer.json()["error"]["fields"]


def test_what_is_no_form(ann):
    client = browser(ann)
    for body, kind in (
        (b"--x\r\nnonsense", "multipart/form-data; boundary=x"),
        (b"x", "multipart/form-data"),
        (b"{}", "application/json"),
        (picture(), "image/png"),
    ):
        answer = client.post(HOME, body, content_type=kind)
        assert answer.status_code in (400, 415)
        assert answer.json()["error"]["code"]


def test_a_description_that_is_too_long(ann):
    assert "alt" in send(browser(ann), alt="x" * 501).json()["error"]["fields"]


def test_sending_again_with_the_same_key_stores_once(ann):
    client = browser(ann)

    first, again = (send(client, headers={"Idempotency-Key": "one"}) for _ in range(2))

    assert first.json() == again.json()
    assert Upload.objects.count() == 1


def test_not_without_end(ann, cid, settings):
    settings.UPLOAD_RATE = "2/900d"
    client = browser(ann)
    assert [send(client).status_code for _ in range(3)] == [201, 201, 429]

    assert int(send(client).headers["Retry-After"]) > 0
    assert send(browser(cid)).status_code == 201


def test_one_sees_ones_own_and_editors_see_all(ann, cid, edith):
    theirs, own = store(picture(), user=ann), store(picture(), user=cid)

    def seen(user) -> list[int]:
        return [one["id"] for one in browser(user).get(HOME).json()["results"]]

    assert seen(cid) == [own.pk]
    assert seen(edith) == seen(ann) == [own.pk, theirs.pk]
    assert browser(cid).get(f"{HOME}{theirs.pk}/").status_code == 404
    assert browser(cid).patch(f"{HOME}{theirs.pk}/", {}, "application/json").status_code == 404
    assert browser(cid).delete(f"{HOME}{theirs.pk}/").status_code == 404


def test_the_list_comes_in_pages(ann):
    uploads = [store(picture(), user=ann, alt=f"Tea {n}") for n in range(5)]
    client = browser(ann)

    first = client.get(HOME, {"limit": 2}).json()
    second = client.get(first["next"]).json()
    third = client.get(second["next"]).json()

    found = [one["id"] for page in (first, second, third) for one in page["results"]]
    assert found == [upload.pk for upload in reversed(uploads)]
    assert third["next"] is None
    assert [one["alt"] for one in client.get(HOME, {"q": "tea 3"}).json()["results"]] == ["Tea 3"]


def test_a_list_costs_the_same_however_long(ann):
    client, costs = browser(ann), []
    for n in (1, 9):
        for _ in range(n):
            store(picture(), user=ann)
        with CaptureQueriesContext(connection) as asked:
            assert len(client.get(HOME, {"expand": "user", "fields": "id,user"}).json()["results"]) in (1, 10)
        costs.append(len(asked))

    assert costs[0] == costs[1]


def test_its_description_can_be_changed(ann):
    upload = store(picture(), user=ann)
    client = browser(ann)

    answer = client.patch(f"{HOME}{upload.pk}/", {"alt": " A\ncup [big] "}, "application/json")

    assert answer.json()["alt"] == "A cup [big]"
    assert answer.json()["markdown"].startswith(r"![A cup \[big\]](")
    for body in ({}, {"alt": 5 * "x" * 500}, {"alt": None}):
        assert client.patch(f"{HOME}{upload.pk}/", body, "application/json").status_code == 400


def test_copies_are_told_when_they_are_ready(ann):
    upload = store(picture("jpeg", 700, 500), user=ann)
    call_command("run_jobs", "make_variants")

    said = browser(ann).get(f"{HOME}{upload.pk}/").json()

    assert said["state"] == "ready"
    assert list(said["srcset"]) == ["image/avif", "image/webp"]


def test_what_nothing_shows_can_be_taken_away(media, ann, django_capture_on_commit_callbacks):
    upload = store(picture(), user=ann)

    with django_capture_on_commit_callbacks(execute=True):
        assert browser(ann).delete(f"{HOME}{upload.pk}/").status_code == 204

    assert not (media / upload.file.name).exists()
    assert browser(ann).get(f"{HOME}{upload.pk}/").status_code == 404


def test_what_is_shown_goes_only_by_an_editors_will(cid, edith):
    upload = store(picture(), user=cid)
    shown = make_post(title="Shown", text=upload.markdown)
    make_post(title="Secret", text=upload.markdown, status="draft")
    address = f"{HOME}{upload.pk}/"

    told = browser(cid).delete(address)
    assert (told.status_code, told.json()["error"]["code"]) == (409, "in_use")
    assert [place["url"] for place in told.json()["error"]["shown_in"]] == [shown.url]
    assert browser(cid).delete(f"{address}?force=1").status_code == 409
    assert len(browser(edith).delete(address).json()["error"]["shown_in"]) == 2
    assert browser(edith).delete(f"{address}?force=1").status_code == 204


def test_nobody_on_the_way_keeps_the_answer(ann):
    store(picture(), user=ann)

    assert browser(ann).get(HOME).headers["Cache-Control"] == "private, no-store"


def test_a_token_needs_the_scope(ann):
    for scopes, status in ((["uploads"], 201), (["read", "posts"], 403)):
        _token, secret = create_personal_token(ann, "script", scopes)

        answer = send(browser(), headers={"Authorization": f"Bearer {secret}"})

        assert answer.status_code == status
    assert answer.json()["error"]["code"] == "scope_missing"


def test_two_devices_do_not_overwrite_each_others_description(client):
    client.force_login(people.ann())
    upload = store(picture(), user=people.ann())
    address = f"/api/uploads/{upload.pk}/"
    headers = {"if-match": client.get(address)["ETag"]}

    first = client.patch(address, {"alt": "Tea"}, content_type="application/json", headers=headers)
    second = client.patch(address, {"alt": "Coffee"}, content_type="application/json", headers=headers)

    assert (first.status_code, second.status_code) == (200, 409)
    assert second.json()["error"]["current"]["alt"] == "Tea"
