"""The admin's form for activities. Photos are checked and stored while the form is validated."""

from typing import Any, cast

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from blog.activities import services
from blog.activities.models import Activity, ActivityLink
from blog.editor.forms import VersionedModelForm
from blog.media.forms import TAKEN
from blog.media.models import Upload
from blog.media.reencoding import clean
from blog.media.services import bounded, store
from frodo.errors import ServiceError


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class PicturesField(forms.FileField):
    """Several images, checked by their content; errors name the file."""

    widget = SeveralFiles(attrs={"accept": TAKEN})

    def clean(self, data: Any, initial: Any = None) -> list:
        files = [super(PicturesField, self).clean(file) for file in data or []]
        for file in files:
            try:
                clean(bounded(file))
            except ServiceError as error:
                raise forms.ValidationError("%(name)s: %(why)s", params={"name": file.name, "why": error}) from error
            file.seek(0)
        return files


class ActivityForm(VersionedModelForm):
    links = forms.CharField(
        label=_("Links"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField", "placeholder": "https://"}),
        help_text=_("One per line. Titles and images are fetched from the pages."),
    )
    without_previews = forms.MultipleChoiceField(
        label=_("Without preview"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Shows plain links, without previews."),
    )
    photos = forms.MultipleChoiceField(
        label=_("Photos"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "photos"}),
        help_text=_("Checked photos are kept."),
    )
    new_photos = PicturesField(
        label=_("New photos"),
        required=False,
        help_text=_("Choose files, drag them here, or paste one into the text."),
    )

    class Meta:
        model = Activity
        fields = ["text", "language", "published_at", "comments_open"]
        widgets = {"text": forms.Textarea(attrs={"rows": 6, "class": "vLargeTextField"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        links = list(self.instance.link_rows.all()) if self.instance.pk else []
        rows = list(self.instance.photo_rows.select_related("upload")) if self.instance.pk else []
        self.fields["links"].initial = "\n".join(link.url for link in links)
        removed, failed = ActivityLink.State.REMOVED, ActivityLink.State.FAILED
        choices = [(link.url, link.title or link.url) for link in links if link.state != failed]
        cast(forms.ChoiceField, self.fields["without_previews"]).choices = choices
        self.fields["without_previews"].initial = [link.url for link in links if link.state == removed]
        cast(forms.ChoiceField, self.fields["photos"]).choices = [
            (str(row.upload_id), thumbnail(row.upload)) for row in rows
        ]
        self.fields["photos"].initial = [str(row.upload_id) for row in rows]

    def clean(self) -> dict:
        data = super().clean()
        data["links"] = (data.get("links") or "").splitlines()
        photos = [*(data.get("photos") or ()), *(data.get("new_photos") or ())]
        if "new_photos" in self.errors:
            return data
        try:
            services.check_words(data.get("text") or "", services.checked(data["links"]), photos)
        except ServiceError as error:
            self.add_error(error.field if error.field in self.fields else None, str(error))
        return data

    def kept_photos(self) -> list[int]:
        return [int(key) for key in self.cleaned_data["photos"]]

    def store_new(self, user: User) -> list[Upload]:
        return [store(file, user=user, name=file.name) for file in self.cleaned_data["new_photos"]]


def thumbnail(upload: Upload) -> str:
    return format_html('<img src="{}" alt="{}" width="96" loading="lazy">', upload.url, upload.alt or upload.label)
