from typing import TypedDict

from django.utils.translation import gettext_lazy as _

from blog.moderation import api
from frodo.api.documenting import documented


class Reported(TypedDict):
    reported: bool


documented(
    api.Reports,
    "POST",
    _("Ask the author to look at a comment"),
    id="reportComment",
    status=201,
    response=Reported,
    body=api.ReportIn,
    example={"reason": "广告。Advertising."},
    answer={"reported": True},
    more=_("Said twice, it is said once."),
)
