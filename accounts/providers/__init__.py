"""Others who can say who somebody is: GitHub, and whoever speaks OpenID Connect (docs/accounts.md).

What is asked of them is asked on the event loop, so that one who does not answer holds no thread of the database.
"""

from django.conf import settings

from .base import Provider, ProviderFailed
from .github import GitHub
from .oidc import OpenID

KINDS: dict[str, type[Provider]] = {"github": GitHub, "oidc": OpenID}

__all__ = ["Provider", "ProviderFailed", "named", "offered"]


def offered() -> list[Provider]:
    return [named(name) for name in settings.SIGN_IN_PROVIDERS]


def named(name: str) -> Provider | None:
    """None when it is not one of those that settings name."""
    options = settings.SIGN_IN_PROVIDERS.get(name)
    if options is None:
        return None
    return KINDS[options["kind"]](name, **{key: value for key, value in options.items() if key != "kind"})
