"""Activities in the admin: text, photos, and links, one per line."""

from typing import cast

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from accounts.authentication import signed_in_user
from blog.activities import services
from blog.activities.forms import ActivityForm
from blog.activities.models import Activity
from blog.activities.querysets import ActivityQuerySet
from blog.editor.admin import EditorAdmin
from blog.posts.admin import StatusFilter
from blog.posts.admin_list import status_chip
from blog.site.admin import LargeListAdmin, PublishedFilter
from frodo.fields import searched


@admin.register(Activity)
class ActivityAdmin(LargeListAdmin, EditorAdmin):
    form = ActivityForm
    empty_text = _("An activity is a short note with links and photos. Write your first one.")
    list_display = ["title", "state", "published_at", "author", "language", "n_comments", "n_views"]
    list_filter = [StatusFilter, PublishedFilter, "language", "comments_open", "author"]
    list_prefetch = ("author",)
    list_defer = ("text", "html", "excerpt")
    search_fields = searched("text")
    readonly_fields = ["cards", "updated_at", "n_views"]

    class Media:
        css = {"all": ["css/admin_activities.css"]}
        js = ["js/admin_activities.js"]

    def get_fieldsets(self, request: HttpRequest, obj: Activity | None = None) -> list:
        kept = ["photos"] if obj and obj.photo_rows.exists() else []
        cards = ["cards", "without_previews"] if obj and obj.link_rows.exists() else []
        more = ["language", "published_at", "comments_open", *(["updated_at", "n_views"] if obj else [])]
        return [
            (None, {"fields": ["text", *kept, "new_photos", "links", *cards]}),
            (_("More"), {"fields": more, "classes": ["collapse"]}),
        ]

    def get_queryset(self, request: HttpRequest) -> ActivityQuerySet:
        return cast(ActivityQuerySet, super().get_queryset(request)).for_list()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict:
        return {"language": request.LANGUAGE_CODE, **super().get_changeform_initial_data(request)}

    def get_view_on_site_url(self, obj: Activity | None = None) -> str | None:
        return super().get_view_on_site_url(obj) if obj is None or obj.is_visible else None

    @admin.display(description=_("status"), ordering="status")
    def state(self, activity: Activity) -> str:
        return status_chip(activity)

    @admin.display(description=_("link previews"))
    def cards(self, activity: Activity) -> str:
        rows = ((link.host, link.get_state_display(), link.title) for link in activity.link_rows.all())
        return format_html_join("", "<p>{}: {} {}</p>", rows)

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: Activity, form: ActivityForm, change: bool) -> None:
        """Services save, so that open pages are updated."""
        data = {name: form.cleaned_data[name] for name in ("text", "links", "language", "comments_open")}
        data["photos"] = [*form.kept_photos(), *(photo.pk for photo in form.store_new(signed_in_user(request)))]
        moment = form.cleaned_data["published_at"]
        if change:
            kept = services.update_activity(obj, **data, **({"published_at": moment} if moment else {}))
            services.remove_previews(kept, form.cleaned_data["without_previews"])
        else:
            kept = services.create_activity(request.user, published_at=moment, **data)
        obj.__dict__.update(kept.__dict__)

    def delete_model(self, request: HttpRequest, obj: Activity) -> None:
        self.check_version(request, obj)
        services.delete_activity(obj)

    def delete_queryset(self, request: HttpRequest, activities: QuerySet[Activity]) -> None:
        for activity in activities:
            services.delete_activity(activity)
