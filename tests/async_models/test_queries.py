from django.test import TestCase

from tests.async_models.library import fill, to_dict, to_dicts
from tests.async_models.models import Book, Person, Remark

NUMBERS = (1, 10, 100)


class QueryCountTests(TestCase):
    def assert_constant(self, n_queries, get_books, *args):
        for n in NUMBERS:
            Book.objects.all().delete()
            Person.objects.all().delete()
            fill(n)
            with self.subTest(n=n), self.assertNumQueries(n_queries):
                rows = to_dicts(get_books(), *args)
            assert len(rows) == n

    def test_a_bare_list_needs_a_few_queries_however_long_it_is(self):
        # books, authors, editors, subjects, counts of remarks
        self.assert_constant(5, lambda: Book.objects.all())

    def test_a_loaded_list_needs_none_of_its_own(self):
        loaded = Book.objects.select_related("author", "editor").prefetch_related("subjects")

        # books, subjects, counts of remarks
        self.assert_constant(3, lambda: loaded.all())

    def test_expanding_adds_a_few_and_no_more(self):
        # the five above, and the remarks; for authors and for authors of remarks, their
        # books and how many they are; and the latter themselves
        for n in NUMBERS[1:]:
            Book.objects.all().delete()
            Person.objects.all().delete()
            fill(n)
            with self.subTest(n=n), self.assertNumQueries(11):
                to_dicts(Book.objects.all(), None, "author,remarks.author")

    def test_only_what_is_asked_for_is_computed(self):
        fill(3)

        with self.assertNumQueries(1):
            to_dicts(Book.objects.all(), "id,title,url,heading,author_id")


class DeferredTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        fill(3)

    def test_a_deferred_field_that_is_not_asked_for_stays_deferred(self):
        books = list(Book.objects.defer("text", "price"))

        with self.assertNumQueries(0):
            to_dicts(books, "title")

        assert books[0].get_deferred_fields() == {"text", "price"}

    def test_those_asked_for_are_fetched_for_all_in_one_query(self):
        books = list(Book.objects.only("title").order_by("pk"))

        with self.assertNumQueries(1):
            rows = to_dicts(books, "price,kind,author_id")

        assert rows[2] == {"price": "9.50", "kind": "novel", "author_id": books[2].author_id}
        assert books[0].get_deferred_fields() == {"text", "written_at", "editor_id"}

    def test_a_relation_whose_column_is_deferred_is_found(self):
        books = list(Book.objects.only("title").order_by("pk"))

        with self.assertNumQueries(2):
            rows = to_dicts(books, "author")

        assert [row["author"]["name"] for row in rows] == ["Ann", "Bob", "Ann"]

    def test_collecting_and_loading_leave_changed_values_alone(self):
        book = Book.objects.only("title").first()
        book.title = "changed"

        assert to_dict(book, "title,kind") == {"title": "changed", "kind": "novel"}

    def test_a_row_that_is_gone_is_said_to_be(self):
        book = Book.objects.only("title").first()
        Book.objects.all().delete()

        with self.assertRaisesMessage(Book.DoesNotExist, "is gone"):
            to_dict(book, "price")


class RelationTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        fill(4)

    def test_foreign_keys_are_loaded_in_one_query_and_kept(self):
        books = list(Book.objects.all())

        with self.assertNumQueries(1):
            to_dicts(books, "author")
        with self.assertNumQueries(0):
            to_dicts(books, "author")

    def test_a_list_of_which_some_are_loaded_loads_the_rest(self):
        books = [*Book.objects.select_related("author")[:2], *Book.objects.all()[2:]]

        with self.assertNumQueries(1):
            rows = to_dicts(books, "author")

        assert None not in [row["author"] for row in rows]

    def test_a_relation_changed_in_between_is_shown_as_it_is_now(self):
        book = Book.objects.first()
        before = to_dict(book, "subjects")["subjects"]

        book.subjects.clear()

        assert (len(before), to_dict(book, "subjects")["subjects"]) == (2, [])

    def test_reverse_rows_know_their_owner_without_asking(self):
        book = Book.objects.get(title="Book 2")

        # The remarks; their authors and parents are null or brief. The book is at hand.
        with self.assertNumQueries(2):
            remarks = to_dict(book, "remarks", "remarks")["remarks"]

        assert [remark["book"]["title"] for remark in remarks] == ["Book 2", "Book 2"]

    def test_the_order_is_that_of_the_related_model(self):
        Remark._meta.ordering, before = ["-pk"], Remark._meta.ordering
        self.addCleanup(setattr, Remark._meta, "ordering", before)

        remarks = to_dict(Book.objects.get(title="Book 2"), "remarks")["remarks"]

        assert [remark["words"] for remark in remarks] == ["Remark 1", "Remark 0"]

    def test_a_prefetch_of_one_s_own_is_respected(self):
        from django.db.models import Prefetch

        last = Prefetch("remarks", Remark.objects.filter(words="Remark 1"))
        books = Book.objects.prefetch_related(last).filter(title="Book 2")

        assert len(to_dicts(books, "remarks")[0]["remarks"]) == 1

    def test_after_a_save_or_a_refresh_values_are_computed_anew(self):
        book = Book.objects.first()
        to_dict(book)
        Book.objects.update(title="Renamed")

        book.refresh_from_db()
        assert to_dict(book, "heading")["heading"] == "<h1>Renamed</h1>"
        book.title = "Again"
        book.save()
        assert to_dict(book, "heading")["heading"] == "<h1>Again</h1>"

    def test_loading_a_deferred_field_forgets_nothing(self):
        book = Book.objects.defer("text").first()
        book.n_remarks = 99

        book.text  # noqa: B018

        assert to_dict(book, "n_remarks") == {"n_remarks": 99}
