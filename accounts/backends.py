"""Who a password belongs to, for every door at which one is asked for."""

from asgiref.sync import sync_to_async
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from accounts import guessing, roles
from accounts.models import User


class Accounts(ModelBackend):
    """Django's own, slowed down (accounts.guessing). Raises TooMany, which says how long to wait."""

    @sensitive_variables()
    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **credentials
    ) -> User | None:
        username = username or credentials.get(User.USERNAME_FIELD)
        if username is None or password is None:
            return None
        if request is not None:
            guessing.slow_down(request, username)
        return super().authenticate(request, username, password)

    @sensitive_variables()
    async def aauthenticate(self, request: HttpRequest | None, *args, **credentials) -> User | None:
        """Django's own would check the password on the event loop."""
        return await sync_to_async(self.authenticate)(request, *args, **credentials)

    def has_perm(self, user: User, perm: str, obj=None) -> bool:
        return (has_role(user) and roles.grants(user.role, perm)) or super().has_perm(user, perm, obj)

    def has_module_perms(self, user: User, app_label: str) -> bool:
        return (has_role(user) and roles.grants_some(user.role, app_label)) or super().has_module_perms(user, app_label)


def has_role(user: User) -> bool:
    return user.is_active and user.is_staff
