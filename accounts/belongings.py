"""What belongs to a person, wherever it lies: each room says how its part is shown, handed out and erased.

A room registers what it keeps of people when its app is ready (blog.apps), so that accounts need not know the rooms.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from frodo.errors import Refused


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account; or a guest, of whom only the browser is known."""

    user: User | None = None
    visitor: str = ""

    @property
    def who(self) -> str:
        return f"user:{self.user.pk}" if self.user else f"visitor:{self.visitor}"

    def of(self, user: str = "user", visitor: str = "visitor") -> models.Q:
        """Rows of this person, by the names of a table's two columns."""
        if self.user is not None:
            return models.Q(**{user: self.user})
        if not self.visitor:
            return models.Q(pk__in=[])
        return models.Q(**{user: None, visitor: self.visitor})


class Belongings:
    """Of one kind. All verbs are sync."""

    name: str
    """The key in what is handed out."""
    template: str = ""
    """Shown on the person's own page, with what `shown` gives."""

    def shown(self, person: Person) -> dict | None:
        """What `template` finds in `panel`; None when there is nothing to show."""
        return None

    def hinders(self, person: Person) -> str:
        """Why this person cannot erase the account; empty when nothing stands against it."""
        return ""

    def export(self, person: Person) -> object:
        """All of it, as JSON can carry it."""
        raise NotImplementedError

    def erase(self, person: Person, *, keep_words: bool) -> None:
        """Leave nothing that leads to the person. `keep_words`: what others have read stays, without a name."""
        raise NotImplementedError


class CannotErase(Refused):
    code = "cannot_erase"
    status = 403

    def __init__(self, reasons: list[str]) -> None:
        super().__init__()
        self.reasons = reasons

    def __str__(self) -> str:
        return " ".join(self.reasons)


rooms: list[Belongings] = []


def register(belongings: Belongings) -> None:
    rooms.append(belongings)


def panels(person: Person) -> list[dict]:
    found = [(room.template, room.shown(person)) for room in rooms]
    return [{"template": template, **context} for template, context in found if context is not None]


def reasons(person: Person) -> list[str]:
    """What stands against erasing."""
    found = [str(room.hinders(person)) for room in rooms]
    if person.user is not None and person.user.is_guarded:
        found.insert(0, str(_("You belong to the staff of this site. Ask another one to end that first.")))
    return [reason for reason in found if reason]


def export(person: Person) -> dict:
    account = {"account": account_of(person.user)} if person.user else {}
    return {**account, **{room.name: room.export(person) for room in rooms}}


def account_of(user: User) -> dict:
    ways = user.identities.values("provider", "uid", "label", "created_at", "used_at")
    return {
        "id": user.pk,
        "username": user.username,
        "name": user.name,
        "email": user.email,
        "website": user.website,
        "bio": user.bio,
        "joined_at": user.date_joined,
        "last_sign_in": user.last_login,
        "ways_to_sign_in": list(ways),
    }


def erase(person: Person, *, keep_words: bool) -> None:
    """Room by room, each in transactions of its own, the account last: what is interrupted can be repeated."""
    if found := reasons(person):
        raise CannotErase(found)
    for room in rooms:
        room.erase(person, keep_words=keep_words)
    if person.user is not None:
        person.user.delete()
