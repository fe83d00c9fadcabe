"""Who writes this blog."""

import secrets

from django.contrib.auth.password_validation import validate_password

from accounts.models import User
from accounts.roles import Role


def create_author(username: str, password: str = "", *, email: str = "", name: str = "") -> tuple[User, str]:
    """A user who may do everything in the admin, and the password; a safe one is made where none is given.

    Raises ValidationError when the name or the password cannot be used.
    """
    author = User(
        username=User.normalize_username(username),
        email=User.objects.normalize_email(email),
        display_name=name,
        role=Role.AUTHOR,
    )
    author.full_clean(exclude=["password"])
    if password:
        validate_password(password, author)
    else:
        password = secrets.token_urlsafe(12)
    author.set_password(password)
    author.save()
    return author, password
