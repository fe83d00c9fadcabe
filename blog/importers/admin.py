"""Importing from the admin: upload, dry run, authors, import, report."""

import re
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.forms import Script
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import filesizeformat
from django.urls import path, reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.authentication import signed_in_user
from accounts.models import User
from blog.importers import admin_jobs
from blog.importers.models import Import
from blog.site.admin import SuperuserAdmin
from frodo.api import number
from frodo.progress import time_left


class ImportForm(forms.ModelForm):
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "WordPress (.xml), Ghost (.json), a zip of either with its images, or of a folder of Hexo, Jekyll, Hugo, "
            "Zola or Markdown; an archive of Frodo (.zip); comments of Disqus, isso, remark42, Waline, Twikoo, giscus "
            "or utterances."
        ),
    )

    class Meta:
        model = Import
        fields = ["file", "kind", "author", "download", "old_url"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "author" in self.fields:
            cast(forms.ModelChoiceField, self.fields["author"]).queryset = User.objects.filter(
                is_staff=True, is_active=True
            )
            for name in ("can_add_related", "can_change_related", "can_view_related"):
                setattr(self.fields["author"].widget, name, False)


class ChunkForm(ImportForm):
    """The same without the file, which follows in pieces, each below the limit of one request."""

    file = None  # type: ignore[assignment]  # Django's way to leave a field out
    name = forms.CharField(max_length=200)

    class Meta(ImportForm.Meta):
        fields = ["name", "kind", "author", "download", "old_url"]


@admin.register(Import)
class ImportAdmin(SuperuserAdmin):
    """An import writes posts of everybody."""

    form = ImportForm
    list_display = ["name", "kind", "state", "weight", "user", "created_at"]
    change_form_template = "admin/blog/import/change_form.html"

    class Media:
        css = {"all": ["css/admin_import.css"]}
        js = [Script("js/admin_import.js", type="module")]

    def get_urls(self) -> list:
        own = [
            path("upload/", self.admin_site.admin_view(self.upload), name="blog_import_upload"),
            path("<int:pk>/status/", self.admin_site.admin_view(self.status), name="blog_import_status"),
            path("<int:pk>/start/", self.admin_site.admin_view(self.start), name="blog_import_start"),
            path("<int:pk>/report/", self.admin_site.admin_view(self.report), name="blog_import_report"),
        ]
        return [*own, *super().get_urls()]

    def get_import(self, request: HttpRequest, pk: int) -> Import:
        if not request.user.is_superuser:
            raise PermissionDenied
        return get_object_or_404(Import, pk=pk)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict:
        return {"author": request.user.pk}

    def save_model(self, request: HttpRequest, obj: Import, form: forms.ModelForm, change: bool) -> None:
        """Without JavaScript the file comes whole."""
        file = form.cleaned_data["file"]
        obj.name, obj.size, obj.user, obj.language = (
            file.name[-200:],
            file.size,
            signed_in_user(request),
            get_language(),
        )
        super().save_model(request, obj, form, change)
        admin_jobs.append(obj, file, 0)
        admin_jobs.enqueue(obj, Import.State.CHECKING)

    def response_add(self, request: HttpRequest, obj: Import, post_url_continue: str | None = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:blog_import_change", args=[obj.pk]))

    def upload(self, request: HttpRequest) -> HttpResponse:
        """A piece of a file: the first one brings the form, the others the key it was answered with."""
        if not request.user.is_superuser:
            raise PermissionDenied
        if request.method != "POST":
            return JsonResponse({"error": gettext("Choose a file.")}, status=405)
        if key := request.POST.get("id", ""):
            row = get_object_or_404(Import, pk=key if key.isdecimal() else 0, state=Import.State.UPLOADING)
        else:
            form = ChunkForm(request.POST)
            if not form.is_valid():
                message = " ".join(str(error) for errors in form.errors.values() for error in errors)
                return JsonResponse({"error": message}, status=400)
            row = form.save(commit=False)
            row.user, row.language = signed_in_user(request), get_language()
            row.save()
        offset, size = (number(request.POST.get(name)) or 0 for name in ("offset", "size"))
        if offset > row.size:  # a piece before it is missing
            words = gettext("The upload was interrupted. Check the connection and try again.")
            return JsonResponse({"error": words}, status=400)
        row.size = (
            admin_jobs.append(row, cast(UploadedFile, request.FILES["chunk"]), offset)
            if "chunk" in request.FILES
            else 0
        )
        row.save(update_fields=["size"])
        if row.size >= size:
            admin_jobs.enqueue(row, Import.State.CHECKING)
        return JsonResponse({"id": row.pk, "url": reverse("admin:blog_import_change", args=[row.pk])})

    def status(self, request: HttpRequest, pk: int) -> HttpResponse:
        return JsonResponse(state_of(self.get_import(request, pk)))

    def start(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Import, or make the dry run again, with the authors that were chosen."""
        row = self.get_import(request, pk)
        if request.method == "POST" and not row.is_running and row.state != Import.State.UPLOADING:
            chosen = {name: request.POST.get(f"author-{n}", "") for n, name in enumerate(row.unknown_authors)}
            row.authors = {name: username for name, username in chosen.items() if username in usernames()}
            is_check = "check" in request.POST
            admin_jobs.enqueue(row, Import.State.CHECKING if is_check else Import.State.IMPORTING)
        return HttpResponseRedirect(reverse("admin:blog_import_change", args=[pk]))

    def report(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self.get_import(request, pk)
        headers = {"Content-Disposition": f'attachment; filename="import-{row.pk}.txt"'}
        return HttpResponse(row.report + "\n", content_type="text/plain; charset=utf-8", headers=headers)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is None or request.method == "POST":
            return self._get_obj_does_not_exist_redirect(  # type: ignore[attr-defined]  # absent from the stubs
                request, self.opts, object_id
            )
        choices = list(enumerate((name, row.authors.get(name, "")) for name in row.unknown_authors))
        more = {
            "import": row,
            "title": row.name,
            "subtitle": None,
            "status": state_of(row),
            "report": [counted(line) for line in row.report.split("\n")],
            "authors": [(n, name, chosen) for n, (name, chosen) in choices],
            "users": User.objects.filter(username__in=usernames()),
            "is_gone": not row.path.exists(),
        }
        return super().change_view(request, object_id, form_url, {**more, **(extra_context or {})})

    def delete_model(self, request: HttpRequest, obj: Import) -> None:
        admin_jobs.delete(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Import]) -> None:
        for row in queryset:
            admin_jobs.delete(row)
        messages.info(request, gettext("Imported posts and comments stay."))

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None) -> HttpResponse:
        return super().add_view(request, form_url, {"title": gettext("Import a blog"), **(extra_context or {})})

    @admin.display(description=_("file size"), ordering="size")
    def weight(self, row: Import) -> str:
        return filesizeformat(row.size)


def counted(line: str) -> tuple[str, str]:
    """The words of a line of a report, and its number: fonts differ in how wide a column of both is."""
    match = re.fullmatch(r"(.*\S) +(\d+)", line) if "  " in line.strip() else None
    return (match[1], match[2]) if match else (line, "")


def usernames() -> set[str]:
    return set(User.objects.filter(is_staff=True, is_active=True).values_list("username", flat=True))


def state_of(row: Import) -> dict:
    progress = row.progress
    return {
        "state": row.state,
        "label": row.get_state_display(),
        "running": row.is_running,
        "work": progress.get("work", ""),
        "done": progress.get("done", 0),
        "total": progress.get("total", 0),
        "left": time_left(progress.get("since", 0.0), progress.get("done", 0), progress.get("total", 0)),
    }
