"""The shelf of pictures at the author's desk."""

from django.contrib import admin, messages
from django.forms import Script
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from blog.uploads import rights, showing, storing
from blog.uploads.models import Upload
from blog.uploads.querysets import UploadQuerySet
from blog.uploads.refusals import InUse


@admin.register(Upload)
class UploadAdmin(admin.ModelAdmin):
    list_display = ["thumbnail", "name", "copy", "measures", "state", "user"]
    list_display_links = ["thumbnail", "name"]
    list_filter = ["kind", "state", "created_at"]
    list_select_related = ["user"]
    list_per_page = 50
    search_fields = ["alt", "label", "key", "user__username"]
    search_help_text = _("Words of the description or of the file's name.")
    date_hierarchy = "created_at"
    actions = ["remove_unused", "make_anew"]
    fields = ["picture", "alt", "copy", "shown_in", "size", "weight", "kind", "copies", "label", "user", "created_at"]
    readonly_fields = [name for name in fields if name != "alt"]

    class Media:
        css = {"all": ["css/admin_uploads.css"]}
        js = [Script("js/uploads/shelf.js", type="module")]

    def get_queryset(self, request: HttpRequest) -> UploadQuerySet:
        return rights.seen_by(request.user, super().get_queryset(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # by the list's own button: as from everywhere else, through the API

    def has_change_permission(self, request: HttpRequest, obj: Upload | None = None) -> bool:
        may = super().has_change_permission(request, obj)
        return may and (obj is None or rights.may_change(request.user, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Upload | None = None) -> bool:
        may = super().has_delete_permission(request, obj)
        return may and (obj is None or rights.may_change(request.user, obj))

    def get_actions(self, request: HttpRequest) -> dict:
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        more = {"has_upload_permission": request.user.can_write}
        return super().changelist_view(request, {**more, **(extra_context or {})})

    def save_model(self, request: HttpRequest, obj: Upload, form, change: bool) -> None:
        storing.describe(obj, obj.alt)

    def delete_model(self, request: HttpRequest, obj: Upload) -> None:
        storing.remove(obj)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except InUse as error:
            self.message_user(request, str(error), messages.ERROR)
            return HttpResponseRedirect(reverse("admin:blog_upload_change", args=[object_id]))

    @admin.action(description=_("Delete those of the selected pictures that nothing shows"), permissions=["delete"])
    def remove_unused(self, request: HttpRequest, uploads: UploadQuerySet) -> None:
        n = n_shown = 0
        for upload in uploads:
            try:
                storing.remove(upload)
                n += 1
            except InUse:
                n_shown += 1
        if n_shown:
            words = ngettext("%d picture stays: it is shown.", "%d pictures stay: they are shown.", n_shown) % n_shown
            self.message_user(request, words, messages.WARNING)
        self.message_user(request, ngettext("%d picture deleted.", "%d pictures deleted.", n) % n, messages.SUCCESS)

    @admin.action(description=_("Make smaller copies anew"), permissions=["change"])
    def make_anew(self, request: HttpRequest, uploads: UploadQuerySet) -> None:
        n = storing.copy_anew(uploads)
        words = ngettext("%d picture waits for its copies.", "%d pictures wait for their copies.", n) % n
        self.message_user(request, words, messages.SUCCESS)

    @admin.display(description=_("picture"))
    def thumbnail(self, upload: Upload) -> str:
        return format_html(
            '<img class="upload-thumb" src="{}" alt="" loading="lazy" width="96" height="72">', upload.smallest_url
        )

    @admin.display(description=_("picture"))
    def picture(self, upload: Upload) -> str:
        return format_html(
            '<a href="{0}"><img class="upload-picture" src="{0}" alt="" width="{1}" height="{2}"></a>',
            upload.url,
            upload.width,
            upload.height,
        )

    @admin.display(description=_("name"), ordering="label")
    def name(self, upload: Upload) -> str:
        return str(upload)

    @admin.display(description=_("size"), ordering="width")
    def size(self, upload: Upload) -> str:
        return f"{upload.width} × {upload.height}"

    @admin.display(description=_("weight"), ordering="n_bytes")
    def weight(self, upload: Upload) -> str:
        return filesizeformat(upload.n_bytes)

    @admin.display(description=_("size"), ordering="n_bytes")
    def measures(self, upload: Upload) -> str:
        return format_html("{}<br>{}", self.size(upload), self.weight(upload))

    @admin.display(description="Markdown")
    def copy(self, upload: Upload) -> str:
        return format_html(
            '<button type="button" class="button upload-copy" data-copy="{}" data-copied="{}">{}</button>',
            upload.markdown,
            gettext("Copied"),
            gettext("Copy Markdown"),
        )

    @admin.display(description=_("smaller copies"))
    def copies(self, upload: Upload) -> str:
        found = [f"{copy['kind']} {copy['width']} ({filesizeformat(copy['n_bytes'])})" for copy in upload.variants]
        return ", ".join(found) or upload.get_state_display()

    @admin.display(description=_("shown in"))
    def shown_in(self, upload: Upload) -> str:
        places = [(place["url"], place["title"]) for place in showing.places(upload)]
        return format_html_join(", ", '<a href="{}">{}</a>', places) or "—"
