"""The menu of the admin: its screens grouped by what people do, in place of one group per Django app.

The groups are declared by the project (blog/admin.py). A screen is shown to whoever may open it; models that no group
names stand in the last group, so that an app that is added needs no entry here.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


class Model(NamedTuple):
    """The list of a model, such as `blog.post`. `name`: in place of the model's own plural."""

    label: str
    name: Words = ""
    query: str = ""
    """Of the list's URL, for a filtered list."""


class Link(NamedTuple):
    """Another screen, for users with all of these permissions (owners only: `superuser`)."""

    name: Words
    url_name: str
    permission: str = ""
    query: str = ""


class Group(NamedTuple):
    key: str
    name: Words
    entries: tuple[Model | Link, ...]


def build(
    groups: Iterable[Group], hidden: frozenset[str], apps: dict[str, dict[str, Any]], request: HttpRequest
) -> list[dict[str, Any]]:
    """Groups in the shape of `AdminSite.get_app_list()`. `apps` is what `_build_app_dict()` returned."""
    models = {model["model"]._meta.label_lower: model for app in apps.values() for model in app["models"]}
    named = {entry.label for group in groups for entry in group.entries if isinstance(entry, Model)}
    menu = []
    for group in groups:
        found = [shown for entry in group.entries if (shown := screen(entry, models, request))]
        if found:
            menu.append(as_app(group.key, group.name, found))
    rest = [model for label, model in sorted(models.items()) if label not in named | hidden]
    return [*menu, as_app("other", _("Other"), rest)] if rest else menu


def screen(entry: Model | Link, models: dict[str, dict[str, Any]], request: HttpRequest) -> dict[str, Any] | None:
    if isinstance(entry, Model):
        model = models.get(entry.label)
        if model is None or not model["admin_url"]:
            return None
        is_list = not entry.query
        return model | {
            "name": entry.name or model["name"],
            "admin_url": f"{model['admin_url']}{entry.query}",
            "add_url": model["add_url"] if is_list else None,
            "is_current": is_list and request.path.startswith(model["admin_url"]),
        }
    if entry.permission and not (
        request.user.is_superuser if entry.permission == "superuser" else request.user.has_perm(entry.permission)
    ):
        return None
    url = reverse(entry.url_name)
    return {
        "model": None,
        "name": entry.name,
        "object_name": entry.url_name.rpartition(":")[2],
        "admin_url": f"{url}{entry.query}",
        "add_url": None,
        "view_only": False,
        "perms": {},
        "is_current": request.path.startswith(url),
    }


def as_app(key: str, name: Words, models: list[dict[str, Any]]) -> dict[str, Any]:
    return {"name": name, "app_label": key, "app_url": "", "has_module_perms": True, "models": models}
