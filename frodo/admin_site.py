"""The admin: Django's, with a menu by what people do. A form sent after the session expired is not lost.

The mixins are for what ModelAdmin leaves rough: the question before deleting, and fields with autocompletion.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.contrib import admin
from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig
from django.contrib.admin.widgets import AutocompleteSelect
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from frodo import admin_menu
from frodo.form_recovery import recover_form, signed_out
from frodo.site_settings import site


class AdminConfig(DjangoAdminConfig):
    default_site = "frodo.admin_site.Site"


class Site(AdminSite):
    menu: tuple[admin_menu.Group, ...] = ()
    """Declared in blog/admin.py."""
    dashboard: Callable[[HttpRequest], dict[str, Any]] | None = None
    """The context of the first page."""
    hidden_models: frozenset[str] = frozenset()
    """Labels of models that are registered, but not in the menu."""
    empty_value_display = "—"
    enable_nav_sidebar = False
    """Django's, whose script needs its markup; ours is templates/admin/nav_sidebar.html."""

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        context = self.dashboard(request) if self.dashboard else {}
        return super().index(request, {**context, **(extra_context or {})})

    def app_index(  # type: ignore[override]  # a redirect is an answer, too
        self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The menu has no list by Django apps."""
        return HttpResponseRedirect(reverse("admin:index", current_app=self.name))

    def password_change(  # type: ignore[override]  # a redirect is an answer, too
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of one's account, which limits attempts at the current password."""
        return HttpResponseRedirect(reverse("account_change_password"))

    password_change_done = password_change  # type: ignore[assignment]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return super().each_context(request) | {"site_header": site.SITE_NAME, "site_title": site.SITE_NAME}

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """The menu; of one app, as Django lists it."""
        if app_label is not None:
            return super().get_app_list(request, app_label)
        return admin_menu.build(self.menu, self.hidden_models, self._build_app_dict(request), request)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        checked = super().admin_view(view, cacheable)

        @wraps(checked)
        def recovered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            # A form that names its draft is kept by the browser, which offers it again after signing in.
            if request.method != "POST" or request.POST.get("draft") or self.has_permission(request):
                return checked(request, *args, **kwargs)
            if request.path == reverse("admin:logout", current_app=self.name):
                return checked(request, *args, **kwargs)
            if request.user.is_authenticated:
                reason = _("This account may not use the admin, so this was not saved. Sign in with another one.")
                return recover_form(request, reason, sign_out=True)
            index = reverse("admin:index", current_app=self.name)
            return signed_out(request, f"{reverse('admin:login')}?{urlencode({'next': index})}")

        return recovered


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
