from typing import TYPE_CHECKING, cast

from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.tokens.models import Device, DeviceQuerySet, PersonalToken
from frodo.fields import searched

if TYPE_CHECKING:
    MixedIn = BaseModelAdmin
else:
    MixedIn = object


class MadeElsewhere(MixedIn):
    """Rows can be viewed and deleted only."""

    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return [str(name) for name in self.fields or ()]


class DeviceInline(MadeElsewhere, admin.TabularInline):
    model = Device
    fields = ["name", "network", "created_at", "used_at", "expires_at"]
    verbose_name_plural = _("signed in on devices")

    def get_queryset(self, request: HttpRequest) -> DeviceQuerySet:
        return cast(DeviceQuerySet, super().get_queryset(request)).alive().newest()


class PersonalTokenInline(MadeElsewhere, admin.TabularInline):
    model = PersonalToken
    fields = ["name", "begins_with", "scope", "created_at", "used_at", "expires_at"]


@admin.register(Device)
class DeviceAdmin(MadeElsewhere, admin.ModelAdmin):
    fields = ["user", *DeviceInline.fields, "revoked_at"]
    list_display = ["__str__", "user", "network", "created_at", "used_at", "expires_at", "revoked_at"]
    list_filter = [("revoked_at", admin.EmptyFieldListFilter)]
    list_select_related = ["user"]
    search_fields = searched("name", "network", "user__username", "user__display_name")
    ordering = ["-used_at"]
    actions = ["sign_out"]

    @admin.action(description=_("Sign out"), permissions=["delete"])
    def sign_out(self, request: HttpRequest, devices: DeviceQuerySet) -> None:
        self.message_user(request, _("%(n)d signed out.") % {"n": devices.revoke()})


@admin.register(PersonalToken)
class PersonalTokenAdmin(MadeElsewhere, admin.ModelAdmin):
    fields = ["user", *PersonalTokenInline.fields]
    list_display = ["name", "user", "begins_with", "scope", "created_at", "used_at", "expires_at"]
    list_select_related = ["user"]
    search_fields = searched("name", "begins_with", "user__username", "user__display_name")
    ordering = ["-created_at"]
