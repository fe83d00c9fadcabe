"""Errors of the media library."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frodo.errors import ServiceError


class NotAnImage(ServiceError):
    code = "not_an_image"
    status = 415
    field = "file"
    message = gettext_lazy("This is not a supported image. Use JPEG, PNG, WebP, GIF or AVIF.")


class EmptyFile(NotAnImage):
    message = gettext_lazy("The file is empty.")


class TooLarge(ServiceError):
    code = "too_large"
    status = 413
    field = "file"

    def __str__(self) -> str:
        return _("The file is too large. The limit is %(n)d MB.") % {"n": settings.UPLOAD_MAX_MB}


class TooManyPixels(ServiceError):
    code = "too_many_pixels"
    status = 413
    field = "file"

    def __str__(self) -> str:
        return _("The image is too large. The limit is %(n)d million pixels, and %(side)d pixels per side.") % {
            "n": settings.UPLOAD_MAX_MEGAPIXELS,
            "side": settings.UPLOAD_MAX_SIDE,
        }


class TooManyFrames(TooManyPixels):
    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def __str__(self) -> str:
        return _("The animation is too long. The limit is %(n)d frames and %(pixels)d million pixels in total.") % {
            "n": settings.UPLOAD_MAX_FRAMES,
            "pixels": self.most,
        }


class BrokenImage(ServiceError):
    code = "broken_image"
    status = 422
    field = "file"
    message = gettext_lazy("The image is damaged or incomplete.")


class Busy(ServiceError):
    code = "busy"
    status = 503
    retry_after = 10
    message = gettext_lazy("Other images are being processed. Try again in a moment.")


class InUse(ServiceError):
    code = "in_use"
    status = 409
    message = gettext_lazy("The image is still in use.")

    def __init__(self, places: list[dict]) -> None:
        super().__init__()
        self.more = {"shown_in": places}


class StoreAway(ServiceError):
    code = "store_away"
    status = 503
    retry_after = 60
    message = gettext_lazy("The image cannot be stored right now. Try again later.")
