"""What the desk asks of an activity. Photos go through the uploads' door while the form is looked at."""

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from blog.activities import posting
from blog.activities.models import Activity, ActivityLink
from blog.uploads.cleaning import clean
from blog.uploads.forms import TAKEN
from blog.uploads.models import Upload
from blog.uploads.storing import bounded, store
from frodo.errors import Refused


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class PicturesField(forms.FileField):
    """Pictures, looked at by their content; each that is none says so."""

    widget = SeveralFiles(attrs={"accept": TAKEN})

    def clean(self, data, initial=None) -> list:
        files = [super(PicturesField, self).clean(file) for file in data or []]
        for file in files:
            try:
                clean(bounded(file))
            except Refused as error:
                raise forms.ValidationError("%(name)s: %(why)s", params={"name": file.name, "why": error}) from error
            file.seek(0)
        return files


class ActivityForm(forms.ModelForm):
    links = forms.CharField(
        label=_("Links"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField", "placeholder": "https://"}),
        help_text=_("One a line. Title and picture are read from their pages."),
    )
    without_cards = forms.MultipleChoiceField(
        label=_("Without a card"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Shown as plain links, whatever was read of their pages."),
    )
    photos = forms.MultipleChoiceField(
        label=_("Photos"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "photos"}),
        help_text=_("Those that are ticked stay."),
    )
    new_photos = PicturesField(
        label=_("New photos"),
        required=False,
        help_text=_("Choose some, drag them here, or paste one into the text."),
    )

    class Meta:
        model = Activity
        fields = ["text", "language", "published_at", "comments_open"]
        widgets = {"text": forms.Textarea(attrs={"rows": 6, "class": "vLargeTextField"})}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        links = list(self.instance.link_rows.all()) if self.instance.pk else []
        rows = list(self.instance.photo_rows.select_related("upload")) if self.instance.pk else []
        self.fields["links"].initial = "\n".join(link.url for link in links)
        removed, failed = ActivityLink.State.REMOVED, ActivityLink.State.FAILED
        choices = [(link.url, link.title or link.url) for link in links if link.state != failed]
        self.fields["without_cards"].choices = choices
        self.fields["without_cards"].initial = [link.url for link in links if link.state == removed]
        self.fields["photos"].choices = [(str(row.upload_id), thumbnail(row.upload)) for row in rows]
        self.fields["photos"].initial = [str(row.upload_id) for row in rows]

    def clean(self) -> dict:
        said = super().clean()
        said["links"] = (said.get("links") or "").splitlines()
        photos = [*(said.get("photos") or ()), *(said.get("new_photos") or ())]
        if "new_photos" in self.errors:
            return said
        try:
            posting.check_words(said.get("text") or "", posting.checked(said["links"]), photos)
        except Refused as error:
            self.add_error(error.field if error.field in self.fields else None, str(error))
        return said

    def kept_photos(self) -> list[int]:
        return [int(key) for key in self.cleaned_data["photos"]]

    def store_new(self, user: User) -> list[Upload]:
        return [store(file, user=user, name=file.name) for file in self.cleaned_data["new_photos"]]


def thumbnail(upload: Upload) -> str:
    return format_html('<img src="{}" alt="{}" width="96" loading="lazy">', upload.url, upload.alt or upload.label)
