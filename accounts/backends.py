"""Authentication backend and password hasher."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from asgiref.sync import sync_to_async
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db.models import Model
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from accounts import login_throttling
from accounts.models import User, grants, grants_some


class Accounts(AuthenticationBackend):
    """allauth's backend with throttling (accounts.login_throttling). Raises TooManyAttempts."""

    @sensitive_variables()
    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        account = credentials.get("username") or credentials.get("email")
        if not account:
            return None
        if request is not None:
            login_throttling.check_rate(request, account)
        return super().authenticate(request, **credentials)

    @sensitive_variables()
    async def aauthenticate(self, request: HttpRequest | None, *args: Any, **credentials: Any) -> User | None:
        """Runs in a thread; Django's own would hash the password on the event loop."""
        return await sync_to_async(self.authenticate)(request, *args, **credentials)

    def has_perm(self, user: User, perm: str, obj: Model | None = None) -> bool:
        return (has_role(user) and grants(user.role, perm)) or super().has_perm(user, perm, obj)

    def has_module_perms(self, user: User, app_label: str) -> bool:
        return (has_role(user) and grants_some(user.role, app_label)) or super().has_module_perms(user, app_label)


def has_role(user: User) -> bool:
    return user.is_active and user.is_staff


class Argon2(Argon2PasswordHasher):
    """Argon2id with 19 MiB, 2 iterations, 1 lane, as OWASP recommends.

    Django's default uses 100 MiB and eight threads, with which concurrent attempts could exhaust memory.
    """

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
