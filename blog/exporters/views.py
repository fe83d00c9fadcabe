"""The admin's page of exports. Only for the owner: an archive has e-mail addresses and password hashes."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from blog.exporters import runs
from blog.exporters.models import Export
from frodo.progress import time_left


def check_owner(request: HttpRequest) -> None:
    if not request.user.is_superuser:
        raise PermissionDenied


def exports(request: HttpRequest) -> HttpResponse:
    check_owner(request)
    if request.method == "POST":
        if request.POST.get("format") not in Export.Format.values:
            return HttpResponse(status=400)
        runs.start(request.POST["format"])
        return HttpResponseRedirect(reverse("exports"))
    rows = list(Export.objects.all())
    context = {
        **admin.site.each_context(request),
        "title": _("Export"),
        "formats": Export.Format.choices,
        "exports": [(row, left(row.progress)) for row in rows],
        "is_running": not all(row.is_ended for row in rows),
    }
    return render(request, "admin/exports.html", context)


def left(note: dict) -> str:
    return time_left(note["since"], note["done"], note["total"]) if note else ""


def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    check_owner(request)
    row = get_object_or_404(Export, pk=pk, state=Export.State.DONE)
    file = row.folder / row.file
    if not file.is_file():  # a backup that was restored has the row without the file
        raise Http404
    name = f"blog-{row.format}-{row.created_at:%Y-%m-%d}{file.suffix}"
    return FileResponse(file.open("rb"), as_attachment=True, filename=name)


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    check_owner(request)
    for row in Export.objects.filter(pk=pk):
        runs.delete(row)
    return HttpResponseRedirect(reverse("exports"))
