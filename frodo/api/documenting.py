"""What a room says of its endpoints, for the schema: in `api_docs.py`, beside its `api.py`.

All that endpoints share is added by frodo.api.schema; nothing here is loaded before somebody asks for the schema.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework.serializers import Serializer

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    words: Words
    schema: Mapping = field(default_factory=lambda: {"type": "string"})
    place: str = "query"
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class PageOf:
    """A page of a list that goes on, by cursor."""

    row: Any
    orders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListOf:
    """All of a short list, and what is said beside it."""

    row: Any
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class With:
    """This, and besides it these names; those of `maybe` are not always there."""

    whole: Any
    more: Mapping[str, Any] = field(default_factory=dict)
    maybe: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """Of this, what `?fields=` names; `?expand=` shows more of these."""

    whole: Any
    expand: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Documented:
    """
    - `response`: a type, such as a model that shows itself, a TypedDict, PageOf and Part of them; None for an empty
      answer
    - `errors`: what it may answer besides what all like it do, by status
    - `sends`: other kinds of success, by status: a type, or None where nothing is said
    """

    summary: Words
    response: Any
    id: str = ""
    status: int = 200
    body: type[Serializer] | None = None
    query: tuple[Parameter, ...] = ()
    example: Any = None
    answer: Any = None
    errors: Mapping[int, Words] = field(default_factory=dict)
    sends: Mapping[int, Any] = field(default_factory=dict)
    has_versions: bool = False
    """It changes one version of a thing, which If-Match may name; it may meet a conflict."""
    more: Words = ""
    """What else one must know, in Markdown."""
    media: tuple[str, ...] = ("application/json",)


known: dict[tuple[type, str], Documented] = {}


def documented(endpoint: type, method: str, summary: Words, *, response: Any, **more) -> None:
    if response is None:
        more.setdefault("status", 204)
    known[endpoint, method.upper()] = Documented(summary, response, **more)


LIMIT = Parameter("limit", _("How many at most."), {"type": "integer", "minimum": 1, "maximum": 100})
