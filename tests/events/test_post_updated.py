import pytest

from blog.models import Event, Post
from tests import people
from tests.factories import make_post

pytestmark = pytest.mark.django_db


def test_a_new_text_is_told():
    post = make_post(title="A walk")

    post = Post.objects.get(pk=post.pk)
    post.text = "We walked along the sea."
    post.save()

    event = Event.objects.get()
    assert event.type == "post.updated"
    assert event.data["title"] == "A walk"
    assert event.data["updated_at"].endswith("Z")


@pytest.mark.parametrize("change", [{"summary": "Short"}, {"pinned": True}, {"title": "A walk"}])
def test_what_readers_do_not_see_on_the_page_is_not_told(change):
    Post.objects.filter(pk=make_post(title="A walk").pk)
    post = Post.objects.get()

    for name, value in change.items():
        setattr(post, name, value)
    post.save()

    assert not Event.objects.exists()


def test_a_draft_is_nobodys_business():
    make_post(status="draft")
    post = Post.objects.get()

    post.title = "Another"
    post.save()

    assert not Event.objects.exists()


def test_saved_in_admin_it_is_told(client):
    post = make_post(title="A walk")
    client.force_login(people.ann())
    address = f"/admin/blog/post/{post.pk}/change/"
    form = client.get(address).context["adminform"].form
    fields = {name: form[name].value() for name in form.fields}
    data = {
        name: value
        for name, value in fields.items()
        if value is not None and value is not False and name != "published_at"
    }
    inlines = {"redirects-TOTAL_FORMS": 0, "redirects-INITIAL_FORMS": 0}

    answer = client.post(address, data | inlines | {"text": "We walked along the sea.", "tags": [], "cover": ""})

    assert answer.status_code == 302, answer.context["errors"]
    assert list(Event.objects.values_list("type", flat=True)) == ["post.updated"]
