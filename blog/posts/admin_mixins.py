"""What the admin of posts and pages shares: the trash, and revisions."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.authentication import signed_in_user
from blog.editor.differences import compare
from blog.posts import revisions, trash
from frodo.api import number
from frodo.form_recovery import recover_form

IN_TRASH = "trash"
MOST_REVISIONS = 200


class TrashFilter(admin.SimpleListFilter):
    """Leads to the trash; TrashMixin chooses the rows."""

    title = _("trash")
    parameter_name = IN_TRASH

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list:
        return [("1", _("In the trash"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset


def is_trash(request: HttpRequest) -> bool:
    return request.GET.get(IN_TRASH) == "1"


class TrashMixin(admin.ModelAdmin):
    """Deleting moves to the trash. `?trash=1` lists it, with the actions to restore and to delete for good."""

    delete_confirmation_template = "admin/blog/trash_confirmation.html"
    delete_selected_confirmation_template = "admin/blog/trash_selected_confirmation.html"
    actions = ["restore", "delete_permanently"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        if is_trash(request):
            return trash.trashed(self.model).order_by("-trashed_at")
        return super().get_queryset(request)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = {"list_title": gettext("Trash"), "has_add_permission": False} if is_trash(request) else {}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def get_list_display(self, request: HttpRequest) -> Any:
        """In the trash, the time at which each was moved there."""
        names = super().get_list_display(request)
        times = ("published_at", "updated_at") if is_trash(request) else ()
        return ["trashed_at" if name in times else name for name in names]

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> Any:
        return None if is_trash(request) else super().get_list_display_links(request, list_display)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        found = super().get_actions(request)
        return {name: each for name, each in found.items() if (name in TrashMixin.actions) == is_trash(request)}

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[list, dict, set, list]:
        """Nothing else is deleted with them."""
        may = all(self.has_delete_permission(request, each) for each in objs)
        return [str(each) for each in objs], {}, set() if may else {str(self.opts.verbose_name_plural)}, []

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Of an entry in the trash, the list of the trash: somebody may know its URL, or have had it open."""
        found = trash.trashed(self.model).filter(pk=number(object_id)).first() if object_id else None
        if found is None or not self.has_delete_permission(request, found):
            return super().changeform_view(request, object_id, form_url, extra_context)
        if request.method == "POST":
            reason = gettext("“%s” is in the trash, so this was not saved. Restore it in another tab first.") % found
            return recover_form(request, reason)
        self.message_user(request, gettext("“%s” is in the trash. Restore it to edit it.") % found, messages.WARNING)
        return HttpResponseRedirect(f"{reverse(f'admin:blog_{self.opts.model_name}_changelist')}?{IN_TRASH}=1")

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"keep_days": settings.TRASH_KEEP_DAYS, **(extra_context or {})}
        return super().delete_view(request, object_id, context)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        self.check_version(request, obj)  # type: ignore[attr-defined]  # EditorAdmin's
        trash.put(self.model._base_manager.get(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        with transaction.atomic():
            for entry in self.model._base_manager.filter(pk__in=[each.pk for each in queryset]):
                trash.put(entry)

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        self.message_user(request, _("“%s” was moved to the trash.") % obj_display, messages.SUCCESS)
        return HttpResponseRedirect(reverse(f"admin:blog_{self.opts.model_name}_changelist"))

    def permitted_in_trash(self, request: HttpRequest, queryset: QuerySet) -> list[Any]:
        """Those that the user may restore or delete. A message names the others."""
        found = list(queryset.filter(trashed_at__isnull=False))
        allowed = [each for each in found if self.has_delete_permission(request, each)]
        if refused := [str(each) for each in found if each not in allowed]:
            words = gettext("Left in the trash, as contributors restore and delete their own drafts only: %s.")
            self.message_user(request, words % ", ".join(refused), messages.ERROR)
        return allowed

    @admin.action(description=_("Restore"), permissions=["delete"])
    def restore(self, request: HttpRequest, queryset: QuerySet) -> None:
        n = 0
        for entry in self.permitted_in_trash(request, queryset):
            trash.restore(entry)
            n += 1
        self.message_user(request, ngettext("%d entry restored.", "%d entries restored.", n) % n, messages.SUCCESS)

    @admin.action(description=_("Delete permanently"), permissions=["delete"])
    def delete_permanently(self, request: HttpRequest, queryset: QuerySet) -> None:
        n = 0
        for entry in self.permitted_in_trash(request, queryset):
            entry.delete()
            n += 1
        self.message_user(request, ngettext("%d entry deleted.", "%d entries deleted.", n) % n, messages.SUCCESS)


class RevisionsMixin(admin.ModelAdmin):
    """Records a revision with each save; `<id>/revisions/` lists, compares and restores them."""

    def get_urls(self) -> list:
        view = self.admin_site.admin_view(self.revisions_view)
        name = f"blog_{self.opts.model_name}_revisions"
        return [path("<int:pk>/revisions/", view, name=name), *super().get_urls()]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not hasattr(form, "loaded"):  # a row of an editable list, which has no words
            super().save_model(request, obj, form, change)
            return
        with revisions.recording(obj, signed_in_user(request)):
            super().save_model(request, obj, form, change)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        pk = number(object_id)  # None for a new entry, and for a URL that names none
        url = reverse(f"admin:blog_{self.opts.model_name}_revisions", args=[pk]) if pk is not None else ""
        return super().changeform_view(request, object_id, form_url, {"revisions_url": url, **(extra_context or {})})

    def revisions_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        entry = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_change_permission(request, entry):
            raise PermissionDenied
        found = revisions.of(entry)
        if request.method == "POST":
            revision = get_object_or_404(found, pk=number(request.POST.get("revision")))
            revisions.restore(revision, user=request.user)
            self.message_user(request, gettext("The revision was restored."), messages.SUCCESS)
            return HttpResponseRedirect(reverse(f"admin:blog_{self.opts.model_name}_change", args=[pk]))
        listed = list(found.select_related("user").defer("text")[:MOST_REVISIONS])
        wanted = request.GET.get("revision")
        selected = get_object_or_404(found, pk=number(wanted)) if wanted else found.first()
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Revisions"),
            "subtitle": str(entry),
            "opts": self.opts,
            "original": entry,
            "revisions": listed,
            "shown": selected,
            "parts": compare(selected.text, entry.text) if selected else [],
            "is_current": selected is not None and (selected.title, selected.text) == (entry.title, entry.text),
        }
        return TemplateResponse(request, "admin/blog/revisions.html", context)
