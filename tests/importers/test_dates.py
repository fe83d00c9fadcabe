from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from blog.importers.dates import from_name, read, zone_of

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2018-7-24 23:31:06", "2018-07-24T15:31:06"),
        ("2018-07-24", "2018-07-23T16:00:00"),
        ("2018/07/24 08:00", "2018-07-24T00:00:00"),
        ("2018年7月24日 8:00", "2018-07-24T00:00:00"),
        ("20180724", "2018-07-23T16:00:00"),
        (20180724, "2018-07-23T16:00:00"),
        ("2018-07-24T10:00:00Z", "2018-07-24T10:00:00"),
        ("2018-07-24T10:00:00.123456Z", "2018-07-24T10:00:00.123456"),
        ("2013-07-25 09:08:38 +0200", "2013-07-25T07:08:38"),
        ("2013-07-25 09:08:38+02:00", "2013-07-25T07:08:38"),
        ("2018-07-24 10:00 Europe/Paris", "2018-07-24T08:00:00"),
        ("2018-07-24 1:05 PM", "2018-07-24T05:05:00"),
        ("Tue, 24 Jul 2018 10:00:00 GMT", "2018-07-24T10:00:00"),
        ("July 24, 2018", "2018-07-23T16:00:00"),
        (1532426400, "2018-07-24T10:00:00"),
        (1532426400000, "2018-07-24T10:00:00"),
    ],
)
def test_a_date_is_read_in_the_zone_of_its_site(written, utc):
    assert read(written, SHANGHAI) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "written", ["0001-01-01T00:00:00Z", "soon", "2018-13-01", "2018-02-30", "", None, True, [], {}, 7, "0000-00-00"]
)
def test_what_is_no_date_is_none(written):
    assert read(written, UTC) is None


@pytest.mark.parametrize("written", ["0001-01-01 00:00 +1400", "9999-12-31 23:59 -1200", "1e400", "2018-07-24 +99:99"])
def test_dates_at_the_edge_of_time_do_no_harm(written):
    read(written, SHANGHAI)


@pytest.mark.parametrize(
    ("name", "day", "rest"),
    [
        ("2018-07-24-tea", "2018-07-24", "tea"),
        ("2017-2-5-no-zeroes", "2017-02-05", "no-zeroes"),
        ("2018-07-24_茶", "2018-07-24", "茶"),
        ("2018-07-24", "2018-07-24", "2018-07-24"),
        ("2018-99-24-tea", None, "2018-99-24-tea"),
        ("tea", None, "tea"),
        ("2018-07-24T23:30:00-05:00-tea", "2018-07-25", "tea"),
        ("2018-07-24T10:00:00Z_tea", "2018-07-24", "tea"),
        ("2018-07-24Tea", None, "2018-07-24Tea"),
    ],
)
def test_a_file_name_may_begin_with_a_date(name, day, rest):
    moment, left = from_name(name, UTC)

    assert (moment and moment.date().isoformat(), left) == (day, rest)


@pytest.mark.parametrize(("name", "hours"), [("+08:00", 8), ("UTC-5", -5), ("Asia/Shanghai", 8), ("Z", 0)])
def test_zones_have_many_names(name, hours):
    assert zone_of(name).utcoffset(datetime(2020, 1, 1)).total_seconds() == hours * 3600


@pytest.mark.parametrize("name", ["CST", "Nowhere/Land", "../etc/passwd", "", None, 8, "+25:00"])
def test_what_is_no_zone_is_none(name):
    assert zone_of(name) is None
