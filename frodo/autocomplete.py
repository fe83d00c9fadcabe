"""The admin's fields that are chosen by typing."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db import models
from django.http import HttpRequest

from frodo.api import number


class KeySelect(AutocompleteSelect):
    """A value that is no key chooses nothing; Django's widget would fail."""

    def optgroups(self, name: str, value: list[str], attr: dict[str, Any] | None = None) -> list:
        return super().optgroups(name, [each for each in value if number(str(each)) is not None], attr)


class AutocompleteMixin(admin.ModelAdmin):
    def formfield_for_foreignkey(self, db_field: models.ForeignKey, request: HttpRequest, **options: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            options.setdefault("widget", KeySelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **options)
