from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as StockUserAdmin
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User


@admin.register(User)
class UserAdmin(StockUserAdmin):
    list_display = ["username", "name", "email", "is_staff", "is_active", "date_joined"]
    list_filter = ["is_staff", "is_active"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    search_fields = ["username", "display_name", "email"]
    fieldsets = [
        *StockUserAdmin.fieldsets[:1],
        (_("Shown to readers"), {"fields": ["display_name", "bio", "website"]}),
        (_("Mail"), {"fields": ["mail_comments", "mail_held", "mail_answers", "language"]}),
        *StockUserAdmin.fieldsets[1:],
    ]
