import pytest

from tests.factories import make_post


@pytest.fixture
def post(db):
    return make_post(title="A walk")


@pytest.fixture
def say(client, post):
    """Post a comment through the API."""

    def say(text="Lovely.", *, name="Bob", status=201, **fields):
        headers = fields.pop("headers", {})
        data = {"text": text, "name": name, **fields}
        response = client.post(f"/api/posts/{post.slug}/comments/", data, "application/json", headers=headers)
        assert response.status_code == status, response.content.decode()
        return response.json()

    return say
