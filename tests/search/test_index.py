"""The index keeps itself right: it is built, followed, healed and looked after."""

import io
import json
import shutil
from datetime import UTC, datetime

import pytest
from django.core.management import call_command

from blog.search.models import SearchChange
from blog.search.state import locked, read_state, root
from frodo.site_settings import site
from frodo.site_settings.models import SiteSettings
from tests.factories import make_post
from tests.server import Server, until


def found(client, query: str) -> list[str]:
    return [post["title"] for post in client.get("/api/search/", {"q": query}).json()["results"]]


@pytest.mark.django_db
def test_an_index_that_is_deleted_or_damaged_is_built_anew(client):
    make_post(title="Tea")
    assert found(client, "tea") == ["Tea"]

    shutil.rmtree(root())
    assert found(client, "tea") == ["Tea"]
    (root() / "state.json").write_text("{")
    assert found(client, "tea") == ["Tea"]
    (root() / read_state().folder / "meta.json").write_text("no JSON")
    client.get("/api/search/", {"q": "tea"})
    assert found(client, "tea") == ["Tea"]


@pytest.mark.django_db
def test_an_index_of_an_older_format_is_built_anew(client):
    make_post(title="Tea")
    assert found(client, "tea") == ["Tea"]
    state = json.loads((root() / "state.json").read_text())
    (root() / "state.json").write_text(json.dumps(state | {"version": "0 of old"}))

    assert found(client, "tea") == ["Tea"]
    assert read_state().folder != state["folder"]
    assert not (root() / state["folder"]).exists()


@pytest.mark.django_db
def test_an_index_of_another_database_is_built_anew(client):
    make_post(title="Tea")
    assert found(client, "tea") == ["Tea"]
    folder = read_state().folder

    SearchChange.objects.update(token="another")  # as after a restore: same numbers, other rows

    assert found(client, "tea") == ["Tea"]
    assert read_state().folder != folder


@pytest.mark.django_db
def test_a_change_that_is_committed_after_a_later_one_is_not_missed(client):
    make_post(title="Tea")
    late = SearchChange.objects.create(post_id=0)
    SearchChange.objects.filter(pk=late.pk).delete()  # not committed yet
    post = make_post(title="Coffee")
    assert found(client, "coffee") == ["Coffee"]
    type(post).objects.filter(pk=post.pk).update(title="Cocoa")

    SearchChange.objects.create(pk=late.pk, post_id=post.pk)

    assert found(client, "cocoa") == ["Cocoa"]


@pytest.mark.django_db
def test_an_answer_of_an_index_that_lags_behind_is_not_kept(client):
    make_post(title="Tea")
    assert "no-store" not in client.get("/search/", {"q": "tea"}).headers.get("Cache-Control", "")

    with locked("apply"):  # another process is at it
        make_post(title="Coffee")
        answer = client.get("/search/", {"q": "coffee"})
        assert "No results" in answer.content.decode()
        assert answer.headers["Cache-Control"] == "no-store"
    assert "Coffee" in client.get("/search/", {"q": "coffee"}).content.decode()


@pytest.mark.django_db
def test_without_an_index_the_database_answers_and_the_page_says_so(client):
    shutil.rmtree(root(), ignore_errors=True)
    make_post(title="Tea", text="Élysée 散步 in the garden.", tags=("walks",))

    with locked("build"):  # another process is building it
        for query in ("elysee", "散步", "tea garden", "tag:walks", "walks", "garden -forest"):
            answer = client.get("/search/", {"q": query})
            assert ">Tea<" in answer.content.decode().replace("<mark>", "").replace("</mark>", ""), query
        assert "is being built" in answer.content.decode()
        assert answer.headers["Cache-Control"] == "no-store"
        assert client.get("/api/search/", {"q": "tea"}).json()["complete"] is False
        assert found(client, "garden -tea") == []
    assert client.get("/api/search/", {"q": "tea"}).json()["complete"] is True


