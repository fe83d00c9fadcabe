"""Cached properties, with real commits: within a transaction nothing is cached."""

import asyncio
from unittest import mock

import pytest
from asgiref.sync import async_to_sync
from django.core.cache import cache, caches
from django.db import transaction
from django.test import TestCase, TransactionTestCase
from django.utils import translation

from frodo.async_model import cached

from .library import to_dicts
from .models import Cabinet, DustyShelf, Item, Person, Shelf, Subject


class Down:
    """A cache server that is away."""

    default_timeout = 300

    def __getattr__(self, name):
        raise ConnectionError("the cache is away")


class CachedCase(TransactionTestCase):
    available_apps = ["django.contrib.contenttypes", "tests.async_model"]

    def setUp(self):
        cache.clear()
        self.addCleanup(cache.clear)
        self.shelf = Shelf.objects.create(label="first")
        Shelf.computed.clear()

    def read(self, *names, shelf=None):
        """As another request would: from objects of its own. Gives values, and what was computed."""
        Shelf.computed.clear()
        row = to_dicts([Shelf.objects.get(pk=(shelf or self.shelf).pk)], names)[0]
        return [row[name] for name in names], sorted(Shelf.computed)


class KeepingTests(CachedCase):
    def test_what_is_cached_is_computed_once(self):
        assert self.read("sign", "n_items") == (["~ first ~", 0], ["n_items", "sign"])
        assert self.read("sign", "n_items") == (["~ first ~", 0], [])

    def test_none_and_empty_values_are_kept_too(self):
        self.read("keeper_name", "subject_names")

        assert self.read("keeper_name", "subject_names") == ([None, []], [])

    def test_single_access_reads_the_same_cache(self):
        self.read("sign")

        assert async_to_sync(Shelf.objects.get().to_dict)("sign") == {"sign": "~ first ~"}

        async def alone():
            return await (await Shelf.objects.aget()).sign

        assert async_to_sync(alone)() == "~ first ~"
        assert Shelf.computed == ["sign"]

    def test_a_list_is_read_and_filled_together(self):
        shelves = [self.shelf, *Shelf.objects.bulk_create(Shelf(label=str(i)) for i in range(20))]
        backend = caches["default"].__class__
        with (
            mock.patch.object(backend, "get_many", autospec=True, side_effect=backend.get_many) as get_many,
            mock.patch.object(backend, "set_many", autospec=True, side_effect=backend.set_many) as set_many,
        ):
            with self.assertNumQueries(2):  # the rows anew, and one count for all
                to_dicts(shelves, "sign,n_items")
            fills = set_many.call_count
            for shelf in shelves:
                shelf.forget()
            with self.assertNumQueries(0):
                to_dicts(shelves, "sign,n_items")

        assert get_many.call_count == 3  # in the hop of the queries; before computing; the second time
        assert (fills, set_many.call_count) == (3, 3)  # the stamps; one for each timeout
        assert sorted(Shelf.computed) == ["n_items", *(["sign"] * 21)]

    def test_many_who_ask_in_one_turn_look_once(self):
        shelves = [self.shelf, Shelf.objects.create(label="second")]

        async def both():
            return await asyncio.gather(*(shelf.sign for shelf in shelves))

        with self.assertNumQueries(1):
            assert async_to_sync(both)() == ["~ first ~", "~ second ~"]

    def test_keys_are_explicit(self):
        self.read("sign")

        key = f"async_model:async_model.shelf:{self.shelf.pk}"
        stamp = cache.get(key)
        assert cache.get(f"{key}:async_model.shelf.sign") == (stamp, "~ first ~")

    def test_what_depends_on_the_language_is_kept_by_language(self):
        self.addCleanup(setattr, Shelf.sign, "by_language", False)
        Shelf.sign.by_language = True

        self.read("sign")
        with translation.override("zh-hans"):
            assert self.read("sign")[1] == ["sign"]
            assert self.read("sign")[1] == []

    def test_an_error_is_not_kept(self):
        with mock.patch.object(Shelf.sign, "function", side_effect=LookupError("no")), pytest.raises(LookupError):
            self.read("sign")

        assert self.read("sign")[0] == ["~ first ~"]

    def test_an_error_for_one_object_is_no_error_for_another(self):
        other = Shelf.objects.create(label="bad")

        async def sign(shelf):
            if shelf.label == "bad":
                raise LookupError("bad")
            return shelf.label

        async def both():
            return await asyncio.gather(self.shelf.sign, other.sign, return_exceptions=True)

        with mock.patch.object(Shelf.sign, "function", sign):
            good, bad = async_to_sync(both)()

        assert good == "first"
        assert isinstance(bad, LookupError)

    def test_an_object_that_is_not_saved_is_computed(self):
        assert to_dicts([Shelf(label="new")], "sign") == [{"sign": "~ new ~"}]


