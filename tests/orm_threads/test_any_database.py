"""Words mean the same on SQLite, MariaDB and MySQL."""

import pytest
from django.db import DataError, IntegrityError, connection, transaction

from blog.models import Post, Redirect, Tag
from frodo.database_limits import COLLATION, choose_collation
from tests.factories import make_comment, make_post

pytestmark = pytest.mark.django_db

PAIRS = [("か", "カ"), ("e", "é"), ("😀", "😁"), ("tea", "TEA"), ("ss", "ß"), ("茶", "茶葉"), ("ｔea", "tea")]


@pytest.mark.parametrize("pair", PAIRS)
def test_slugs_that_differ_are_two(pair):
    for n, word in enumerate(pair):
        Tag.objects.create(name=f"{word} {n}", slug=word)
        make_post(title=word, slug=word)

    assert [Tag.objects.get(slug=word).name for word in pair] == [f"{pair[0]} 0", f"{pair[1]} 1"]
    assert [Post.objects.get(slug=word).title for word in pair] == list(pair)


@pytest.mark.parametrize("pair", [("か", "カ"), ("e", "é"), ("😀", "😁"), ("茶", "茶葉")])
def test_names_of_tags_that_differ_by_more_than_case_and_width_are_two(pair):
    for word in pair:
        Tag.objects.create(name=word)

    assert set(Tag.objects.values_list("name", flat=True)) == set(pair)


def test_the_same_address_twice_is_refused():
    Tag.objects.create(name="茶😀", slug="茶😀")

    with pytest.raises(IntegrityError), transaction.atomic():
        Tag.objects.create(name="other", slug="茶😀")


def test_old_addresses_know_their_case():
    post = make_post()
    for path in ("/Tea/", "/tea/", "/é/", "/e/"):
        Redirect.objects.create(path=path, post=post)

    assert Redirect.objects.count() == 4


@pytest.mark.parametrize("text", ["一壶茶 🍵👨‍👩‍👧‍👦", "𠮷野家", "ʹ؀ᚠ\u2028", "a\\b%c_d'\"`"])
def test_text_comes_back_as_it_went_in(text):
    post = make_post(title=text, text=text)
    comment = make_comment(post, text=text, name="茶")

    post.refresh_from_db()
    comment.refresh_from_db()

    assert (post.title, post.text, comment.text) == (text, text, text)


def test_search_finds_chinese_emoji_and_words_in_any_case(client):
    make_post(title="一壶茶的时间", text="Green TEA 🍵 in a pot.")
    make_post(title="Coffee", text="Not 😀 that.")

    for word in ("茶的", "tea", "TEA", "🍵"):
        found = client.get("/search/", {"q": word})
        assert [post["title"] for post in found.context["results"]] == ["一壶茶的时间"], word


def test_exact_fields_are_searched_in_any_case():
    Tag.objects.create(name="Green Tea")

    assert Tag.objects.filter(name__icontains="tea", name__istartswith="GREEN", name__iexact="green tea").exists()
    assert not Tag.objects.filter(name="green tea").exists()


# MariaDB and MySQL


@pytest.fixture
def mysql():
    if connection.vendor != "mysql":
        pytest.skip("On MariaDB or MySQL only.")


def ask(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


@pytest.mark.usefixtures("mysql")
def test_the_database_was_made_for_all_languages():
    assert ask("SELECT @@character_set_database, @@collation_database") == (("utf8mb4", COLLATION),)
    assert ask("SELECT @@character_set_connection") == (("utf8mb4",),)


@pytest.mark.usefixtures("mysql")
def test_every_text_column_holds_emoji():
    wrong = ask(
        "SELECT table_name, column_name, collation_name FROM information_schema.columns "
        "WHERE table_schema = DATABASE() AND collation_name NOT IN ('utf8mb4_bin', 'utf8mb4_unicode_520_ci')"
    )

    assert wrong == ()


@pytest.mark.usefixtures("mysql")
def test_it_is_strict_and_reads_what_is_committed():
    (mode,), (isolation,) = ask("SELECT @@sql_mode UNION ALL SELECT @@session.tx_isolation")

    assert "STRICT_TRANS_TABLES" in mode
    assert isolation == "READ-COMMITTED"


@pytest.mark.usefixtures("mysql")
def test_what_does_not_fit_is_refused_not_cut():
    post = make_post()

    with pytest.raises(DataError), transaction.atomic():
        make_comment(post, name="x" * 61)


@pytest.mark.usefixtures("mysql")
def test_a_database_with_tables_is_left_as_it_is():
    choose_collation(None, using="default")  # in a transaction an ALTER would end it

    assert connection.in_atomic_block
    assert connection.needs_rollback is False
