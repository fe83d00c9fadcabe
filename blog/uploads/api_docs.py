"""What the API's schema says of pictures."""

from django.utils.translation import gettext_lazy as _

from blog.uploads import api
from blog.uploads.models import Upload
from blog.uploads.serializers import Description, UploadIn
from frodo.api.documenting import PageOf, Parameter, Part, documented

UPLOAD = {
    "id": 9,
    "url": "/media/uploads/0a/0a1b2c3d4e5f60718293a4b5c6d7e8f9/tea.jpg",
    "kind": "jpeg",
    "width": 1600,
    "height": 1200,
    "n_bytes": 345678,
    "n_frames": 1,
    "alt": "一壶茶。A pot of tea.",
    "label": "tea.jpg",
    "markdown": "![一壶茶。A pot of tea.](/media/uploads/0a/0a1b2c3d4e5f60718293a4b5c6d7e8f9/tea.jpg)",
    "srcset": {},
    "state": "waiting",
    "created_at": "2026-03-01T08:00:00Z",
}
OF_UPLOADS = Part(Upload, ("user",))

documented(
    api.Uploads,
    "GET",
    _("One's own pictures"),
    id="listUploads",
    response=PageOf(OF_UPLOADS, tuple(api.ORDERS)),
    query=(Parameter("q", _("With this in the description or the file's name.")),),
    answer={"next": None, "previous": None, "results": [UPLOAD]},
    more=_("Editors see everybody's."),
)
documented(
    api.Uploads,
    "POST",
    _("Send in a picture"),
    id="createUpload",
    status=201,
    response=Upload,
    body=UploadIn,
    example={"file": "tea.jpg", "alt": "一壶茶。A pot of tea."},
    answer=UPLOAD,
    errors={
        413: "`too_many_pixels`.",
        415: "`not_an_image`.",
        422: "`broken_image`.",
        503: "`busy`, `store_away`.",
    },
    more=_("It is stored without all that is not picture; smaller copies are made soon after."),
)
documented(
    api.OneUpload,
    "GET",
    _("One picture, with its smaller copies"),
    id="getUpload",
    response=OF_UPLOADS,
    answer=UPLOAD,
    has_versions=True,
)
documented(
    api.OneUpload,
    "PATCH",
    _("Describe a picture"),
    id="changeUpload",
    response=Upload,
    body=Description,
    example={"alt": "一壶茶。A pot of tea."},
    answer=UPLOAD,
    more=_("What is written in posts stays as it is."),
    has_versions=True,
)
documented(
    api.OneUpload,
    "DELETE",
    _("Take a picture away"),
    id="deleteUpload",
    response=None,
    query=(Parameter("force", _("`1`: even if something shows it; for editors."), {"type": "string", "enum": ["1"]}),),
    errors={409: "`in_use`.", 503: "`store_away`."},
)
