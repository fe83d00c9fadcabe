"""The admin of redirects: CSV, how often they are used, and paths that might want one."""

from typing import cast

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from blog.editor.admin import EditorAdmin
from blog.posts.models import NotFoundPath, Redirect
from blog.posts.redirects import RedirectQuerySet, csv_files
from blog.site.admin import LargeListAdmin, ReadOnlyMixin
from frodo.fields import searched

MAX_BYTES = 5_000_000


class CsvForm(forms.Form):
    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("Each line has an old path and a target: /old/,/new/. A header and further columns are ignored."),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )
    dry_run = forms.BooleanField(label=_("Dry run: only show what would change"), required=False, initial=True)

    def clean_file(self) -> list[tuple[int, str, str]]:
        """Its lines."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 5 MB. Split it."))
        try:
            return csv_files.rows(csv_files.decode(file.read()))
        except csv_files.InvalidCsv as error:
            raise forms.ValidationError(str(error)) from error


@admin.register(Redirect)
class RedirectAdmin(LargeListAdmin, EditorAdmin):
    empty_text = _("When the slug of a post changes, its old URL redirects here. You can add redirects of your own.")
    list_display = ["path", "leads_to", "n_uses", "last_used_at"]
    search_fields = searched("path", "url", "post__title", "page__title", "tag__name", "topic__name")
    autocomplete_fields = ["post", "page", "tag", "topic"]
    fields = ["path", "post", "page", "tag", "topic", "url"]
    change_list_template = "admin/blog/redirect/change_list.html"

    def get_queryset(self, request: HttpRequest) -> RedirectQuerySet:
        return cast(RedirectQuerySet, super().get_queryset(request)).for_list()

    @admin.display(description=_("leads to"))
    def leads_to(self, redirect: Redirect) -> str:
        return str(redirect.entry or redirect.url)

    def get_urls(self) -> list:
        view = self.admin_site.admin_view
        return [
            path("export/", view(self.export_csv), name="blog_redirect_export"),
            path("import/", view(self.import_csv), name="blog_redirect_import"),
            *super().get_urls(),
        ]

    def export_csv(self, request: HttpRequest) -> HttpResponseBase:
        if not self.has_view_permission(request):
            return HttpResponse(status=403)
        rows = csv_files.export(Redirect.objects.for_list().order_by("path").iterator(500))
        response = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="redirects.csv"'
        return response

    def import_csv(self, request: HttpRequest) -> HttpResponse:
        if not (self.has_add_permission(request) and self.has_change_permission(request)):
            return HttpResponse(status=403)
        form = CsvForm(request.POST or None, request.FILES or None)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Import redirects"),
            "opts": self.opts,
            "form": form,
        }
        if form.is_valid():
            context["dry_run"] = form.cleaned_data["dry_run"]
            context["outcome"] = csv_files.import_rows(form.cleaned_data["file"], dry_run=context["dry_run"])
        return render(request, "admin/blog/redirect/import.html", context)


@admin.register(NotFoundPath)
class NotFoundPathAdmin(ReadOnlyMixin, LargeListAdmin):
    list_display = ["path", "n_requests", "last_requested_at", "referrer", "create_redirect"]
    list_display_links = None
    search_fields = searched("path")
    ordering = ["-n_requests", "-last_requested_at"]

    @admin.display(description=_("Redirect"))
    def create_redirect(self, row: NotFoundPath) -> str:
        url = f"{reverse('admin:blog_redirect_add')}?{urlencode({'path': row.path})}"
        return format_html('<a href="{}">{}</a>', url, _("Create redirect"))
