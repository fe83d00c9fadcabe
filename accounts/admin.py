from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as StockUserAdmin
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.forms import AdminPasswordForm
from accounts.models import Identity, User
from accounts.second_step.admin import SecondStepInline
from accounts.tokens.admin import DeviceInline, PersonalTokenInline

admin.site.login_form = AdminPasswordForm


class IdentityInline(admin.TabularInline):
    """Looked at and taken away, never made up by hand."""

    model = Identity
    fields = readonly_fields = ["provider_label", "label", "uid", "created_at", "used_at"]
    extra = 0

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    @admin.display(description=_("provider"))
    def provider_label(self, identity: Identity) -> str:
        return identity.provider_label


@admin.register(User)
class UserAdmin(StockUserAdmin):
    list_display = ["username", "name", "email", "role", "is_active", "date_joined"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    list_filter = ["role", "is_active", "identities__provider"]
    search_fields = ["username", "display_name", "email", "identities__label"]
    inlines = [IdentityInline, SecondStepInline, DeviceInline, PersonalTokenInline]
    fieldsets = [
        *StockUserAdmin.fieldsets[:1],
        (_("Shown to readers"), {"fields": ["display_name", "bio", "website"]}),
        (_("Mail"), {"fields": ["mail_comments", "mail_held", "mail_answers", "language"]}),
        *StockUserAdmin.fieldsets[1:2],
        (_("Permissions"), {"fields": ["role", "is_active"]}),
        (_("Single permissions"), {"fields": ["is_staff", "groups", "user_permissions"], "classes": ["collapse"]}),
        *StockUserAdmin.fieldsets[3:],
    ]

    def save_model(self, request, user: User, form, change: bool) -> None:
        if "role" in form.changed_data:
            user.take_role(user.role)
        super().save_model(request, user, form, change)
