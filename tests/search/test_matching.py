"""What a search finds, by the search page and the API."""

import pytest

from blog.models import Post
from tests.factories import make_activity, make_comment, make_post

pytestmark = pytest.mark.django_db


def found(client, query: str, **parameters: str) -> list[str]:
    answer = client.get("/api/search/", {"q": query, **parameters})
    assert answer.status_code == 200
    return [post["title"] for post in answer.json()["results"]]


def test_one_chinese_character_is_enough(client):
    make_post(title="Tea", text="我们喝茶。")
    make_post(title="Rice", text="我们吃饭。")

    assert found(client, "茶") == ["Tea"]


def test_a_chinese_word_is_not_two_characters_that_stand_apart(client):
    make_post(title="Apart", text="步行时散心。")
    make_post(title="Word", text="我们去散步。")

    assert found(client, "散步") == ["Word"]


def test_a_question_in_chinese_finds_what_it_is_about(client):
    make_post(title="部署指南", text="把网站部署到 GitHub 的步骤。")
    make_post(title="Other", text="怎样喝茶。")

    assert found(client, "怎样部署到GitHub") == ["部署指南"]


def test_chinese_and_latin_need_no_space_between_them(client):
    make_post(title="Async", text="用 Django 做异步编程。")

    assert found(client, "Django异步") == ["Async"]
    assert found(client, "异步 django") == ["Async"]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("They were running.", "run"),
        ("She runs.", "running"),
        ("A happy end.", "happiness happy"),
        ("SOFARegistry starts.", "registry"),
        ("Call findById first.", "findbyid"),
        ("Call sync_to_async here.", "sync_to_async"),
        ("Node.js is there.", "node.js"),
        ("Written in C++ only.", "C++"),
        ("Version 2.5.1 is out.", "2.5.1"),
        ("We like kubernetes.", "kuber"),
        ("We like kubernetes.", "kubernets"),
        ("We like kubernetes.", "kuebrnetes"),
        ("The SOFAJRaft library.", "jraft"),
        ("How to deploy with nginx.", "how do I deploy with nginx"),
        ("ｆｕｌｌ width", "full"),
        ("full width", "ｆｕｌｌ"),
    ],
)
def test_words_are_found_in_other_forms(client, text, query):
    make_post(title="This", text=text)
    make_post(title="Other", text="Nothing alike stands in here.")

    assert found(client, query) == ["This"]


def test_a_typo_counts_only_where_nothing_is_spelled_so(client):
    make_post(title="Form", text="The form.", days_ago=9)
    make_post(title="Farm", text="The farm.", days_ago=1)

    assert found(client, "form") == ["Form"]
    assert set(found(client, "fxrm")) == {"Form", "Farm"}


def test_what_is_similar_is_called_so(client):
    make_post(title="Kettle", text="The old kettle sings.")

    assert client.get("/api/search/", {"q": "kettle sings"}).json()["similar"] is False
    assert client.get("/api/search/", {"q": "ettl"}).json()["results"][0]["title"] == "Kettle"
    loose = client.get("/api/search/", {"q": "kettle sings loudly"}).json()
    assert loose["similar"] is True
    assert "No exact matches" in client.get("/search/", {"q": "kettle sings loudly"}).content.decode()


def test_a_quoted_phrase_is_found_as_it_is_written(client):
    make_post(title="Green", text="We drank green tea.")
    make_post(title="Tea", text="Tea that is green; drinking teas.")

    assert found(client, '"green tea"') == ["Green"]
    assert found(client, '"green teas"') == []


def test_a_minus_leaves_posts_out(client):
    make_post(title="Hexo", text="A generator.")
    make_post(title="Jekyll", text="A generator, older than hexo.")

    assert found(client, "generator -older") == ["Hexo"]
    assert set(found(client, "generator --verbose")) == {"Hexo", "Jekyll"}  # an option is no exclusion


def test_tags_and_years_filter(client):
    make_post(title="New", text="A walk.", tags=("Île-de-France",), days_ago=1)
    old = make_post(title="Old", text="A walk.", tags=("hike",), days_ago=3000)
    year = old.published_at.year

    assert found(client, "walk tag:hike") == ["Old"]
    assert found(client, "walk 标签：hike") == ["Old"]
    assert found(client, 'walk tag:"ile-de-france"') == ["New"]
    assert found(client, f"walk year:{year}") == ["Old"]
    assert found(client, f"walk year:{year}-{year + 1}") == ["Old"]
    assert found(client, "walk", year=str(year)) == ["Old"]
    assert found(client, "", tag="hike") == ["Old"]
    assert set(found(client, "walk year:..2999")) == {"New", "Old"}


