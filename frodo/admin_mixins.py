"""What Django's ModelAdmin leaves rough: the question before deleting, and fields with autocompletion."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db import models
from django.http import HttpRequest


class DeletionMixin(admin.ModelAdmin):
    """The question before deleting counts related rows only where the admin has a page for them.

    Django also names the others, as “Post_tags object (9)”.
    """

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[list, dict, set, list]:
        names, counts, refused, protected = super().get_deleted_objects(objs, request)
        known = {str(model._meta.verbose_name_plural) for model in self.admin_site._registry}
        shown = {name: n for name, n in counts.items() if str(name) in known}
        return [name for name in names if not isinstance(name, list)], shown, refused, protected


def is_key(value: object) -> bool:
    return str(value).isdecimal() and len(str(value)) < 19


class KeySelect(AutocompleteSelect):
    """A value that is no key chooses nothing; Django's widget would fail."""

    def optgroups(self, name: str, value: Sequence[str], attr: dict[str, Any] | None = None) -> list:
        return super().optgroups(name, [each for each in value if is_key(each)], attr)


class AutocompleteMixin(admin.ModelAdmin):
    """Values that are no keys are refused in the form."""

    def formfield_for_foreignkey(self, db_field: models.ForeignKey, request: HttpRequest, **options: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            options.setdefault("widget", KeySelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **options)
