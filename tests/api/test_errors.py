"""Every error below /api/ has the API's shape, whatever raises it; people get a page."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def failing(settings):
    settings.ROOT_URLCONF = "tests.api.failing_urls"
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/broken/", 500, "server_error"),
        ("/api/forbidden/", 403, "permission_denied"),
        ("/api/odd/", 400, "parse_error"),
        ("/api/nothing/", 404, "not_found"),
    ],
)
def test_an_error_of_any_view_has_the_apis_shape(failing, path, status, code):
    answer = failing.get(path)

    assert answer.status_code == status
    assert answer["Content-Type"] == "application/json"
    assert set(answer.json()["error"]) == {"code", "message"}
    assert answer.json()["error"]["code"] == code
    assert "secret" not in answer.content.decode()


@pytest.mark.parametrize(
    ("path", "status"), [("/pages/broken/", 500), ("/pages/forbidden/", 403), ("/pages/odd/", 400)]
)
def test_people_get_a_page(failing, path, status):
    answer = failing.get(path)

    assert answer.status_code == status
    assert answer["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("path", ["/api/posts/", "/api/nothing/", "/api/schema/"])
def test_an_unknown_host_is_told_in_the_apis_shape(client, path):
    answer = client.get(path, headers={"Host": "evil.example"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "unknown_host")
    assert client.get("/", headers={"Host": "evil.example"})["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/posts/", 405, "method_not_allowed"),
        ("/api/schema/", 405, "method_not_allowed"),
        ("/api/me/", 405, "method_not_allowed"),
        ("/api/nothing/", 404, "not_found"),
    ],
)
def test_a_wrong_method_is_told_in_the_apis_shape(client, path, status, code):
    answer = client.put(path, {}, content_type="application/json")

    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
