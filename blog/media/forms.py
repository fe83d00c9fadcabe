"""A form field for images."""

import secrets
from typing import Any

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile

from blog.media.services import look
from frodo.errors import ServiceError
from frodo.images import MEDIA_TYPES

TAKEN = ",".join(MEDIA_TYPES)


class PictureField(forms.FileField):
    def to_python(self, data: Any) -> UploadedFile | None:
        """The re-encoded image under a random name."""
        file = super().to_python(data)
        if file is None:
            return None
        try:
            found = look(file)
        except ServiceError as error:
            raise forms.ValidationError(str(error), code=error.code) from error
        name = f"{secrets.token_hex(16)}.{found.ending}"
        return SimpleUploadedFile(name, found.data, content_type=f"image/{found.kind}")

    def widget_attrs(self, widget: forms.Widget) -> dict:
        return {**super().widget_attrs(widget), "accept": TAKEN}
