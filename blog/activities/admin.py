"""The desk for short statuses: words, links one a line, and out."""

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from blog.activities import posting
from blog.activities.models import Activity, ActivityLink
from frodo.errors import Refused


class ActivityForm(forms.ModelForm):
    links = forms.CharField(
        label=_("links"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField", "placeholder": "https://"}),
        help_text=_("One a line. Title and picture are read from their pages."),
    )
    without_cards = forms.MultipleChoiceField(
        label=_("without a card"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Shown as plain links, whatever was read of their pages."),
    )

    class Meta:
        model = Activity
        fields = ["text", "language", "published_at", "comments_open"]
        widgets = {"text": forms.Textarea(attrs={"rows": 6, "class": "vLargeTextField"})}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        links = list(self.instance.links.all()) if self.instance.pk else []
        self.fields["links"].initial = "\n".join(link.url for link in links)
        self.fields["without_cards"].choices = [(link.url, link.title or link.url) for link in links]
        removed = ActivityLink.State.REMOVED
        self.fields["without_cards"].initial = [link.url for link in links if link.state == removed]

    def clean(self) -> dict:
        said = super().clean()
        said["links"] = (said.get("links") or "").splitlines()
        try:
            posting.check_words(said.get("text") or "", posting.checked(said["links"]))
        except Refused as error:
            self.add_error(error.field if error.field in self.fields else None, str(error))
        return said


@admin.register(Activity)
class ActivityAdmin(admin.ModelAdmin):
    form = ActivityForm
    list_display = ["title", "status", "published_at", "author", "language", "n_comments", "n_views"]
    list_filter = ["status", "language", "comments_open", "author"]
    list_select_related = ["author"]
    search_fields = ["text"]
    date_hierarchy = "published_at"
    readonly_fields = ["cards", "updated_at", "n_views"]
    save_on_top = True

    def get_fieldsets(self, request: HttpRequest, obj: Activity | None = None) -> list:
        written = ["text", "links", *(["cards", "without_cards"] if obj and obj.links.exists() else [])]
        more = ["language", "published_at", "comments_open", *(["updated_at", "n_views"] if obj else [])]
        return [(None, {"fields": written}), (_("More"), {"fields": more, "classes": ["collapse"]})]

    def get_queryset(self, request: HttpRequest):
        return super().get_queryset(request).for_list()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict:
        return {"language": request.LANGUAGE_CODE, **super().get_changeform_initial_data(request)}

    def get_view_on_site_url(self, obj: Activity | None = None) -> str | None:
        return super().get_view_on_site_url(obj) if obj is None or obj.is_visible else None

    @admin.display(description=_("read of them"))
    def cards(self, activity: Activity) -> str:
        rows = ((link.host, link.get_state_display(), link.title) for link in activity.links.all())
        return format_html_join("", "<p>{}: {} {}</p>", rows)

    def save_model(self, request: HttpRequest, obj: Activity, form: ActivityForm, change: bool) -> None:
        """By the verbs, so that open pages hear of it."""
        said = {name: form.cleaned_data[name] for name in ("text", "links", "language", "comments_open")}
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
