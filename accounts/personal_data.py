"""Personal data: every package registers how its part is shown, exported and erased.

Registration happens in `apps.py`, so accounts need not import them.
"""

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from frodo.errors import ServiceError
from frodo.models import IdempotentResponse


@dataclass(frozen=True, slots=True)
class Person:
    """A user, or a guest identified by browser."""

    user: User | None = None
    visitor: str = ""

    @property
    def who(self) -> str:
        return f"user:{self.user.pk}" if self.user else f"visitor:{self.visitor}"

    def of(self, user: str = "user", visitor: str = "visitor") -> models.Q:
        """Filter for rows of this person, by the names of the two columns."""
        if self.user is not None:
            return models.Q(**{user: self.user})
        if not self.visitor:
            return models.Q(pk__in=[])
        return models.Q(**{user: None, visitor: self.visitor})


class PersonalData:
    """One kind of personal data. All methods are sync."""

    name: str
    """Key in the export."""
    template: str = ""
    """Template on the person's own page, with the context of `shown`."""

    def shown(self, person: Person) -> dict | None:
        """Template context; None if there is nothing to show."""
        return None

    def blocks_erasure(self, person: Person) -> str:
        """Why the account cannot be erased; empty if it can."""
        return ""

    def export(self, person: Person) -> object:
        """All data, serializable as JSON."""
        raise NotImplementedError

    def erase(self, person: Person, *, keep_words: bool) -> None:
        """Erase everything that identifies the person. `keep_words`: published text stays without a name."""
        raise NotImplementedError


class CannotErase(ServiceError):
    code = "cannot_erase"
    status = 403

    def __init__(self, reasons: list[str]) -> None:
        super().__init__()
        self.reasons = reasons

    def __str__(self) -> str:
        return " ".join(self.reasons)


rooms: list[PersonalData] = []


def register(belongings: PersonalData) -> None:
    rooms.append(belongings)


def panels(person: Person) -> list[dict]:
    found = [(room.template, room.shown(person)) for room in rooms]
    return [{"template": template, **context} for template, context in found if context is not None]


def reasons(person: Person) -> list[str]:
    """Reasons why the account cannot be erased."""
    found = [str(room.blocks_erasure(person)) for room in rooms]
    if person.user is not None and person.user.needs_recent_authentication:
        found.insert(0, str(_("You are a staff member. Ask another staff member to remove your staff status first.")))
    return [reason for reason in found if reason]


def export(person: Person) -> dict:
    account = {"account": account_of(person.user)} if person.user else {}
    return {**account, **{room.name: room.export(person) for room in rooms}}


def account_of(user: User) -> dict:
    ways = SocialAccount.objects.filter(user=user).values("provider", "uid", "extra_data", "date_joined", "last_login")
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
        "email_addresses": list(EmailAddress.objects.filter(user=user).values("email", "verified", "primary")),
        "sessions": list(
            UserSession.objects.filter(user=user).values("created_at", "last_seen_at", "ip", "user_agent")
        ),
        "second_factors": list(Authenticator.objects.filter(user=user).values("type", "created_at", "last_used_at")),
    }


def erase(person: Person, *, keep_words: bool) -> None:
    """Erase package by package in separate transactions, the account last, so that it can be repeated."""
    if found := reasons(person):
        raise CannotErase(found)
    for room in rooms:
        room.erase(person, keep_words=keep_words)
    if person.user is not None:
        person.user.delete()


class Programs(PersonalData):
    """Devices and personal access tokens."""

    name = "programs"
    template = "accounts/_programs.html"

    def shown(self, person: Person) -> dict | None:
        if person.user is None:
            return None
        return {
            "devices": list(person.user.devices.alive().newest()),
            "tokens": list(person.user.personal_tokens.order_by("-created_at")),
        }

    def export(self, person: Person) -> dict:
        if person.user is None:
            return {"devices": [], "personal_tokens": []}
        return {
            "devices": list(
                person.user.devices.newest().values(
                    "id", "name", "network", "created_at", "used_at", "expires_at", "revoked_at"
                )
            ),
            "personal_tokens": [
                {
                    "id": token.pk,
                    "name": token.name,
                    "scopes": token.scopes,
                    "created_at": token.created_at,
                    "used_at": token.used_at,
                    "expires_at": token.expires_at,
                }
                for token in person.user.personal_tokens.order_by("-created_at")
            ],
        }

    def erase(self, person: Person, *, keep_words: bool) -> None:
        if person.user is not None:
            person.user.devices.all().delete()
            person.user.personal_tokens.all().delete()


class IdempotentResponses(PersonalData):
    """Responses to requests with an Idempotency-Key, kept for a day."""

    name = "idempotent_responses"

    def export(self, person: Person) -> list[dict]:
        kept = IdempotentResponse.objects.filter(client=person.who)
        return [{"key": each.key, "body": each.body, "created_at": each.created_at} for each in kept]

    def erase(self, person: Person, *, keep_words: bool) -> None:
        IdempotentResponse.objects.filter(client=person.who).delete()


register(Programs())
register(IdempotentResponses())
