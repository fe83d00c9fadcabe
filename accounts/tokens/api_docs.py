"""What the API's schema says of tokens and devices."""

from datetime import datetime
from typing import Literal, TypedDict

from django.utils.translation import gettext_lazy as _

from accounts.tokens import api
from accounts.tokens.serializers import PersonalTokenIn, RefreshIn, SignInIn
from frodo.api.documenting import PageOf, With, documented


class Tokens(TypedDict):
    access: str
    refresh: str
    expires_in: int


class PersonalToken(TypedDict):
    id: int
    name: str
    begins_with: str
    scopes: list[Literal["read", "posts", "activities", "uploads", "comments"]]
    created_at: datetime
    used_at: datetime | None
    expires_at: datetime | None


class Device(TypedDict):
    id: int
    is_this: bool
    name: str
    network: str
    created_at: datetime
    used_at: datetime | None
    expires_at: datetime | None


GIVEN = {"access": "eyJhbGciOi…", "refresh": "eyJhbGciOi…", "expires_in": 600}
TOKEN = {
    "id": 3,
    "name": "脚本 script",
    "begins_with": "frodo_a1b2",
    "scopes": ["posts"],
    "created_at": "2026-03-01T08:00:00Z",
    "used_at": None,
    "expires_at": None,
}
DEVICE = {
    "id": 5,
    "is_this": True,
    "name": "手机 phone",
    "network": "192.0.2.0/24",
    "created_at": "2026-03-01T08:00:00Z",
    "used_at": "2026-03-02T08:00:00Z",
    "expires_at": "2026-04-01T08:00:00Z",
}

documented(
    api.SignIn,
    "POST",
    _("Sign a program in, with name and password"),
    id="signIn",
    response=Tokens,
    body=SignInIn,
    example={"username": "ann", "password": "…", "device": "手机 phone"},
    answer=GIVEN,
    errors={401: "`wrong_credentials`, `otp_required`, `otp_wrong`.", 429: "`too_many_tries`."},
    more=_("`access` is good for `expires_in` seconds, `refresh` for the next two tokens, once."),
)
documented(
    api.Refresh,
    "POST",
    _("Give a refresh token for the next two"),
    id="refreshToken",
    response=Tokens,
    body=RefreshIn,
    example={"refresh": GIVEN["refresh"]},
    answer=GIVEN,
    errors={401: "`token_expired`, `token_invalid`, `token_reused`."},
)
documented(
    api.Revoke,
    "POST",
    _("Sign a program out"),
    id="revokeToken",
    response=None,
    body=RefreshIn,
    example={"refresh": GIVEN["refresh"]},
    errors={401: "`token_invalid`."},
    more=_("All tokens of this device are void at once."),
)
documented(
    api.PersonalTokens,
    "GET",
    _("One's personal tokens"),
    id="listPersonalTokens",
    response=PageOf(PersonalToken, ("newest",)),
    answer={"next": None, "previous": None, "results": [TOKEN]},
    more=_("The tokens themselves are not shown again."),
)
documented(
    api.PersonalTokens,
    "POST",
    _("Make a personal token"),
    id="createPersonalToken",
    status=201,
    response=With(PersonalToken, {"token": str}),
    body=PersonalTokenIn,
    example={"name": "脚本 script", "scopes": ["posts"]},
    answer={**TOKEN, "token": "frodo_a1b2c3…"},
    errors={403: "`signed_in_long_ago`.", 409: "`too_many_tokens`."},
    more=_("`token` is in this answer only."),
)
documented(
    api.OnePersonalToken,
    "DELETE",
    _("Remove a personal token"),
    id="deletePersonalToken",
    response=None,
    more=_("It is void at once."),
)
documented(
    api.Devices,
    "GET",
    _("Where programs are signed in as oneself"),
    id="listDevices",
    response=PageOf(Device, ("used",)),
    answer={"next": None, "previous": None, "results": [DEVICE]},
)
documented(
    api.OneDevice,
    "DELETE",
    _("Sign a device out"),
    id="deleteDevice",
    response=None,
    more=_("All tokens of this device are void at once."),
)
