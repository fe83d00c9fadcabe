import dataclasses
import enum
import ipaddress
import json
import uuid
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

from django.test import SimpleTestCase, override_settings
from django.utils import translation
from django.utils.functional import lazystr
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy

from frodo.async_models import json_value
from tests.async_models.models import Book, Mood, Person


class Level(enum.IntEnum):
    LOW = 1


@dataclasses.dataclass
class Point:
    when: date
    where: tuple[int, int]


CASES = [
    (None, None),
    (True, True),
    (3, 3),
    (2.5, 2.5),
    (float("nan"), None),
    (float("inf"), None),
    ("word", "word"),
    (lazystr("lazy"), "lazy"),
    (datetime(2026, 3, 1, 12, tzinfo=UTC), "2026-03-01T12:00:00Z"),
    (datetime(2026, 3, 1, 12, 0, 0, 5, tzinfo=UTC), "2026-03-01T12:00:00.000005Z"),
    (datetime(2026, 3, 1, 20, tzinfo=timezone(timedelta(hours=8))), "2026-03-01T12:00:00Z"),
    (date(2026, 3, 1), "2026-03-01"),
    (time(7, 30), "07:30:00"),
    (timedelta(days=1, seconds=2), "P1DT00H00M02S"),
    (Decimal("9.50"), "9.50"),
    (uuid.UUID(int=5), "00000000-0000-0000-0000-000000000005"),
    (ipaddress.ip_address("::1"), "::1"),
    (Mood.CALM, "calm"),
    (Level.LOW, 1),
    (Book.Kind.POEMS, "poems"),
    (b"\x00\xff", "AP8="),
    (memoryview(b"\x00\xff"), "AP8="),
    ((1, date(2026, 3, 1)), [1, "2026-03-01"]),
    ({3, 1, 2}, [1, 2, 3]),
    (frozenset({"b", "a"}), ["a", "b"]),
    ({Mood.CALM: {1: Decimal("2")}}, {"calm": {"1": "2"}}),
    (Point(date(2026, 3, 1), (1, 2)), {"when": "2026-03-01", "where": [1, 2]}),
    (Person(pk=4), 4),
]


class ValueTests(SimpleTestCase):
    def test_each_kind_of_value_can_be_carried_by_json(self):
        for value, expected in CASES:
            with self.subTest(value=value):
                safe = json_value(value)

                assert safe == expected
                assert json.loads(json.dumps(safe)) == expected

    @override_settings(TIME_ZONE="Asia/Shanghai")
    def test_a_time_without_a_zone_is_taken_to_be_here(self):
        assert json_value(datetime(2026, 3, 1, 20)) == "2026-03-01T12:00:00Z"

    def test_safe_html_stays_safe(self):
        assert isinstance(json_value(mark_safe("<b>")), SafeString)

    def test_a_translation_is_in_the_language_of_the_moment(self):
        with translation.override("de"):
            assert json_value(gettext_lazy("Yes")) == "Ja"

    def test_an_unknown_kind_is_an_error(self):
        with self.assertRaisesMessage(TypeError, "JSON has no way to say"):
            json_value(object())

    def test_a_project_may_teach_a_kind_of_its_own(self):
        class Coin:
            pass

        json_value.register(Coin, lambda coin: "penny")

        assert json_value([Coin()]) == ["penny"]
