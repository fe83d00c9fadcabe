"""The question before deleting in the admin: what is deleted, and how many rows that the admin shows go with it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest


class DeletionMixin(admin.ModelAdmin):
    """Django names rows of tables without words for people, such as “Post_tags object (9)”."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[list, dict, set, list]:
        names, counts, refused, protected = super().get_deleted_objects(objs, request)
        known = {str(model._meta.verbose_name_plural) for model in self.admin_site._registry}
        shown = {name: n for name, n in counts.items() if str(name) in known}
        return [name for name in names if not isinstance(name, list)], shown, refused, protected
