"""A form field for images."""

import secrets
from typing import Any

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile

from blog.media.reencoding import Clean
from blog.media.services import look
from frodo.errors import ServiceError
from frodo.images import MEDIA_TYPES

TAKEN = ",".join(MEDIA_TYPES)


class CleanFile(SimpleUploadedFile):
    """An image that was checked and re-encoded, with what `services.keep` needs to store it as an upload."""

    def __init__(self, found: Clean, label: str) -> None:
        name = f"{secrets.token_hex(16)}.{found.ending}"
        super().__init__(name, found.data, content_type=f"image/{found.kind}")
        self.found, self.label = found, label


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
        return CleanFile(found, file.name or "")

    def widget_attrs(self, widget: forms.Widget) -> dict:
        return {**super().widget_attrs(widget), "accept": TAKEN}
