"""An id on a page names one element, whatever the author calls a heading."""

import re
from collections import Counter

import pytest

from tests.factories import make_comment, make_page, make_post

pytestmark = pytest.mark.django_db


def ids(client, url: str) -> list[str]:
    return re.findall(r'\sid="?([^"\s>]+)', client.get(url).content.decode())


@pytest.mark.parametrize("make", [make_post, make_page])
def test_headings_and_html_do_not_take_ids_of_the_page(client, make):
    entry = make(title="Walk", text="# Walk")
    if make is make_post:
        make_comment(entry)
    own = Counter(name for name in ids(client, entry.get_absolute_url()) if name != "walk")
    entry.text = "\n\n".join(
        f"# `{name}`\n\n# Named {{#{name}}}\n\n<b id='{name}'>x</b> <b id={name}>y</b>" for name in [*own, "comments"]
    )
    entry.save()

    found = ids(client, entry.get_absolute_url())

    assert own
    assert {name: found.count(name) for name in own} == own
