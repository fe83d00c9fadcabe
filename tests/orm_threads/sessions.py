"""A place for sessions where nothing can be kept."""

from django.contrib.sessions.backends.db import SessionStore as Database
from django.db import OperationalError

error: Exception = OperationalError("nothing can be kept")


class SessionStore(Database):
    def save(self, must_create: bool = False) -> None:
        raise error
