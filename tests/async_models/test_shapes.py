import asyncio

import pytest
from django.core.exceptions import SynchronousOnlyOperation
from django.test import SimpleTestCase, TestCase
from django.test.utils import isolate_apps

from frodo.async_models import AsyncModel, TooDeep, UnknownField, async_property
from tests.async_models.library import NOON, fill, to_dict, to_dicts
from tests.async_models.models import Book, Essay, Mood, Note, Person, Remark, Reprint, Subject, Ticket


class ShapeTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        fill(3)

    def setUp(self):
        self.book = Book.objects.get(title="Book 2")

    def test_public_names_come_in_their_order_with_relations_in_brief(self):
        row = to_dict(self.book)

        assert tuple(row) == Book.public
        assert row["title"] == "Book 2"
        assert row["author"] == {"id": self.book.author_id, "name": "Ann"}
        assert row["editor"] is None
        assert [subject["name"] for subject in row["subjects"]] == ["dragons", "roads"]
        assert row["n_remarks"] == 2
        assert row["heading"] == "<h1>Book 2</h1>"
        assert row["mood"] == "calm"

    def test_fields_choose_and_order(self):
        assert list(to_dict(self.book, fields=("url", "id"))) == ["url", "id"]
        assert list(to_dict(self.book, fields="url, id,url")) == ["url", "id"]
        assert to_dict(self.book, fields=()) == {}

    def test_fields_may_name_a_detail(self):
        assert to_dict(self.book, fields="author_id") == {"author_id": self.book.author_id}

    def test_expand_gives_in_full_what_else_is_brief(self):
        author = to_dict(self.book, "author", expand="author")["author"]

        assert author["joined_at"] == "2026-03-01T12:00:00Z"
        assert author["n_books"] == 2
        assert [book["title"] for book in author["books"]] == ["Book 0", "Book 2"]

    def test_relations_within_the_brief_form_are_keys(self):
        book = to_dict(self.book, "author", expand="author")["author"]["books"][0]

        assert book["author"] == self.book.author_id

    def test_a_relation_may_be_shown_by_its_key_until_it_is_expanded(self):
        first, second = self.book.remarks.order_by("pk")
        second.parent = first
        second.save()
        second = Remark.objects.get(pk=second.pk)

        with self.assertNumQueries(0):
            assert to_dict(second, "parent") == {"parent": first.pk}
        assert to_dict(second, "parent", "parent")["parent"]["words"] == "Remark 0"
        assert Remark.json_types()["parent"] == int | None

    def test_expand_may_be_dotted_and_brings_a_detail_along(self):
        row = to_dict(self.book, "id", expand=["remarks.author"])

        assert list(row) == ["id", "remarks"]
        assert [remark["author"]["name"] for remark in row["remarks"]] == ["Bob", "Bob"]
        assert "n_books" in row["remarks"][0]["author"]

    def test_a_property_that_gives_models_is_nested_too(self):
        brief = to_dict(self.book, "newest_remarks")["newest_remarks"]
        full = to_dict(self.book, "newest_remarks", "newest_remarks.author")["newest_remarks"]

        assert [list(remark) for remark in brief] == [["id", "words"]] * 2
        assert full[0]["author"]["name"] == "Bob"

    def test_an_unknown_field_is_an_error_that_lists_the_known_ones(self):
        with pytest.raises(UnknownField) as caught:
            to_dict(self.book, "titel")

        assert "Book shows no 'titel'" in str(caught.value)
        assert "title, url, kind" in str(caught.value)
        assert caught.value.known[:2] == ("id", "title")

    def test_it_is_an_error_even_when_there_are_no_rows(self):
        for fields, expand in (("titel", ""), (None, "authr"), (None, "author.boks"), (None, "title.x")):
            with self.subTest(fields=fields, expand=expand), pytest.raises(UnknownField):
                to_dicts(Book.objects.none(), fields, expand)

    def test_what_is_not_allowed_cannot_be_had_by_asking(self):
        for name in ("email", "_state", "pk", "save", "objects", "books__title"):
            with self.subTest(name=name), pytest.raises(UnknownField):
                to_dict(self.book.author, name)

    def test_depth_is_bounded(self):
        with pytest.raises(TooDeep):
            to_dict(self.book, expand="remarks.parent.book.author")

    def test_circles_are_refused(self):
        with self.assertRaisesMessage(TooDeep, "goes in a circle"):
            to_dict(self.book, expand="author.books.author")

    def test_native_values_stay_what_they_are(self):
        row = to_dict(self.book, "kind,mood,heading", native=True)
        person = to_dict(self.book, "author", "author", native=True)["author"]

        assert row["mood"] is Mood.CALM
        assert hasattr(row["heading"], "__html__")
        assert person["joined_at"] == NOON

    def test_every_place_has_a_dictionary_of_its_own(self):
        first, _, third = to_dicts(Book.objects.order_by("pk"), "author", "author")

        first["author"]["books"][0]["title"] = "changed"

        assert third["author"]["books"][0]["title"] == "Book 0"

    def test_a_list_may_be_empty(self):
        assert asyncio.run(Book.to_dicts([])) == []

    def test_a_list_may_come_from_a_queryset_or_an_async_iterator(self):
        expected = [{"title": f"Book {i}"} for i in range(3)]
        books = Book.objects.order_by("pk")

        assert to_dicts(books, "title") == expected
        assert to_dicts(list(books), "title") == expected

    def test_each_object_of_a_mixed_list_takes_its_own_class_s_form(self):
        essay = Essay.objects.create(title="On fairy stories", author=self.book.author, topic="tales")
        reprint = Reprint.objects.get(title="Book 1")

        rows = to_dicts([self.book, essay, reprint], None)

        assert [tuple(row) for row in rows] == [Book.public, Essay.public, Reprint.public]
        assert rows[1]["heading"] == "<h2>On fairy stories</h2>"
        assert rows[1]["signature"] == "signed: On fairy stories"

    def test_a_child_of_another_table_can_be_shown(self):
        essay = Essay.objects.create(title="On fairy stories", author=self.book.author, topic="tales")
        essay.subjects.set(Subject.objects.filter(name="maps"))
        Remark.objects.create(book=essay, words="True.")

        row = to_dict(Essay.objects.get(), expand="remarks")

        assert (row["topic"], row["n_remarks"]) == ("tales", 1)
        assert [subject["name"] for subject in row["subjects"]] == ["maps"]
        assert row["remarks"][0]["words"] == "True."

    def test_the_far_side_of_a_one_to_one_may_be_missing(self):
        ann, bob = Person.objects.order_by("name")
        ticket = Ticket.objects.create(holder=bob, colours={"red": 1})

        rows = to_dicts([ann, bob], "ticket", "ticket")

        assert rows[0]["ticket"] is None
        assert rows[1]["ticket"] == {
            "id": str(ticket.pk),
            "holder": {"id": bob.pk, "name": "Bob"},
            "colours": {"red": 1},
            "scan": None,
        }

    def test_generic_relations_are_followed_both_ways(self):
        ann = Person.objects.get(name="Ann")
        note = Note.objects.create(words="Call her", about=ann)

        assert to_dict(Note.objects.get())["about"] == {"id": ann.pk, "name": "Ann"}
        assert to_dict(ann, "notes")["notes"] == [{"id": note.pk, "words": "Call her"}]

    def test_a_relation_to_a_model_of_another_kind_is_its_key(self):
        note = Note.objects.create(words="Call her", about=Person.objects.get(name="Ann"))

        assert to_dict(note, "content_type") == {"content_type": note.content_type_id}
        with pytest.raises(UnknownField):
            to_dict(note, expand="content_type.model")

    def test_an_object_that_is_not_saved_yet_can_be_shown(self):
        book = Book(title="A draft", author=self.book.author)

        row = to_dict(book, expand="remarks")

        assert (row["id"], row["title"], row["n_remarks"]) == (None, "A draft", 0)
        assert (row["subjects"], row["remarks"]) == ([], [])
        assert row["author"]["name"] == "Ann"


