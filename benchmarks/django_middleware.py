"""settings.MIDDLEWARE as Django's documentation has it, for comparison."""

from django.conf import settings

from frodo.middleware import OnTheLoop


def django_middleware() -> list[str]:
    """Ours, with Django's own classes in place of those that stay on the event loop."""
    own = {
        f"{ours.__module__}.{ours.__name__}": f"{stock.__module__}.{stock.__name__}"
        for ours in OnTheLoop.__subclasses__()
        for stock in ours.__bases__[1:]
    }
    return [own.get(name, name) for name in settings.MIDDLEWARE]
