"""A small library to test with."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from asgiref.sync import async_to_sync

from tests.async_models.models import Book, Person, Remark, Subject

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def fill(n_books: int) -> None:
    """Ann and Bob write in turn; book i has i % 3 remarks by Bob, and two of three subjects."""
    ann, bob = Person.objects.create(name="Ann", joined_at=NOON), Person.objects.create(name="Bob")
    subjects = [Subject.objects.create(name=name) for name in ("dragons", "maps", "roads")]
    for i in range(n_books):
        author = ann if i % 2 == 0 else bob
        book = Book.objects.create(title=f"Book {i}", author=author, editor=bob if i % 3 == 0 else None)
        book.subjects.set([subjects[i % 3], subjects[(i + 1) % 3]])
        for j in range(i % 3):
            Remark.objects.create(book=book, author=bob, words=f"Remark {j}")


def to_dicts(objs, *args, **kwargs):
    """`to_dicts` for tests that are not async themselves."""
    model = objs.model if hasattr(objs, "model") else type(objs[0])
    return async_to_sync(model.to_dicts)(objs, *args, **kwargs)


def to_dict(obj, *args, **kwargs):
    return async_to_sync(obj.to_dict)(*args, **kwargs)


async def until(condition: Callable[[], object]) -> None:
    """Let the others run until this is so; what is tested has no event to wait for."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0)
