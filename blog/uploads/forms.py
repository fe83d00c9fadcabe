"""A form's field for a picture: the same door as any other."""

import secrets

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile

from blog.uploads.storing import look
from frodo.errors import Refused

TAKEN = "image/jpeg,image/png,image/webp,image/gif,image/avif"


class PictureField(forms.FileField):
    def to_python(self, data: UploadedFile | None) -> UploadedFile | None:
        """Cleaned, and under a name that nobody guesses."""
        file = super().to_python(data)
        if file is None:
            return None
        try:
            found = look(file)
        except Refused as error:
            raise forms.ValidationError(str(error), code=error.code) from error
        name = f"{secrets.token_hex(16)}.{found.ending}"
        return SimpleUploadedFile(name, found.data, content_type=f"image/{found.kind}")

    def widget_attrs(self, widget: forms.Widget) -> dict:
        return {**super().widget_attrs(widget), "accept": TAKEN}