def test_years_of_the_results_are_offered_as_filters(client):
    for n in range(20):
        make_post(title="New", slug=f"new-{n}", text="A walk.", days_ago=1)
    old = make_post(title="Old", text="A walk.", days_ago=3000)

    page = client.get("/search/", {"q": "walk"}).content.decode()

    assert f'href="/search/?q=walk&amp;year={old.published_at.year}"' in page
    page = client.get("/search/", {"q": "walk", "year": old.published_at.year}).content.decode()
    assert "Old" in page
    assert ">New<" not in page
    assert 'href="/search/?q=walk"' in page  # takes the filter away


def test_the_field_of_a_match_and_the_age_of_a_post_count(client):
    make_post(title="Body old", text="A kettle sang, they say.", days_ago=2000)
    make_post(title="Body new", text="A kettle sang, they say.", days_ago=1)
    make_post(title="Tagged", text="Nothing.", tags=("kettle",), days_ago=2000)
    make_post(title="The kettle", text="Nothing.", days_ago=2000)

    assert found(client, "kettle") == ["The kettle", "Tagged", "Body new", "Body old"]


def test_headings_count_more_than_the_text_below(client):
    make_post(title="Below", text="## Other\n\nThe samovar is there.", days_ago=1)
    make_post(title="Above", text="## Samovar\n\nIt is there.", days_ago=1)

    assert found(client, "samovar") == ["Above", "Below"]


def test_drafts_and_posts_to_come_are_never_found(client):
    make_post(title="Draft", text="A samovar.", status="draft")
    make_post(title="Later", text="A samovar.", days_ago=-1, status="scheduled")
    make_activity(text="A samovar.", days_ago=-1)

    assert found(client, "samovar") == []


def test_a_post_that_is_hidden_is_gone_at_once(client):
    post = make_post(title="Tea", text="A samovar.")
    assert found(client, "samovar") == ["Tea"]

    post.status = "draft"
    post.save()

    assert found(client, "samovar") == []
    assert client.get("/api/search/", {"q": "samovar"}).json()["count"] == 0


def test_changes_of_any_kind_are_seen(client, desk):
    post = make_post(title="Tea", text="A samovar.", tags=("hot",))
    assert found(client, "samovar") == ["Tea"]

    post.text = "A kettle."
    post.save()
    assert found(client, "samovar") == []
    assert found(client, "kettle tag:hot") == ["Tea"]
    desk.delete("/api/tags/hot/")
    assert found(client, "kettle tag:hot") == []
    post.refresh_from_db()
    post.delete()
    assert found(client, "kettle") == []


def test_comments_are_searched_where_the_setting_says_so(client, settings):
    post = make_post(title="Tea", text="A cup.")
    make_comment(post, text="I prefer a samovar.")
    assert found(client, "samovar") == []

    settings.SEARCH_COMMENTS = True
    assert found(client, "samovar") == ["Tea"]
    hidden = make_comment(post, text="A secret teapot.", state="removed")
    assert found(client, "teapot") == []
    hidden.state = "visible"
    hidden.save()
    assert found(client, "teapot") == ["Tea"]


def test_the_passage_shows_most_of_what_was_asked(client):
    make_post(title="Hay", text="needle " + "x " * 300 + "thread and needle" + " y" * 300)

    [passage] = client.get("/api/search/", {"q": "needle thread"}).json()["passages"]

    assert "<mark>thread</mark> and <mark>needle</mark>" in passage
    assert passage.startswith("…")


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("They were running.", "run", "<mark>running</mark>"),
        ("We like kubernetes.", "kuber", "<mark>kuber</mark>netes"),
        ("We like kubernetes.", "kubernets", "<mark>kubernetes</mark>"),
        ("SOFARegistry starts.", "registry", "SOFA<mark>Registry</mark>"),
        ("一行 <b>", "一行", "<mark>一行</mark> &lt;b&gt;"),
    ],
)
def test_marks_stand_where_the_match_is(client, text, query, marked):
    make_post(title="Post", text=text.replace("<", "\\<"))

    [passage] = client.get("/api/search/", {"q": query}).json()["passages"]

    assert marked in passage


def test_results_come_by_pages(client):
    for n in range(25):
        make_post(title=f"Walk {n}", text="A samovar.", days_ago=n + 1)

    page = client.get("/search/", {"q": "samovar", "page": 3}).content.decode()

    assert "25 results" in page
    assert page.count('class="card"') == 5
    assert "Walk 24" in page


def test_the_fragment_holds_the_results_alone(client):
    make_post(title="Tea", text="A samovar.")

    fragment = client.get("/search/results/", {"q": "samov"}).content.decode()

    assert "<mark>samov</mark>ar" in fragment
    assert "<html" not in fragment
    assert client.get("/search/results/").content.decode().strip() == ""


def test_what_was_written_in_bulk_is_found_after_a_rebuild(client):
    from blog.search.indexing import rebuild

    make_post(title="Tea", text="A cup.")
    assert found(client, "tea") == ["Tea"]
    Post.objects.update(title="Kettle", slug="kettle")
    assert found(client, "kettle") == []

    rebuild()

    assert found(client, "kettle") == ["Kettle"]
