"""Why a file is not taken, or not given up."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frodo.errors import Refused


class NotAnImage(Refused):
    code = "not_an_image"
    status = 415
    field = "file"
    message = gettext_lazy("This is not a picture that can be shown: use JPEG, PNG, WebP, GIF or AVIF.")


class EmptyFile(NotAnImage):
    message = gettext_lazy("The file is empty.")


class TooLarge(Refused):
    code = "too_large"
    status = 413
    field = "file"

    def __str__(self) -> str:
        return _("The file is too large: at most %(n)d MB are taken.") % {"n": settings.UPLOAD_MAX_MB}


class TooManyPixels(Refused):
    code = "too_many_pixels"
    status = 413
    field = "file"

    def __str__(self) -> str:
        return _("The picture is too large: at most %(n)d million pixels, and %(side)d on a side, are taken.") % {
            "n": settings.UPLOAD_MAX_MEGAPIXELS,
            "side": settings.UPLOAD_MAX_SIDE,
        }


class TooManyFrames(TooManyPixels):
    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def __str__(self) -> str:
        return _(
            "The animation is too long: at most %(n)d frames, and %(pixels)d million pixels together, are taken."
        ) % {
            "n": settings.UPLOAD_MAX_FRAMES,
            "pixels": self.most,
        }


class BrokenImage(Refused):
    code = "broken_image"
    status = 422
    field = "file"
    message = gettext_lazy("The picture is broken or not complete. Was it copied to its end?")


class Busy(Refused):
    code = "busy"
    status = 503
    retry_after = 10
    message = gettext_lazy("Other pictures are being taken in just now. Try again in a moment.")


class InUse(Refused):
    code = "in_use"
    status = 409
    message = gettext_lazy("The picture is still shown somewhere.")

    def __init__(self, places: list[dict]) -> None:
        super().__init__()
        self.more = {"shown_in": places}


class StoreAway(Refused):
    code = "store_away"
    status = 503
    retry_after = 60
    message = gettext_lazy("The picture cannot be kept just now. Try again later.")
