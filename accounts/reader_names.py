"""Display names of readers."""

from typing import Any

from django import forms
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from frodo import display_names
from frodo.errors import ServiceError
from frodo.snapshots import Snapshot

MAX_LENGTH = 60
"""As long as the name of a comment."""


class NameMissing(ServiceError):
    code = "name_missing"
    message = _("Enter your name.")
    field = "name"


class NameTaken(ServiceError):
    code = "name_taken"
    message = _("This name belongs to an author of this site. Choose another one.")
    field = "name"


def checked(name: str, user: User | None = None) -> str:
    """The cleaned name. Raises ServiceError if it is empty or a staff member's."""
    name = display_names.clean(name)[:MAX_LENGTH].strip()
    if not display_names.can_be_seen(name):
        raise NameMissing
    if is_name_of_staff(name, user):
        raise NameTaken
    return name


def is_name_of_staff(name: str, user: User | None = None) -> bool:
    own = user and user.pk
    return any(display_names.look_alike(name, taken) for pk, *theirs in staff.get() if pk != own for taken in theirs)


def load_staff() -> list[tuple[int, str, str]]:
    return [(user.pk, user.name, user.username) for user in User.objects.filter(is_staff=True, is_active=True)]


staff = Snapshot("staff", load_staff)
"""Folded key, name and username of each staff member."""
SHOWN = {"is_staff", "is_active", "display_name", "first_name", "last_name", "username"}


@receiver(post_save, sender=User)
@receiver(post_delete, sender=User)
def staff_changed(instance: User, created: bool = False, update_fields: frozenset | None = None, **signal: Any) -> None:
    """Users who are not staff may have been before, unless they are new."""
    if (instance.is_staff or not created) and (update_fields is None or SHOWN & update_fields):
        staff.changed()


def free_name(*wishes: str) -> str:
    """The first usable name of those that a provider gives."""
    for wish in wishes:
        try:
            return checked(wish)
        except ServiceError:
            continue
    return str(_("Reader"))


class NameForm(forms.Form):
    """The name field of the sign-up form."""

    name = forms.CharField(
        label=pgettext_lazy("of a person", "Name"),
        max_length=MAX_LENGTH,
        error_messages={"required": NameMissing.message},
        widget=forms.TextInput({"autocomplete": "name"}),
    )

    def clean_name(self) -> str:
        try:
            return checked(self.cleaned_data["name"])
        except ServiceError as error:
            raise forms.ValidationError(str(error), code=error.code) from error

    def signup(self, request: HttpRequest, user: User) -> None:
        user.display_name = self.cleaned_data["name"]
        user.save(update_fields=["display_name"])