@pytest.mark.django_db
@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Shanghai"])
def test_without_an_index_years_at_the_ends_of_the_calendar_are_no_error(client, settings, zone):
    settings.TIME_ZONE = zone
    make_post(title="Tea")
    shutil.rmtree(root(), ignore_errors=True)  # that of the test before would answer

    with locked("build"):
        for years in ("year:0000", "year:0001", "year:-2000", "year:9999", "year:9999-0000"):
            assert found(client, years) == [], years
        for years in ("year:2000-", "year:-9999", "year:0000-9999", "year:2000-9999"):
            assert found(client, years) == ["Tea"], years


@pytest.mark.django_db
def test_the_command_builds_it_and_says_how_much(capsys):
    make_post(title="Tea")
    make_post(title="Draft", status="draft")

    call_command("search_index", "--rebuild")
    assert "1 posts" in capsys.readouterr().out
    make_post(title="Coffee")
    call_command("search_index")
    assert "2 posts" in capsys.readouterr().out


@pytest.mark.django_db
def test_old_changes_are_deleted_and_the_index_goes_on(client):
    from blog.search.indexing import KEEP_CHANGES, delete_old_changes

    make_post(title="Tea")
    make_post(title="Coffee")
    assert found(client, "tea") == ["Tea"]
    folder = read_state().folder
    for change in SearchChange.objects.all():
        SearchChange.objects.filter(pk=change.pk).update(created_at=change.created_at - KEEP_CHANGES * 2)

    delete_old_changes()

    assert SearchChange.objects.count() == 1
    make_post(title="Cocoa")
    assert found(client, "cocoa") == ["Cocoa"]
    assert found(client, "tea") == ["Tea"]
    assert read_state().folder in {folder, read_state().folder}


def titles(server: Server, query: str) -> list[str]:
    return [post["title"] for post in server.ask(f"/api/search/?q={query}")[1]["results"]]


WRITE = """
from tests.factories import make_post
for n in range({n}):
    make_post(title=f"{word} {{n}}", text="Written elsewhere.")
"""


def test_the_server_follows_what_other_processes_write(server):
    server.run(WRITE.format(n=30, word="Samovar"))
    last = server.query("SELECT MAX(id) FROM blog_searchchange")[0][0]

    def state() -> dict:
        path = server.folder / "search" / "state.json"
        return json.loads(path.read_text()) if path.exists() else {"last": 0}

    until(lambda: state()["last"] >= last, "the server's indexer", 10)  # with no search that would do it itself
    assert len(titles(server, "samovar&limit=50")) == 30


def test_a_killed_server_finds_what_was_written_before_and_after(server):
    server.run(WRITE.format(n=3, word="Kettle"))
    server.kill()
    server.run(WRITE.format(n=3, word="Teapot"))

    server.start()

    until(lambda: len(titles(server, "teapot")) == 3)
    assert len(titles(server, "kettle")) == 3


def test_a_deleted_index_heals_while_the_server_runs(server):
    server.run(WRITE.format(n=25, word="Strainer"))
    until(lambda: len(titles(server, "strainer&limit=50")) == 25)

    shutil.rmtree(server.folder / "search")

    until(lambda: (server.folder / "search" / "state.json").exists(), "another index", 10)
    assert len(titles(server, "strainer&limit=50")) == 25


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("zone", "year"), [("Asia/Shanghai", 2023), ("UTC", 2022)])
def test_a_year_begins_when_it_does_where_the_site_is(client, zone, year):
    row = SiteSettings.current()
    row.time_zone = zone
    row.save()
    make_post(title="Tea", published_at=datetime(2022, 12, 31, 20, tzinfo=UTC))
    site.reset()

    call_command("search_index", "--rebuild", stdout=io.StringIO())

    assert found(client, f"year:{year}") == ["Tea"]
    assert found(client, f"year:{4045 - year}") == []
    month = "2023/1" if year == 2023 else "2022/12"
    assert "Tea" in client.get(f"/archives/{month}/").content.decode()
