"""API of the media library."""

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpResponse
from django.shortcuts import aget_object_or_404, get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from accounts.authentication import signed_in_user
from blog.media import services
from blog.media.models import Upload, UploadQuerySet
from frodo import rate_limits
from frodo.api import Answer, Endpoint, OnlyWriters, Versioned, shape, take_rows
from frodo.api.schema import PageOf, Partial, error


class UploadIn(serializers.Serializer):
    """The service checks the file."""

    file = serializers.FileField(allow_empty_file=True)
    alt = serializers.CharField(max_length=500, allow_blank=True, default="")


@extend_schema_serializer(examples=[OpenApiExample("Description", {"alt": "一壶茶。A pot of tea."})])
class Description(serializers.Serializer):
    alt = serializers.CharField(max_length=500, allow_blank=True)


ORDERS = {"newest": "-pk", "oldest": "pk"}
UPLOADS = Partial(Upload, ("user",))


class FormParser(MultiPartParser):
    """A multipart form with a file; the size of the body is limited where it is read."""

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping | None = None) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except SuspiciousOperation as error:  # far too many fields, or files
            raise ParseError(_("This form cannot be read.")) from error


class UploadEndpoint(Versioned, Endpoint):
    model = Upload
    scope = "uploads"
    private = True
    permission_classes = [OnlyWriters]

    def seen(self, request: Request) -> UploadQuerySet:
        return services.seen_by(signed_in_user(request), Upload.objects.all())

    def edited(self, upload: Upload) -> list:
        return [upload.alt]

    def shown(self, upload: Upload) -> dict:
        return upload.to_dict_sync()


class Uploads(UploadEndpoint):
    parser_classes = [FormParser]
    accepts_idempotency_key = True

    @extend_schema(
        summary=_("List your images"),
        description=_("Editors see those of everybody."),
        parameters=[OpenApiParameter("q", description=_("Part of the description or the file name."))],
        responses=PageOf(UPLOADS, tuple(ORDERS)),
    )
    async def get(self, request: Request) -> Answer:
        """List your images, newest first; editors see all. `?q=` searches descriptions and names."""
        found = self.seen(request).search(request.query_params.get("q", "")[:200])
        page = await take_rows(found, request, ORDERS, "newest")
        return Answer(page.answer(await Upload.to_dicts(page.rows, **shape(request))), headers=page.headers)

    def prepare(self, request: Request) -> None:
        self.serializer = UploadIn(data=request.data)
        self.serializer.is_valid(raise_exception=True)
        if wait := rate_limits.take("uploads", f"user:{request.user.pk}", rate_limits.Rate.of(settings.UPLOAD_RATE)):
            raise rate_limits.TooFast(wait)
        self.found = services.look(self.serializer.validated_data["file"])

    @extend_schema(
        summary=_("Upload an image"),
        description=_("Metadata is removed; smaller variants are made soon afterwards."),
        request=UploadIn,
        responses={
            201: Upload,
            413: error("too_many_pixels"),
            415: error("not_an_image"),
            422: error("broken_image"),
            503: error("busy", "store_away"),
        },
    )
    def post(self, request: Request) -> HttpResponse:
        """Upload an image. It is stored without metadata; variants are made by a job."""
        file, alt = self.serializer.validated_data["file"], self.serializer.validated_data["alt"]
        upload = services.keep(self.found, user=signed_in_user(request), name=file.name or "", alt=alt)
        return self.show(upload, 201, {"Location": reverse("api-upload", args=[upload.pk])})


class UploadDetail(UploadEndpoint):
    @extend_schema(summary=_("Get an image"), responses=UPLOADS)
    async def get(self, request: Request, pk: int) -> HttpResponse:
        """Get an image with the URLs of its variants."""
        found = await aget_object_or_404(self.seen(request), pk=pk)
        return self.tagged(Answer(await found.to_dict(**shape(request))), found)

    @extend_schema(summary=_("Change the description of an image"), request=Description)
    def patch(self, request: Request, pk: int) -> HttpResponse:
        """Change the description. Posts keep theirs."""
        upload = get_object_or_404(self.seen(request), pk=pk)
        serializer = Description(data=request.data)
        serializer.is_valid(raise_exception=True)
        services.describe(upload, serializer.validated_data["alt"], is_expected=self.is_expected)
        return self.show(upload)

    @extend_schema(
        summary=_("Delete"),
        parameters=[
            OpenApiParameter("If-Match", location=OpenApiParameter.HEADER, exclude=True),
            OpenApiParameter("force", enum=["1"], description=_("`1`: even if it is in use; for editors.")),
        ],
        responses={204: None, 409: error("in_use"), 503: error("store_away")},
    )
    def delete(self, request: Request, pk: int) -> None:
        """Delete an image unless it is used; editors can use `?force=1`."""
        upload = get_object_or_404(self.seen(request), pk=pk)
        is_forced = request.query_params.get("force") == "1" and services.may_force(signed_in_user(request))
        services.remove(upload, force=is_forced, tells_all=services.may_force(signed_in_user(request)))
