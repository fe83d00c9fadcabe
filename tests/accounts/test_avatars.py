"""Pictures of people, made here."""

from xml.etree import ElementTree

import pytest

from accounts.avatars import avatar_url, draw, key_of

SEEDS = [f"{kind}:{n}" for kind in ("user", "visitor", "name") for n in range(100)]


def test_it_is_always_the_same_for_the_same_person():
    assert avatar_url("user:7") == avatar_url("user:7")
    assert len({avatar_url(seed) for seed in SEEDS}) == len(SEEDS)
    assert len({draw(key_of(seed)) for seed in SEEDS}) == len(SEEDS)


def test_its_address_tells_nothing_without_our_key(settings):
    before = avatar_url("name:Eve")
    settings.SECRET_KEY = "another site's secret, which is long enough"
    key_of.cache_clear()

    assert avatar_url("name:Eve") != before
    key_of.cache_clear()


@pytest.mark.parametrize("key", ["0" * 32, "f" * 32, *map(key_of, SEEDS[:50])])
def test_it_is_a_small_picture_and_nothing_else(key):
    picture = ElementTree.fromstring(draw(key))

    names = {element.tag.rpartition("}")[2] for element in picture.iter()}
    assert names == {"svg", "linearGradient", "stop", "path", "circle"}
    assert len(draw(key)) < 1000


def test_browsers_keep_it(client):
    answer = client.get(avatar_url("user:7"))
    again = client.get(avatar_url("user:7"), headers={"if-none-match": answer["ETag"]})

    assert answer["Content-Type"] == "image/svg+xml"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert not answer.cookies
    assert "Vary" not in answer or "Cookie" not in answer["Vary"]
    assert again.status_code == 304


@pytest.mark.parametrize("key", ["", "x", "0" * 31, "0" * 33, "G" * 32, "A" * 32])
def test_what_is_no_key_is_no_picture(client, db, key):
    assert client.get(f"/avatar/{key}.svg").status_code == 404
