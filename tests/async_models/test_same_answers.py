"""A list is shown as its objects are shown one by one, whatever is asked for and in what order."""

from asgiref.sync import async_to_sync
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.async_models.library import fill
from tests.async_models.models import Book, Essay, Person, Reprint

EXPANDS = ("author", "editor", "subjects", "remarks", "remarks.author", "newest_remarks.parent", "author.books", "text")
NAMES = (*Book.public, *Book.details)
BARE = st.sampled_from(["all", "only", "select", "prefetch", "defer"])


def read(how, pk):
    rows = {
        "all": Book.objects.all(),
        "only": Book.objects.only("title"),
        "select": Book.objects.select_related("author", "editor"),
        "prefetch": Book.objects.prefetch_related("subjects", "remarks__author"),
        "defer": Book.objects.defer("text", "author"),
    }
    return rows[how].get(pk=pk)


class SameAnswersTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        fill(6)
        cls.pks = list(Book.objects.values_list("pk", flat=True))

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.data())
    def test_a_list_equals_its_objects_one_by_one(self, data):
        picks = data.draw(st.lists(st.tuples(BARE, st.sampled_from(self.pks)), max_size=8))
        fields = data.draw(st.none() | st.lists(st.sampled_from(NAMES), max_size=6))
        expand = data.draw(st.lists(st.sampled_from(EXPANDS), max_size=3))
        native = data.draw(st.booleans())

        together = async_to_sync(Book.to_dicts)([read(*pick) for pick in picks], fields, expand, native=native)
        alone = [async_to_sync(read(*pick).to_dict)(fields, expand, native=native) for pick in picks]

        assert together == alone
        assert [list(row) for row in together] == [list(row) for row in alone]

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.data())
    def test_a_thread_gives_the_same(self, data):
        picks = data.draw(st.lists(st.tuples(BARE, st.sampled_from(self.pks)), max_size=8))
        fields = data.draw(st.lists(st.sampled_from([name for name in NAMES if name != "heading"]), max_size=6))
        expand = data.draw(st.lists(st.sampled_from([name for name in EXPANDS if name != "author.books"]), max_size=3))
        native = data.draw(st.booleans())

        by_loop = async_to_sync(Book.to_dicts)([read(*pick) for pick in picks], fields, expand, native=native)

        assert Book.to_dicts_sync([read(*pick) for pick in picks], fields, expand, native=native) == by_loop

    @settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.data())
    def test_so_does_a_mixed_list(self, data):
        ann = Person.objects.get(name="Ann")
        Essay.objects.create(title="On trees", author=ann)
        essays, reprints = list(Essay.objects.all()), list(Reprint.objects.all())
        mixed = data.draw(st.permutations([*essays, *reprints, *Book.objects.all()]))

        together = async_to_sync(Book.to_dicts)(mixed)
        for obj in mixed:
            obj.forget()

        assert together == [async_to_sync(obj.to_dict)() for obj in mixed]
