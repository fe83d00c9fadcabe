"""The desk for short statuses: words, photos, links one a line, and out."""

from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from blog.activities import posting
from blog.activities.forms import ActivityForm
from blog.activities.models import Activity
from blog.posts.admin import StatusFilter


@admin.register(Activity)
class ActivityAdmin(admin.ModelAdmin):
    form = ActivityForm
    list_display = ["title", "status", "published_at", "author", "language", "n_comments", "n_views"]
    list_filter = [StatusFilter, "language", "comments_open", "author"]
    list_select_related = ["author"]
    search_fields = ["text"]
    date_hierarchy = "published_at"
    readonly_fields = ["cards", "updated_at", "n_views"]

    class Media:
        css = {"all": ["css/admin_activities.css"]}
        js = ["js/admin_activities.js"]

    def get_fieldsets(self, request: HttpRequest, obj: Activity | None = None) -> list:
        kept = ["photos"] if obj and obj.photo_rows.exists() else []
        cards = ["cards", "without_cards"] if obj and obj.link_rows.exists() else []
        more = ["language", "published_at", "comments_open", *(["updated_at", "n_views"] if obj else [])]
        return [
            (None, {"fields": ["text", *kept, "new_photos", "links", *cards]}),
            (_("More"), {"fields": more, "classes": ["collapse"]}),
        ]

    def get_queryset(self, request: HttpRequest):
        return super().get_queryset(request).for_list()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict:
        return {"language": request.LANGUAGE_CODE, **super().get_changeform_initial_data(request)}

    def get_view_on_site_url(self, obj: Activity | None = None) -> str | None:
        return super().get_view_on_site_url(obj) if obj is None or obj.is_visible else None

    @admin.display(description=_("read of them"))
    def cards(self, activity: Activity) -> str:
        rows = ((link.host, link.get_state_display(), link.title) for link in activity.link_rows.all())
        return format_html_join("", "<p>{}: {} {}</p>", rows)

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: Activity, form: ActivityForm, change: bool) -> None:
        """By the verbs, so that open pages hear of it."""
        said = {name: form.cleaned_data[name] for name in ("text", "links", "language", "comments_open")}
        said["photos"] = [*form.kept_photos(), *(photo.pk for photo in form.store_new(request.user))]
        moment = form.cleaned_data["published_at"]
        if change:
            kept = posting.edit_activity(obj, **said, **({"published_at": moment} if moment else {}))
            posting.show_without_cards(kept, form.cleaned_data["without_cards"])
        else:
            kept = posting.post_activity(request.user, published_at=moment, **said)
        obj.__dict__.update(kept.__dict__)

    def delete_model(self, request: HttpRequest, obj: Activity) -> None:
        posting.remove_activity(obj)

    def delete_queryset(self, request: HttpRequest, activities) -> None:
        for activity in activities:
            posting.remove_activity(activity)
