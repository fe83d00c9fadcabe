"""What readers may call themselves."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from frodo import names
from frodo.errors import Refused

MAX_LENGTH = 60
"""As long as a comment may be signed."""


class NameMissing(Refused):
    code = "name_missing"
    message = _("Tell us your name.")
    field = "name"


class NameTaken(Refused):
    code = "name_taken"
    message = _("This is the name of somebody who writes here. Choose another one.")
    field = "name"


def checked(name: str, user: User | None = None) -> str:
    """The name as it can be shown. Nobody takes the name of one of the staff."""
    name = names.clean(name)[:MAX_LENGTH].strip()
    if not names.can_be_seen(name):
        raise NameMissing
    if is_name_of_staff(name, user):
        raise NameTaken
    return name


def is_name_of_staff(name: str, user: User | None = None) -> bool:
    looks_like = names.folded(name)
    staff = User.objects.filter(is_staff=True, is_active=True).exclude(pk=user and user.pk)
    return any(looks_like in {names.folded(other.name), names.folded(other.username)} for other in staff)


def free_name(*wishes: str) -> str:
    """The first that may be used, of what a provider calls somebody."""
    for wish in wishes:
        try:
            return checked(wish)
        except Refused:
            continue
    return str(_("Reader"))
