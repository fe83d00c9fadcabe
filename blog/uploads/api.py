"""Pictures for those who write: sent in, listed, described, taken away."""

from asgiref.sync import async_to_sync
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.shortcuts import aget_object_or_404, get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from blog.uploads import rights, storing
from blog.uploads.models import Upload
from blog.uploads.querysets import UploadQuerySet
from blog.uploads.serializers import Description, UploadIn
from frodo import rates
from frodo.api import Answer, Endpoint, OnlyWriters, shape, take_rows
from frodo.api.versions import Conflict, etag, names, tagged, version
from frodo.racing import ChangedMeanwhile

ORDERS = {"newest": "-pk", "oldest": "pk"}


class FormParser(MultiPartParser):
    """A form with a file; the body as a whole is bounded where it is read (frodo/handler.py)."""

    def parse(self, stream, media_type=None, parser_context=None):
        try:
            return super().parse(stream, media_type, parser_context)
        except SuspiciousOperation as error:  # far too many fields, or files
            raise ParseError(_("This form cannot be read.")) from error


class OfUploads(Endpoint):
    scope = "uploads"
    private = True
    permission_classes = [OnlyWriters]

    def seen(self, request: Request) -> UploadQuerySet:
        return rights.seen_by(request.user, Upload.objects.all())

    def show(self, upload: Upload, status: int = 200, headers: dict | None = None) -> Answer:
        return Answer(async_to_sync(upload.to_dict)(), status, headers)


class Uploads(OfUploads):
    parser_classes = [FormParser]
    is_repeatable = True

    async def get(self, request: Request) -> Answer:
        """One's own pictures, the newest first; editors see everybody's. `?q=` searches descriptions and names."""
        found = self.seen(request).search(request.query_params.get("q", "")[:200])
        page = await take_rows(found, request, ORDERS, "newest")
        return Answer(page.answer(await Upload.to_dicts(page.rows, **shape(request))), headers=page.headers)

    def prepare(self, request: Request) -> None:
        self.said = UploadIn(data=request.data)
        self.said.is_valid(raise_exception=True)
        if wait := rates.take("uploads", f"user:{request.user.pk}", rates.Rate.of(settings.UPLOAD_RATE)):
            raise rates.TooFast(wait)
        self.found = storing.look(self.said.validated_data["file"])

    def post(self, request: Request) -> Answer:
        """Send in a picture. It is stored without all that is not picture; smaller copies are made soon after."""
        file, alt = self.said.validated_data["file"], self.said.validated_data["alt"]
        upload = storing.keep(self.found, user=request.user, name=file.name or "", alt=alt)
        return self.show(upload, 201, {"Location": reverse("api-upload", args=[upload.pk])})


class OneUpload(OfUploads):
    async def get(self, request: Request, pk: int) -> Answer:
        """One picture, with the addresses of its smaller copies."""
        found = await aget_object_or_404(self.seen(request), pk=pk)
        return tagged(Answer(await found.to_dict(**shape(request))), found.alt)

    def patch(self, request: Request, pk: int) -> Answer:
        """Change its description. What is written in posts stays as it is."""
        upload = get_object_or_404(self.seen(request), pk=pk)
        said = Description(data=request.data)
        said.is_valid(raise_exception=True)
        try:
            storing.describe(upload, said.validated_data["alt"], is_expected=self.is_expected)
        except ChangedMeanwhile as error:
            current = async_to_sync(error.entry.to_dict)()
            raise Conflict(current, request.data, etag(version(error.entry.alt))) from error
        return tagged(self.show(upload), upload.alt)

    def is_expected(self, upload: Upload) -> bool:
        return names(self.request, version(upload.alt))

    def delete(self, request: Request, pk: int) -> None:
        """Take it away, unless something shows it; with `?force=1`, which is for editors, even then."""
        upload = get_object_or_404(self.seen(request), pk=pk)
        is_forced = request.query_params.get("force") == "1" and rights.may_force(request.user)
        storing.remove(upload, force=is_forced, tells_all=rights.may_force(request.user))
