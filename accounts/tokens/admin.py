from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.tokens.models import Device, DeviceQuerySet, PersonalToken


class MadeElsewhere:
    """Looked at and taken away, never made up or changed by hand."""

    def has_add_permission(self, request: HttpRequest, obj=None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj=None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj=None) -> list[str]:
        return list(self.fields)


class DeviceInline(MadeElsewhere, admin.TabularInline):
    model = Device
    fields = ["name", "network", "created_at", "used_at", "expires_at"]
    extra = 0
    verbose_name_plural = _("signed in on devices")

    def get_queryset(self, request: HttpRequest) -> DeviceQuerySet:
        return super().get_queryset(request).alive().newest()


class PersonalTokenInline(MadeElsewhere, admin.TabularInline):
    model = PersonalToken
    fields = ["name", "begins_with", "scope", "created_at", "used_at", "expires_at"]
    extra = 0


@admin.register(Device)
class DeviceAdmin(MadeElsewhere, admin.ModelAdmin):
    list_display = ["__str__", "user", "network", "created_at", "used_at", "expires_at", "revoked_at"]
    list_filter = [("revoked_at", admin.EmptyFieldListFilter)]
    list_select_related = ["user"]
    search_fields = ["name", "network", "user__username", "user__display_name"]
    fields = ["user", "name", "network", "created_at", "used_at", "expires_at", "revoked_at"]
    ordering = ["-used_at"]
    actions = ["sign_out"]

    @admin.action(description=_("Sign out"), permissions=["delete"])
    def sign_out(self, request: HttpRequest, devices: DeviceQuerySet) -> None:
        n = devices.revoke()
        self.message_user(request, _("%(n)d signed out.") % {"n": n})


@admin.register(PersonalToken)
class PersonalTokenAdmin(MadeElsewhere, admin.ModelAdmin):
    list_display = ["name", "user", "begins_with", "scope", "created_at", "used_at", "expires_at"]
    list_select_related = ["user"]
    search_fields = ["name", "begins_with", "user__username", "user__display_name"]
    fields = ["user", "name", "begins_with", "scope", "created_at", "used_at", "expires_at"]
    ordering = ["-created_at"]