@isolate_apps("tests.async_models")
class DefaultsTests(SimpleTestCase):
    async def test_without_an_allow_list_the_key_and_the_async_properties_are_shown(self):
        class Bare(AsyncModel):
            secret = "hidden"

            @async_property
            async def shown(self) -> int:
                return 1

            class Meta:
                app_label = "async_model"

        assert await Bare(pk=3).to_dict() == {"id": 3, "shown": 1}

    async def test_without_a_brief_form_it_is_what_needs_no_waiting(self):
        subject = Subject(pk=1, name="maps")
        book = Book(pk=1, title="A map")
        book.newest_remarks = [Remark(pk=1, words="Fine", book=book)]

        assert await book.to_dict("newest_remarks") == {"newest_remarks": [{"id": 1, "words": "Fine"}]}
        assert await subject.to_dict("name") == {"name": "maps"}

    async def test_a_plain_property_that_needs_the_database_says_what_to_do(self):
        class Leaning(AsyncModel):
            @property
            def author_name(self) -> str:
                return Person.objects.get(pk=1).name

            public = ("author_name",)

            class Meta:
                app_label = "async_model"

        with pytest.raises(SynchronousOnlyOperation) as caught:
            await Leaning(pk=1).to_dict()

        assert "Leaning.author_name read what was not loaded" in caught.value.__notes__[0]

    async def test_independent_properties_run_together(self):
        class Two(AsyncModel):
            @async_property
            async def first(self) -> int:
                here.set()
                await there.wait()
                return 1

            @async_property
            async def second(self) -> int:
                there.set()
                await here.wait()
                return 2

            class Meta:
                app_label = "async_model"

        here, there = asyncio.Event(), asyncio.Event()
        both = await asyncio.wait_for(Two(pk=1).to_dict("first,second"), timeout=10)

        assert both == {"first": 1, "second": 2}

    async def test_the_first_error_in_order_is_raised_and_nothing_is_left_running(self):
        class Failing(AsyncModel):
            @async_property
            async def slow(self) -> int:
                await gate.wait()
                raise LookupError("slow")

            @async_property
            async def quick(self) -> int:
                gate.set()
                raise LookupError("quick")

            class Meta:
                app_label = "async_model"

        gate = asyncio.Event()
        with self.assertRaisesMessage(LookupError, "slow"):
            await Failing(pk=1).to_dict("slow,quick")
        assert len(asyncio.all_tasks()) == 1
