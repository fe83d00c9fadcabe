"""The media library in the admin."""

from typing import cast

from django import forms
from django.contrib import admin, messages
from django.forms import Script
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.authentication import signed_in_user
from blog.editor.admin import EditorAdmin
from blog.media import services
from blog.media.errors import InUse
from blog.media.models import Upload, UploadQuerySet, places_of
from blog.site.admin import CreatedFilter, LargeListAdmin, Meaning, chip
from frodo.fields import searched


@admin.register(Upload)
class UploadAdmin(LargeListAdmin, EditorAdmin):
    list_display = ["thumbnail", "name", "measures", "copy"]
    list_title = _("Media")
    empty_text = _("Images that you add here or in a post are kept here.")
    list_display_links = ["thumbnail", "name"]
    list_filter = ["kind", "state", CreatedFilter]
    list_select_related = ["user"]
    list_per_page = 50
    search_fields = searched("alt", "label", "key", "user__username")
    search_help_text = _("Searches descriptions and file names.")
    actions = ["remove_unused", "make_anew"]
    fields = ["picture", "alt", "copy", "shown_in", "size", "weight", "kind", "copies", "label", "user", "created_at"]
    readonly_fields = [str(name) for name in fields if name != "alt"]

    class Media:
        css = {"all": ["css/admin_media.css"]}
        js = [Script("js/media/media_library.js", type="module")]

    def get_queryset(self, request: HttpRequest) -> UploadQuerySet:
        return services.seen_by(signed_in_user(request), cast(UploadQuerySet, super().get_queryset(request)))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # by the list's own button: as from everywhere else, through the API

    def has_change_permission(self, request: HttpRequest, obj: Upload | None = None) -> bool:
        may = super().has_change_permission(request, obj)
        return may and (obj is None or services.may_change(signed_in_user(request), obj))

    def has_delete_permission(self, request: HttpRequest, obj: Upload | None = None) -> bool:
        may = super().has_delete_permission(request, obj)
        return may and (obj is None or services.may_change(signed_in_user(request), obj))

    def get_actions(self, request: HttpRequest) -> dict:
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        more = {"has_upload_permission": signed_in_user(request).can_write}
        return super().changelist_view(request, {**more, **(extra_context or {})})

    def save_model(self, request: HttpRequest, obj: Upload, form: forms.ModelForm, change: bool) -> None:
        services.describe(obj, obj.alt)

    def delete_model(self, request: HttpRequest, obj: Upload) -> None:
        self.check_version(request, obj)
        services.remove(obj)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except InUse as error:
            self.message_user(request, str(error), messages.ERROR)
            return HttpResponseRedirect(reverse("admin:blog_upload_change", args=[object_id]))

    @admin.action(description=_("Delete the selected images that are not in use"), permissions=["delete"])
    def remove_unused(self, request: HttpRequest, uploads: UploadQuerySet) -> None:
        n = n_shown = 0
        for upload in uploads:
            try:
                services.remove(upload)
                n += 1
            except InUse:
                n_shown += 1
        if n_shown:
            words = (
                ngettext("%d image was kept: it is in use.", "%d images were kept: they are in use.", n_shown) % n_shown
            )
            self.message_user(request, words, messages.WARNING)
        self.message_user(request, ngettext("%d image deleted.", "%d images deleted.", n) % n, messages.SUCCESS)

    @admin.action(description=_("Recreate variants"), permissions=["change"])
    def make_anew(self, request: HttpRequest, uploads: UploadQuerySet) -> None:
        n = services.copy_anew(uploads)
        words = ngettext("%d image is queued for new variants.", "%d images are queued for new variants.", n) % n
        self.message_user(request, words, messages.SUCCESS)

    @admin.display(description=_("image"))
    def thumbnail(self, upload: Upload) -> str:
        return format_html(
            '<img class="upload-thumb" src="{}" alt="{}" loading="lazy" width="240" height="180">',
            upload.smallest_url,
            upload,
        )

    @admin.display(description=_("image"))
    def picture(self, upload: Upload) -> str:
        return format_html(
            '<a href="{0}"><img class="upload-picture" src="{0}" alt="{1}" width="{2}" height="{3}"></a>',
            upload.url,
            upload,
            upload.width,
            upload.height,
        )

    @admin.display(description=_("name"), ordering="label")
    def name(self, upload: Upload) -> str:
        return str(upload)

    @admin.display(description=_("dimensions"), ordering="width")
    def size(self, upload: Upload) -> str:
        return f"{upload.width} × {upload.height}"

    @admin.display(description=_("file size"), ordering="n_bytes")
    def weight(self, upload: Upload) -> str:
        return filesizeformat(upload.n_bytes)

    @admin.display(description=_("dimensions"), ordering="n_bytes")
    def measures(self, upload: Upload) -> str:
        marks: dict[str, Meaning] = {Upload.State.WAITING: "waiting", Upload.State.FAILED: "bad"}
        state = chip(upload.get_state_display(), marks[upload.state]) if upload.state in marks else ""
        return format_html("{}<br>{} {}", self.size(upload), self.weight(upload), state)

    @admin.display(description="Markdown")
    def copy(self, upload: Upload) -> str:
        return format_html(
            '<button type="button" class="button upload-copy" data-copy="{}" data-copied="{}">{}</button>',
            upload.markdown,
            gettext("Copied"),
            gettext("Copy Markdown"),
        )

    @admin.display(description=_("variants"))
    def copies(self, upload: Upload) -> str:
        found = [f"{copy['kind']} {copy['width']} ({filesizeformat(copy['n_bytes'])})" for copy in upload.variants]
        return ", ".join(found) or upload.get_state_display()

    @admin.display(description=_("used in"))
    def shown_in(self, upload: Upload) -> str:
        places = [(place["url"], place["title"]) for place in places_of(upload)]
        return format_html_join(", ", '<a href="{}">{}</a>', places) or "—"
