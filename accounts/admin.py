from datetime import datetime
from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin
from django.contrib.auth.admin import UserAdmin as StockUserAdmin
from django.contrib.auth.forms import (
    AdminPasswordChangeForm,
    ReadOnlyPasswordHashField,
    ReadOnlyPasswordHashWidget,
    SetUnusablePasswordMixin,
    UserChangeForm,
)
from django.contrib.auth.hashers import is_password_usable
from django.contrib.auth.models import Group
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from accounts.tokens.admin import DeviceInline, MadeElsewhere, PersonalTokenInline
from frodo.admin_site import DeletionMixin
from frodo.fields import searched

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # as allauth documents
for model in (Authenticator, EmailAddress, Group, SocialAccount, SocialApp, SocialToken, UserSession):
    admin.site.unregister(model)


class SocialAccountInline(MadeElsewhere, admin.TabularInline):
    model = SocialAccount
    fields = ["provider_name", "label", "uid", "date_joined", "last_login"]

    @admin.display(description=_("provider"))
    def provider_name(self, account: SocialAccount) -> str:
        return settings.SIGN_IN_PROVIDERS.get(account.provider, account.provider)

    @admin.display(description=_("shown as"))
    def label(self, account: SocialAccount) -> str:
        return account.extra_data.get("label", "")


class SecondFactorInline(MadeElsewhere, admin.TabularInline):
    """Lets the owner remove two-factor authentication of a user who lost the phone."""

    model = Authenticator
    fields = ["kind", "created", "last_used"]
    verbose_name = _("second factor")
    verbose_name_plural = _("second factors")

    @admin.display(description=_("type"))
    def kind(self, factor: Authenticator) -> str:
        return factor.get_type_display()

    @admin.display(description=pgettext_lazy("time", "created"))
    def created(self, factor: Authenticator) -> datetime:
        return factor.created_at

    @admin.display(description=_("last used"))
    def last_used(self, factor: Authenticator) -> datetime | None:
        return factor.last_used_at

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_delete_permission(request, obj) and obj != request.user


class PasswordWidget(ReadOnlyPasswordHashWidget):
    """Says whether there is a password, and links to the form that sets one; not how it is hashed."""

    def get_context(self, name: str, value: str | None, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        is_set = bool(value) and is_password_usable(value)
        return {**context, "summary": [{"label": _("A password is set.") if is_set else _("No password is set.")}]}


class UserForm(UserChangeForm):
    password = ReadOnlyPasswordHashField(label=_("Password"), widget=PasswordWidget)


class PasswordChangeForm(AdminPasswordChangeForm):
    """Django joins the two sentences when it is loaded, in the language of the process."""

    usable_password_help_text = format_lazy(  # type: ignore[assignment]  # lazy, as labels are
        '{}<ul id="id_unusable_warning" class="messagelist"><li class="warning">{}</li></ul>',
        SetUnusablePasswordMixin.usable_password_help_text,
        _("If disabled, the current password for this user will be lost."),
    )


STOCK_FIELDSETS = list(StockUserAdmin.fieldsets or ())


@admin.register(User)
class UserAdmin(DeletionMixin, StockUserAdmin):
    list_display = ["username", "name", "email", "role_chip", "date_joined"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    list_filter = ["role", "is_active", "socialaccount__provider"]
    search_fields = searched("username", "display_name", "email")
    inlines = [SocialAccountInline, SecondFactorInline, DeviceInline, PersonalTokenInline]
    form = UserForm
    change_password_form = PasswordChangeForm
    filter_horizontal = ()  # its widget is not translated, and unwieldy on a phone
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        *STOCK_FIELDSETS[:1],
        (_("Public profile"), {"fields": ["display_name", "bio", "website"]}),
        (_("E-mail notifications"), {"fields": ["mail_comments", "mail_pending", "mail_answers", "language"]}),
        *STOCK_FIELDSETS[1:2],
        (_("Permissions"), {"fields": ["role", "is_active"]}),
        (_("Single permissions"), {"fields": ["is_staff", "user_permissions"], "classes": ["collapse"]}),
        *STOCK_FIELDSETS[3:],
    ]

    @admin.display(description=pgettext_lazy("of a person", "name"))
    def name(self, user: User) -> str:
        return user.name

    @admin.display(description=_("role"), ordering="role")
    def role_chip(self, user: User) -> str:
        if not user.is_active:
            return format_html('<span class="chip is-bad">{}</span>', _("Inactive"))
        name = user.get_role_display().partition(":")[0].partition("：")[0]
        return format_html('<span class="chip{}">{}</span>', " is-good" if user.is_staff else "", name)

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[type[InlineModelAdmin]]:
        return list(super().get_inlines(request, obj)) if obj else []

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Nobody takes away their own rights: so at least one author is left."""
        fixed = ["role", "is_active", "is_staff"] if obj is not None and obj == request.user else []
        return [*super().get_readonly_fields(request, obj), *fixed]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and obj != request.user

    def save_model(self, request: HttpRequest, user: User, form: ModelForm, change: bool) -> None:
        if "role" in form.changed_data:
            user.apply_role(user.role)
        super().save_model(request, user, form, change)
