from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as StockUserAdmin
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.forms import AdminPasswordForm
from accounts.models import Identity, User

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
    list_display = ["username", "name", "email", "is_staff", "is_active", "date_joined"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    list_filter = ["is_staff", "is_active", "identities__provider"]
    search_fields = ["username", "display_name", "email", "identities__label"]
    inlines = [IdentityInline]
    fieldsets = [
        *StockUserAdmin.fieldsets[:1],
        (_("Shown to readers"), {"fields": ["display_name", "bio", "website"]}),
        (_("Mail"), {"fields": ["mail_comments", "mail_held", "mail_answers", "language"]}),
        *StockUserAdmin.fieldsets[1:],
    ]