class FlushingTests(CachedCase):
    def test_after_a_save_no_reader_sees_the_old_value(self):
        self.read("sign")

        self.shelf.label = "renamed"
        self.shelf.save()

        assert self.read("sign") == (["~ renamed ~"], ["sign"])

    def test_everything_of_the_row_is_flushed_together(self):
        self.read("sign", "n_items", "keeper_name", "subject_names")

        self.shelf.save()

        assert len(self.read("sign", "n_items", "keeper_name", "subject_names")[1]) == 4

    def test_other_rows_keep_theirs(self):
        other = Shelf.objects.create(label="other")
        self.read("sign", shelf=other)

        self.shelf.save()

        assert self.read("sign", shelf=other)[1] == []

    def test_it_is_flushed_on_commit_and_not_by_a_rollback(self):
        self.read("sign")

        with transaction.atomic():
            self.shelf.label = "never"
            self.shelf.save()
            transaction.set_rollback(True)
        assert self.read("sign") == (["~ first ~"], [])

        with transaction.atomic():
            self.shelf.label = "second"
            self.shelf.save()
        assert self.read("sign") == (["~ second ~"], ["sign"])

    def test_within_a_transaction_its_own_changes_are_seen_and_not_kept(self):
        self.read("sign")

        with transaction.atomic():
            Shelf.objects.filter(pk=self.shelf.pk).update(label="changed")
            assert self.read("sign")[0] == ["~ changed ~"]
            transaction.set_rollback(True)

        assert self.read("sign") == (["~ first ~"], [])

    def test_a_row_deleted_and_made_again_is_new(self):
        self.read("sign")
        pk = self.shelf.pk

        self.shelf.delete()
        Shelf.objects.create(pk=pk, label="again")

        assert self.read("sign", shelf=Shelf(pk=pk))[0] == ["~ again ~"]

    def test_a_queryset_update_sends_no_signal_and_says_so_itself(self):
        self.read("sign")

        Shelf.objects.update(label="bulk")
        Shelf.flush_cached([self.shelf])

        assert self.read("sign")[0] == ["~ bulk ~"]

    def test_a_change_of_what_points_here_flushes(self):
        self.read("n_items")

        item = Item.objects.create(shelf=self.shelf)
        assert self.read("n_items") == ([1], ["n_items"])
        item.delete()
        assert self.read("n_items") == ([0], ["n_items"])

    def test_what_is_moved_away_flushes_both_ends(self):
        other = Shelf.objects.create(label="other")
        item = Item.objects.create(shelf=self.shelf)
        self.read("n_items"), self.read("n_items", shelf=other)

        item.shelf = other
        item.save()

        assert self.read("n_items")[0] == [0]
        assert self.read("n_items", shelf=other)[0] == [1]

    def test_a_change_of_what_is_pointed_at_flushes(self):
        ann = Person.objects.create(name="Ann")
        self.shelf.keeper = ann
        self.shelf.save()
        assert self.read("keeper_name")[0] == ["Ann"]

        ann.name = "Anna"
        ann.save()

        assert self.read("keeper_name")[0] == ["Anna"]

    def test_members_that_come_go_or_change_flush_from_either_side(self):
        maps, roads = Subject.objects.create(name="maps"), Subject.objects.create(name="roads")
        steps = [
            (lambda: self.shelf.subjects.add(maps), ["maps"]),
            (lambda: roads.shelves.add(self.shelf), ["maps", "roads"]),
            (lambda: self.shelf.subjects.remove(maps), ["roads"]),
            (lambda: roads.shelves.clear(), []),
            (lambda: self.shelf.subjects.set([maps, roads]), ["maps", "roads"]),
            (lambda: roads.delete(), ["maps"]),
            (lambda: (setattr(maps, "name", "charts"), maps.save()), ["charts"]),
            (lambda: self.shelf.subjects.clear(), []),
        ]
        for step, expected in steps:
            self.read("subject_names")
            step()
            assert self.read("subject_names")[0] == [expected]

    def test_a_row_is_the_same_seen_as_parent_child_or_proxy(self):
        cabinet = Cabinet.objects.create(label="oak")
        for saved in (Shelf, Cabinet, DustyShelf):
            for seen in (Shelf, Cabinet):
                with self.subTest(saved=saved, seen=seen):
                    to_dicts([seen.objects.get(pk=cabinet.pk)], "sign")
                    row = saved.objects.get(pk=cabinet.pk)
                    row.label += "!"
                    row.save()

                    assert to_dicts([seen.objects.get(pk=cabinet.pk)], "sign") == [{"sign": f"~ {row.label} ~"}]


