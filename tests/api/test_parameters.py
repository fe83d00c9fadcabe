"""Every value of `?fields=` and `?expand=` that the models have, and of every parameter that the schema lists."""

import pytest

from blog.models import Activity, Comment, Page, Post, Tag, Topic
from frodo.api.views import schema
from frodo.async_models.query_plans import public_names
from tests.factories import make_activity, make_comment, make_page, make_post, make_topic

pytestmark = pytest.mark.django_db

ENDPOINTS = [
    ("/api/posts/", Post),
    ("/api/posts/walk-1/", Post),
    ("/api/search/?q=river", Post),
    ("/api/pages/", Page),
    ("/api/pages/about/", Page),
    ("/api/tags/", Tag),
    ("/api/tags/tea/", Tag),
    ("/api/topics/", Topic),
    ("/api/topics/walks/", Topic),
    ("/api/activities/", Activity),
    ("/api/activities/{activity}/", Activity),
    ("/api/posts/walk-1/comments/", Comment),
    ("/api/comments/{comment}/", Comment),
]


@pytest.fixture(autouse=True)
def ids() -> dict[str, int]:
    topic = make_topic()
    for n in range(3):
        post = make_post(title=f"Walk {n}", text="Along the river.", tags=("tea",), topic=topic, days_ago=n + 1)
        comment = make_comment(post)
        make_comment(post, parent=comment)
    make_page()
    make_activity()
    return {"activity": make_activity(links=["https://a.example/"]).pk, "comment": make_comment(post).pk}


def names_of(model) -> list[str]:
    return list(dict.fromkeys((*public_names(model), *model.details, *(model.brief or ()))))


@pytest.mark.parametrize(("path", "model"), ENDPOINTS)
@pytest.mark.parametrize("parameter", ["fields", "expand"])
@pytest.mark.parametrize("reader", ["client", "desk"])
def test_every_name_of_the_model(path, model, parameter, reader, ids, request):
    client = request.getfixturevalue(reader)
    path = path.format(**ids)
    client.raise_request_exception = False
    statuses = {}
    for name in [*names_of(model), ",".join(names_of(model)), "nothing"]:
        answer = client.get(f"{path}{'&' if '?' in path else '?'}{parameter}={name}")
        statuses[name] = answer.status_code
        assert answer["Content-Type"] == "application/json", (name, answer.content[:300])

    assert {name: status for name, status in statuses.items() if status >= 500} == {}
    if parameter == "fields":
        assert {status for name, status in statuses.items() if name != "nothing"} == {200}


@pytest.mark.parametrize("name", ["previous", "next", "series", "related", "author", "tags", "topic"])
@pytest.mark.parametrize("path", ["/api/posts/", "/api/posts/walk-1/", "/api/search/?q=river"])
def test_what_is_expanded_is_shown_whole(client, path, name):
    answer = client.get(f"{path}{'&' if '?' in path else '?'}expand={name}")

    assert answer.status_code == 200
    said = answer.json()
    post = said if "slug" in said else next(p for p in said["results"] if p["slug"] == "walk-1")
    found = post[name] if isinstance(post[name], list) else [post[name]]
    assert found
    if name in {"previous", "next", "series", "related"}:
        assert all({"title", "tags", "topic", "author", "n_comments"} <= each.keys() for each in found)


def test_every_choice_that_the_schema_lists(desk, ids):
    desk.raise_request_exception = False
    n_tried = 0
    for path, methods in schema("en")["paths"].items():
        for parameter in methods.get("get", {}).get("parameters", ()):
            choices = parameter["schema"].get("enum", ())
            if parameter["in"] != "query" or not choices:
                continue
            made = path.format(slug="walk-1", id=ids["comment"])
            for choice in choices:
                answer = desk.get(f"{made}?{parameter['name']}={choice}&q=river")
                assert answer.status_code in {200, 404}, (path, parameter["name"], choice, answer.content[:300])
                n_tried += 1

    assert n_tried > 10
