"""The base of the admin classes whose forms hold somebody's writing."""

import json
import re
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Model
from django.forms import Script
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.authentication import signed_in_user
from blog.editor.autosave import autosave, forget
from blog.editor.forms import VERSION, VersionedModelForm
from frodo.admin_site import AutocompleteMixin, DeletionMixin
from frodo.api import number
from frodo.conflict_retry import EditConflict, retry_on_conflict
from frodo.form_recovery import recover_form

SAVED_DRAFTS = "saved_drafts"
"""A cookie for static/js/editor/drafts.js: the drafts that the database has by now, separated by dots."""
DRAFT = re.compile(r"[a-z0-9]{1,40}-[0-9]{1,16}")
MOST_DRAFTS = 20
DAY = 24 * 3600


class EditorAdmin(DeletionMixin, AutocompleteMixin):
    """Nothing that was written is lost.

    The browser warns before a changed form is left and keeps its content until the server acknowledges the save
    (static/js/editor). A form on an outdated version is answered with 409 and both versions.
    """

    form = VersionedModelForm
    change_form_template = "admin/blog/editor_change_form.html"

    class Media:
        css = {"all": ["css/admin_editor.css"]}
        js = [Script("js/editor/form.js", type="module")]

    def get_urls(self) -> list:
        name = f"{self.opts.app_label}_{self.opts.model_name}_autosave"
        return [path("autosave/", self.admin_site.admin_view(autosave), name=name), *super().get_urls()]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Model | None:
        """On a POST with its row locked: two saves at the same time are judged one after the other."""
        found = super().get_object(request, object_id, from_field)
        if found is None or request.method != "POST" or not transaction.get_connection().in_atomic_block:
            return found
        list(self.model._base_manager.select_for_update().filter(pk=found.pk).values_list("pk"))
        return super().get_object(request, object_id, from_field)

    @retry_on_conflict
    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method == "POST" and request.POST.get("account", str(request.user.pk)) != str(request.user.pk):
            reason = _("This form was opened by another account, so it was not saved. Sign in with that account.")
            return recover_form(request, reason, sign_out=True)
        if request.method == "POST" and object_id and not self.exists(request, object_id):
            reason = _("This was deleted meanwhile, so what you entered was not saved. Copy what you need from here.")
            return recover_form(request, reason, may_send=False, may_open=False)
        url = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_autosave")
        context = {
            "autosave_url": url,
            **(extra_context or {}),
            "show_delete": False,
        }  # the template's own link names the version
        response = super().changeform_view(request, object_id, form_url, context)
        form = getattr(response, "context_data", {}).get("adminform")
        if form is not None and getattr(form.form, "conflicts", None):
            response.status_code = 409
        return response

    def exists(self, request: HttpRequest, object_id: str) -> bool:
        return self.get_queryset(request).filter(pk=number(object_id)).exists()

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The URL names the version that the user has seen; only that one is deleted."""
        if request.method == "GET" and (found := self.get_object(request, object_id)) is not None:
            seen, now = request.GET.get(VERSION), self.version_of(request, found)
            if seen is None:
                query = request.GET.copy()
                query[VERSION] = now
                return HttpResponseRedirect(f"{request.path}?{query.urlencode()}")
            if seen != now:
                return self.refuse_to_delete(request, object_id)
        try:
            return super().delete_view(request, object_id, extra_context)
        except EditConflict:
            return self.refuse_to_delete(request, object_id)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.check_version(request, obj)
        super().delete_model(request, obj)

    def check_version(self, request: HttpRequest, obj: Model) -> None:
        """In the transaction that deletes, whose row is locked. Raises EditConflict."""
        seen = request.GET.get(VERSION)
        if seen is not None and seen != self.version_of(request, obj):
            raise EditConflict(obj)

    def version_of(self, request: HttpRequest, obj: Model) -> str:
        form = self.get_form(request, obj, change=True)(instance=obj)
        return cast(VersionedModelForm, form).short_version

    def refuse_to_delete(self, request: HttpRequest, object_id: str) -> HttpResponse:
        reason = _("This was changed elsewhere after you opened it, so it was not deleted. Look at it as it is now.")
        self.message_user(request, reason, messages.ERROR)
        return HttpResponseRedirect(
            reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[object_id])
        )

    def response_add(self, request: HttpRequest, obj: Model, post_url_continue: str | None = None) -> HttpResponse:
        return acknowledge(request, super().response_add(request, obj, post_url_continue))

    def response_change(self, request: HttpRequest, obj: Model) -> HttpResponse:
        return acknowledge(request, super().response_change(request, obj))

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> type[forms.ModelForm]:
        return super().get_changelist_form(request, **{"form": ListForm, **kwargs})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if isinstance(form, ListForm):
            obj.save(update_fields=form.changed_data)
        else:
            super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if isinstance(form, ListForm):
            return
        if form.merged:
            words = _("This was changed elsewhere meanwhile. Both changes were merged; check the text.")
            self.message_user(request, words, messages.WARNING)
        if form.taken:
            words = _("Changed elsewhere meanwhile, and kept: %s.") % form.labels_taken
            self.message_user(request, words, messages.WARNING)


class ListForm(forms.ModelForm):
    """A row of an editable list. Only what the user has changed in it is saved, not what the list showed besides."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.show_hidden_initial = True


def acknowledge(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Tell the browser which of its drafts it need not keep any longer."""
    draft = request.POST.get("draft", "")
    if DRAFT.fullmatch(draft):
        window, at = draft.split("-")
        forget(signed_in_user(request), window, int(at))
        before = [name for name in request.COOKIES.get(SAVED_DRAFTS, "").split(".") if DRAFT.fullmatch(name)]
        response.set_cookie(
            SAVED_DRAFTS,
            ".".join([*before, draft][-MOST_DRAFTS:]),
            max_age=DAY,
            path=reverse("admin:index"),
            secure=request.is_secure(),
            samesite="Lax",
        )
    return response


def search_phrases() -> str:
    """As JSON, by CodeMirror's own English phrases."""
    return json.dumps(
        {
            "Find": pgettext("editor", "Find"),
            "Replace": _("Replace with"),
            "next": pgettext("editor", "Next"),
            "previous": pgettext("editor", "Previous"),
            "all": pgettext("editor", "Select all"),
            "match case": _("Match case"),
            "regexp": _("Regular expression"),
            "by word": _("Whole words"),
            "replace": pgettext("editor", "Replace"),
            "replace all": pgettext("editor", "Replace all"),
            "close": pgettext("editor", "Close"),
            "current match": _("current match"),
            "on line": _("on line"),
            "replaced match on line $": _("Replaced match on line $"),
            "replaced $ matches": _("Replaced $ matches"),
            "Control character": _("Control character"),
        },
        ensure_ascii=False,
    )
