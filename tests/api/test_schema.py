"""The schema describes every endpoint; what is missing here belongs in `@extend_schema` beside its method."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
import yaml
from django.urls import URLPattern, URLResolver, get_resolver
from openapi_spec_validator import validate
from rest_framework.views import APIView

from frodo.api import Endpoint
from frodo.api.views import schema
from tests.api.schema_validation import problems
from tests.factories import make_post

pytestmark = pytest.mark.django_db


def endpoints(patterns=None, before: str = ""):
    for each in get_resolver().url_patterns if patterns is None else patterns:
        path = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from endpoints(each.url_patterns, path)
        elif isinstance(each, URLPattern) and path.startswith("api/"):
            yield path, getattr(each.callback, "cls", None)


def operations(language: str = "en"):
    return [
        (path, method, operation)
        for path, methods in schema(language)["paths"].items()
        for method, operation in methods.items()
    ]


def names(found) -> list[str]:
    return [f"{method.upper()} {path}" for path, method, _operation in found]


def test_it_is_openapi():
    validate(schema("en"))
    validate(schema("zh-hans"))
    assert schema("en")["openapi"] == "3.1.0"


def test_every_address_of_the_api_is_an_endpoint_of_ours():
    others = [path for path, cls in endpoints() if not issubclass(cls or APIView, Endpoint)]

    assert others == ["api/<path:path>"]  # what is none


def test_every_method_of_every_endpoint_is_in_it():
    n_methods = sum(len(set(cls().allowed_methods) - {"OPTIONS"}) for _path, cls in endpoints() if cls)

    assert len(operations()) == n_methods


@pytest.mark.parametrize("where", names(operations()))
def test_each_says_what_it_does_and_answers(where):
    operation = next(each for path, method, each in operations() if f"{method.upper()} {path}" == where)

    good = {status: each for status, each in operation["responses"].items() if status.startswith("2")}
    assert operation.get("summary"), f"{where} has no summary= in @extend_schema"
    assert good
    assert all(status == "204" or each["content"] for status, each in good.items())


@pytest.mark.parametrize("where", names(each for each in operations() if each[1] in {"post", "put", "patch"}))
def test_each_body_is_described_with_an_example_that_fits(where):
    operation = next(each for path, method, each in operations() if f"{method.upper()} {path}" == where)

    assert "requestBody" in operation, f"{where} has no request= in @extend_schema"
    for media, content in operation["requestBody"]["content"].items():
        if not media.startswith("multipart/"):
            [example] = content["examples"].values()
            assert problems(schema("en"), content["schema"], example["value"]) == []


def test_each_group_of_operations_is_described():
    used = {tag for _path, _method, operation in operations() for tag in operation["tags"]}
    assert used == {tag["name"] for tag in schema("en")["tags"]}


def test_names_of_operations_are_their_own():
    ids = [operation["operationId"] for _path, _method, operation in operations()]

    assert len(ids) == len(set(ids))
    assert {"listPosts", "createPost", "getPost", "replacePost", "changePost", "deletePost"} <= set(ids)


def test_it_is_served_as_json_and_as_yaml(client):
    as_json = client.get("/api/schema/")
    as_yaml = client.get("/api/schema/?format=yaml")

    assert as_json.json() == yaml.safe_load(as_yaml.content) == schema("en")
    assert as_yaml["Content-Type"] == "application/yaml"


def test_what_is_known_is_not_sent_again(client):
    etag = client.get("/api/schema/")["ETag"]

    assert client.get("/api/schema/", headers={"If-None-Match": etag}).status_code == 304


def test_it_speaks_the_readers_language(client):
    by_header = client.get("/api/schema/", headers={"Accept-Language": "zh-CN"}).json()

    assert by_header == client.get("/api/schema/?lang=zh-hans").json() == schema("zh-hans")
    assert by_header["paths"]["/api/posts/"]["post"]["summary"] == "创建文章"


def test_every_summary_is_in_both_languages():
    same = [
        chinese["summary"]
        for (_path, _method, english), (*_same, chinese) in zip(operations("en"), operations("zh-hans"), strict=True)
        if english["summary"] == chinese["summary"]
    ]

    assert same == []


def test_a_language_it_does_not_speak_is_refused(client):
    assert client.get("/api/schema/?lang=tlh").json()["error"]["code"] == "bad_parameter"


@pytest.mark.parametrize("path", ["/api/posts/", "/api/posts/a-walk/"])
def test_what_is_sent_unasked_is_whole(client, path):
    make_post(title="A walk", tags=("tea",))

    answer = json.loads(client.get(path).content)

    for post in answer.get("results", [answer]):
        assert problems(schema("en"), {"$ref": "#/components/schemas/Post"}, post) == []


def test_two_readers_who_ask_first_at_the_same_time_both_get_it():
    """drf-spectacular's generator is not safe for threads."""
    schema.cache_clear()
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(schema, ["en", "zh-hans"] * 2))

    assert found[0] == found[2] == schema("en")
    assert found[1] == found[3] == schema("zh-hans")
