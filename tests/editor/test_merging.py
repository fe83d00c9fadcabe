"""Two who write one text at the same time: their changes are joined, and no character is lost."""

import random

import pytest

from blog.editor import keep_both, merge
from blog.posts import revisions
from tests.editor.test_conflicts import opened
from tests.factories import make_page, make_post

BASE = "Green tea is hot.\n\n春天的茶很好喝。\n\nThe end.\n"


@pytest.mark.parametrize(
    ("base", "one", "other", "both"),
    [
        ("One.\n\nTwo.\n", "One!\n\nTwo.\n", "One.\n\nTwo!\n", "One!\n\nTwo!\n"),
        ("春天的茶很好喝。", "春天的绿茶很好喝。", "春天的茶很好喝吗？", "春天的绿茶很好喝吗？"),
        ("a\nb\nc", "a\nX\nb\nc", "a\nb\nY\nc", "a\nX\nb\nY\nc"),
        ("Same.", "Changed.", "Changed.", "Changed."),
        ("Some words here.", "Some here.", "Some words here, too.", "Some here, too."),
        ("", "One.", "", "One."),
        ("Green tea.", "Black tea.", "White tea.", None),
        ("End.", "End. One.", "End. Other.", None),
    ],
)
def test_changes_of_both_are_joined_unless_they_contradict(base, one, other, both):
    assert merge(base, one, other) == both
    assert merge(base, other, one) == both


@pytest.mark.parametrize(
    ("base", "saved", "yours", "both"),
    [
        ("Green tea.", "Black tea.", "White tea.", "WhiteBlack tea."),
        ("End.", "End. One.", "End. Other.", "End. Other. One."),
        ("茶很好。", "茶好。", "茶很香。", "茶很香好。"),
        ("Same.", "Changed.", "Changed.", "Changed."),
    ],
)
def test_where_nobody_can_be_asked_contradictions_are_both_kept(base, saved, yours, both):
    merged = merge(base, saved, yours, keep_both)

    assert merged is not None
    for words in (saved, yours):
        rest = iter(merged)
        assert all(character in rest for character in words if character not in base)
    assert merged == both


@pytest.mark.parametrize("seed", range(20))
def test_random_changes_to_different_passages_lose_nothing(seed):
    rng = random.Random(seed)

    def words(n: int) -> str:
        return "".join(rng.choice("茶水山风 abc。\n") for _ in range(n))

    left, right, middle = words(60), words(60), "\n\n——fixed 固定——\n\n"
    at, to = sorted(rng.sample(range(60), 2))
    new_left = left[:at] + words(rng.randint(0, 9)) + left[to:]
    new_right = right[:at] + words(rng.randint(0, 9)) + right[to:]

    merged = merge(left + middle + right, new_left + middle + right, left + middle + new_right)

    assert merged == new_left + middle + new_right


def write(entry, text: str) -> None:
    with revisions.recording(entry, None):
        entry.text = text
        entry.save()


@pytest.mark.django_db
@pytest.mark.parametrize("make", [make_post, make_page])
def test_a_save_on_an_older_version_is_merged(desk, make):
    entry = make(text=BASE)
    url, first = opened(desk, entry)
    write(entry, BASE.replace("Green", "Black"))

    answer = desk.post(url, {**first, "text": BASE.replace("好喝", "香")}, follow=True)

    entry.refresh_from_db()
    assert entry.text.strip() == BASE.replace("Green", "Black").replace("好喝", "香").strip()
    assert "Both changes were merged" in answer.content.decode()
    assert revisions.of(entry).count() == 3


@pytest.mark.django_db
def test_contradicting_changes_are_shown_as_before(desk):
    post = make_post(text=BASE)
    url, first = opened(desk, post)
    write(post, BASE.replace("Green", "Black"))

    answer = desk.post(url, {**first, "text": BASE.replace("Green", "White")})

    assert answer.status_code == 409
    post.refresh_from_db()
    assert "Black tea" in post.text
    assert "White tea" in answer.content.decode()


@pytest.mark.django_db
def test_what_is_written_by_the_api_meanwhile_is_merged(desk, ann):
    post = make_post(slug="tea", text=BASE)
    url, first = opened(desk, post)
    desk.patch("/api/posts/tea/", {"text": BASE.replace("The end", "Fin")}, content_type="application/json")

    desk.post(url, {**first, "text": BASE.replace("Green", "White")})

    post.refresh_from_db()
    assert post.text.strip() == BASE.replace("The end", "Fin").replace("Green", "White").strip()
