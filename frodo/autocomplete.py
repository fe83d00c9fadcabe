"""The admin's fields that are chosen by typing."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db import models
from django.http import HttpRequest


def is_key(value: object) -> bool:
    return str(value).isdecimal() and len(str(value)) < 19


class KeySelect(AutocompleteSelect):
    """A value that is no key chooses nothing; Django's widget would fail."""

    def optgroups(self, name: str, value: Sequence[str], attr: dict[str, Any] | None = None) -> list:
        return super().optgroups(name, [each for each in value if is_key(each)], attr)


class AutocompleteMixin(admin.ModelAdmin):
    def formfield_for_foreignkey(self, db_field: models.ForeignKey, request: HttpRequest, **options: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            options.setdefault("widget", KeySelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **options)
