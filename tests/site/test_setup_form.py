"""What the set-up page of a new blog refuses."""

import pytest

from accounts.models import User, create_author
from blog.setup import setup_path
from frodo.site_settings import site
from tests.site.test_setup import SAID

pytestmark = pytest.mark.django_db


@pytest.fixture
def author() -> User:
    return create_author("author")[0]


@pytest.mark.parametrize("field", ["site_name", "name"])
@pytest.mark.parametrize("text", ["", " ", "\u200b", "\u3164\u2800"])
def test_a_name_that_nobody_can_see_is_refused_like_an_empty_one(author, client, field, text):
    answer = client.post(setup_path(author), {**SAID, field: text})

    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert text != site.SITE_NAME
    assert User.objects.get().username == "author"


def test_what_was_typed_stays_in_the_form_except_the_password(author, client):
    page = client.post(setup_path(author), {**SAID, "email": "no address"}).content.decode()

    assert 'value="清茶"' in page
    assert 'value="林安"' in page
    assert 'value="no address"' in page
    assert SAID["password"] not in page


def test_the_page_is_kept_by_nobody_and_its_address_goes_to_no_other_site(author, client):
    answer = client.get(setup_path(author))

    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("token", ["x", "茶", "a:b:c", "%00", "W10:1abc:xyz"])
def test_a_link_that_is_none_of_ours_leads_nowhere(author, client, token):
    for method in (client.get, client.post):
        assert method(f"/admin/setup/{token}/").status_code == 404