class RaceTests(CachedCase):
    """A reader computes while a writer saves. Each test stops the reader at one point and saves there."""

    def save_during(self, patch_target, name):
        """Rename the shelf just when the reader is about to do `name`."""
        original = getattr(patch_target, name)
        done = []

        def rename_first(*args, **kwargs):
            if not done:
                done.append(True)
                shelf = Shelf.objects.get(pk=self.shelf.pk)
                shelf.label = "renamed"
                shelf.save()
            return original(*args, **kwargs)

        return mock.patch.object(patch_target, name, rename_first)

    def test_a_save_before_the_value_is_filed(self):
        with self.save_during(cached._Reading, "store"):
            self.read("sign")

        assert self.read("sign")[0] == ["~ renamed ~"]

    def test_a_save_after_the_stamp_was_read_and_before_the_row_is(self):
        with self.save_during(cached._Reading, "_read_rows_anew"):
            self.read("sign")

        assert self.read("sign")[0] == ["~ renamed ~"]

    def test_a_save_after_the_object_was_loaded_and_before_the_stamp_is_read(self):
        stale = Shelf.objects.get(pk=self.shelf.pk)
        self.shelf.label = "renamed"
        self.shelf.save()

        to_dicts([stale], "sign")

        assert self.read("sign")[0] == ["~ renamed ~"]

    def test_a_save_while_the_value_is_computed(self):
        async def race():
            computing, saved = asyncio.Event(), asyncio.Event()

            async def slow_sign(shelf):
                label = shelf.label
                computing.set()
                await saved.wait()
                return label

            with mock.patch.object(Shelf.sign, "function", slow_sign):
                reader = asyncio.create_task((await Shelf.objects.aget()).to_dict("sign"))
                await computing.wait()
                self.shelf.label = "renamed"
                await self.shelf.asave()
                saved.set()
                return await reader

        assert async_to_sync(race)() == {"sign": "first"}
        assert self.read("sign")[0] == ["~ renamed ~"]

    def test_a_slow_reader_that_files_last_does_no_harm(self):
        async def race():
            computing, others = asyncio.Event(), asyncio.Event()

            async def slow_sign(shelf):
                label = shelf.label
                if not computing.is_set():
                    computing.set()
                    await others.wait()
                return label

            with mock.patch.object(Shelf.sign, "function", slow_sign):
                slow = asyncio.create_task((await Shelf.objects.aget()).to_dict("sign"))
                await computing.wait()
                self.shelf.label = "renamed"
                await self.shelf.asave()
                quick = await (await Shelf.objects.aget()).to_dict("sign")
                others.set()
                return quick, await slow

        assert async_to_sync(race)() == ({"sign": "renamed"}, {"sign": "first"})
        assert self.read("sign")[0] == ["~ renamed ~"]


class CacheAwayTests(CachedCase):
    def away(self):
        return mock.patch.object(cached, "caches", {"default": Down()})

    def test_without_a_cache_values_are_computed(self):
        with self.away(), self.assertLogs("frodo.async_model.cached", "WARNING"):
            assert self.read("sign", "n_items")[0] == ["~ first ~", 0]

    def test_a_save_goes_through_and_the_flush_is_made_up_for(self):
        self.read("sign")

        with self.away(), self.assertLogs("frodo.async_model.cached", "WARNING"):
            self.shelf.label = "renamed"
            self.shelf.save()

        assert self.read("sign")[0] == ["~ renamed ~"]


class InATestTests(TestCase):
    def test_within_a_test_s_own_transaction_nothing_is_kept(self):
        shelf = Shelf.objects.create(label="first")
        to_dicts([shelf], "sign")

        assert cache.get(cached.value_key(shelf, Shelf.sign)) is None
