"""A small library of its own, so that the module is tried without the blog."""

from __future__ import annotations

import enum
import uuid

from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.html import format_html
from django.utils.safestring import SafeString

from frodo.async_models import AsyncModel, async_property, batched_property


class Mood(enum.Enum):
    CALM = "calm"
    EXCITED = "excited"


class Person(AsyncModel):
    name = models.CharField(max_length=50)
    email = models.EmailField(default="secret@example.com")
    joined_at = models.DateTimeField(null=True)
    notes = GenericRelation("Note")

    public = ("id", "name", "joined_at", "n_books", "books")
    details = ("ticket", "notes")
    brief = ("id", "name")

    def __str__(self) -> str:
        return self.name

    @batched_property
    def n_books(people: list[Person]) -> dict[int, int]:
        return dict(Book.objects.filter(author__in=people).values_list("author").annotate(models.Count("pk")))


class Subject(AsyncModel):
    name = models.CharField(max_length=50)

    public = ("id", "name", "books")


class Book(AsyncModel):
    class Kind(models.TextChoices):
        NOVEL = "novel"
        POEMS = "poems"

    title = models.CharField(max_length=100)
    text = models.TextField(default="")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.NOVEL)
    price = models.DecimalField(max_digits=6, decimal_places=2, default="9.50")
    written_at = models.DateTimeField(null=True)
    author = models.ForeignKey(Person, models.CASCADE, related_name="books")
    editor = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="edited")
    subjects = models.ManyToManyField(Subject, related_name="books")

    public = (
        "id",
        "title",
        "url",
        "kind",
        "price",
        "written_at",
        "author",
        "editor",
        "subjects",
        "n_remarks",
        "heading",
        "mood",
    )
    details = ("text", "remarks", "newest_remarks", "author_id")
    brief = ("id", "title", "url", "author")

    def __str__(self) -> str:
        return self.title

    @property
    def url(self) -> str:
        return f"/books/{self.pk}/"

    @property
    def mood(self) -> Mood:
        return Mood.EXCITED if "!" in self.title else Mood.CALM

    @async_property
    async def heading(self) -> SafeString:
        return format_html("<h1>{}</h1>", self.title)

    @batched_property
    def n_remarks(books: list[Book]) -> dict[int, int]:
        return dict(Remark.objects.filter(book__in=books).values_list("book").annotate(models.Count("pk")))

    @batched_property
    def newest_remarks(books: list[Book]) -> dict[int, list[Remark]]:
        found: dict[int, list[Remark]] = {}
        for remark in Remark.objects.filter(book__in=books).order_by("-pk"):
            found.setdefault(remark.book_id, []).append(remark)
        return {pk: remarks[:2] for pk, remarks in found.items()}


class Remark(AsyncModel):
    book = models.ForeignKey(Book, models.CASCADE, related_name="remarks")
    author = models.ForeignKey(Person, models.CASCADE, null=True, related_name="+")
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="answers")
    words = models.TextField()
    made_at = models.DateTimeField(null=True)

    public = ("id", "words", "author", "parent", "book")
    by_key = ("parent",)


class Signed:
    """A mixin that is no model."""

    @async_property
    async def signature(self) -> str:
        return f"signed: {self}"


class Essay(Signed, Book):
    """With a table of its own beside its parent's."""

    topic = models.CharField(max_length=50, default="")

    public = (*Book.public, "topic", "signature")

    @async_property
    async def heading(self) -> SafeString:
        return format_html("<h2>{}</h2>", self.title)


class Reprint(Book):
    """A proxy that shows less."""

    n_remarks = None
    public = ("id", "title", "heading")

    class Meta:
        proxy = True


class Ticket(AsyncModel):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    holder = models.OneToOneField(Person, models.CASCADE, related_name="ticket")
    colours = models.JSONField(default=dict)
    scan = models.FileField(null=True)

    public = ("id", "holder", "colours", "scan")


class Note(AsyncModel):
    words = models.CharField(max_length=50)
    # An app without migrations has its tables made before those that have them.
    content_type = models.ForeignKey(ContentType, models.CASCADE, db_constraint=False)
    object_id = models.PositiveBigIntegerField()
    about = GenericForeignKey()

    public = ("id", "words", "content_type", "about")
