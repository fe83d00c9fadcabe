from dataclasses import asdict
from typing import Any, cast

from django.contrib.auth import authenticate
from django.core.validators import MinValueValidator
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request

from accounts import login_throttling, two_factor
from accounts.authentication import signed_in_user
from accounts.tokens import services
from accounts.tokens.models import NAME_LENGTH, SCOPES, Device, PersonalToken
from accounts.tokens.services import Tokens, require_recent_authentication
from frodo.api import Answer, Endpoint, SignedIn, take_rows
from frodo.api.schema import Extended, PageOf, error
from frodo.client_ip import client_address, network, wide
from frodo.errors import ServiceError
from frodo.fields import validate_moment

SECRET: dict[str, Any] = {"trim_whitespace": False, "write_only": True}
OPTIONAL: dict[str, Any] = {"required": False, "default": "", "allow_blank": True}


@extend_schema_serializer(
    examples=[OpenApiExample("SignIn", {"username": "ann", "password": "…", "device": "手机 phone"})]
)
class SignInIn(serializers.Serializer):
    username = serializers.CharField(max_length=150, trim_whitespace=False)
    password = serializers.CharField(max_length=1000, **SECRET)
    otp = serializers.CharField(max_length=40, help_text=_("If two-factor authentication is on."), **OPTIONAL, **SECRET)
    device = serializers.CharField(
        max_length=NAME_LENGTH,
        help_text=_("A name for this sign-in. The default is taken from the User-Agent."),
        **OPTIONAL,
    )


@extend_schema_serializer(examples=[OpenApiExample("Refresh", {"refresh": "eyJhbGciOi…"})])
class RefreshIn(serializers.Serializer):
    refresh = serializers.CharField(max_length=1000, **SECRET)


@extend_schema_serializer(examples=[OpenApiExample("Token", {"name": "脚本 script", "scopes": ["posts"]})])
class PersonalTokenIn(serializers.Serializer):
    name = serializers.CharField(max_length=NAME_LENGTH)
    scopes = serializers.MultipleChoiceField(choices=list(SCOPES.items()), allow_empty=False)
    expires_at = serializers.DateTimeField(
        default=None,
        allow_null=True,
        validators=[validate_moment, MinValueValidator(timezone.now)],
        help_text=_("Without it, the token is valid until it is removed."),
    )


class WrongCredentials(ServiceError):
    code = "wrong_credentials"
    message = _("Wrong username or password.")
    status = 401
    headers = two_factor.CodeRequired.headers


class TokenEndpoint(Endpoint):
    """Authenticates by the body; cookies and headers are ignored."""

    authentication_classes = []
    private = True
    serializer_class: type[serializers.Serializer] = RefreshIn

    @sensitive_variables()
    def read(self, request: Request) -> dict:
        serializer = self.serializer_class(data=request.data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


class SignIn(TokenEndpoint):
    serializer_class = SignInIn

    @extend_schema(
        operation_id="signIn",
        summary=_("Sign in with username and password"),
        description=_("`access` is valid for `expires_in` seconds; `refresh` gets the next two tokens, once."),
        responses={
            200: Tokens,
            401: error("wrong_credentials", "otp_required", "otp_wrong"),
            429: error("too_many_tries"),
        },
    )
    @sensitive_variables()
    def post(self, request: Request) -> dict:
        data = self.read(request)
        user = authenticate(request._request, username=data["username"], password=data["password"])
        if user is None:
            raise WrongCredentials
        browser = login_throttling.known_browser(request._request, login_throttling.account_of(user.get_username()))
        two_factor.check(user, data["otp"], browser)
        name = data["device"] or request.headers.get("User-Agent", "")
        return asdict(services.sign_in(user, name=name, network=network_of(request)))


class Refresh(TokenEndpoint):
    @extend_schema(
        operation_id="refreshToken",
        summary=_("Get the next two tokens for a refresh token"),
        responses={200: Tokens, 401: error("token_expired", "token_invalid", "token_reused")},
    )
    @sensitive_variables()
    def post(self, request: Request) -> dict:
        return asdict(services.refresh(self.read(request)["refresh"], network=network_of(request)))


class Revoke(TokenEndpoint):
    @extend_schema(
        operation_id="revokeToken",
        summary=_("Sign out"),
        description=_("Revokes all tokens of this device."),
        responses={204: None, 401: error("token_invalid")},
    )
    @sensitive_variables()
    def post(self, request: Request) -> None:
        services.sign_out(self.read(request)["refresh"])


class DeviceEndpoint(Endpoint):
    """Has no scope, so it is not open to personal access tokens."""

    private = True
    permission_classes = [SignedIn]


class PersonalTokens(DeviceEndpoint):
    @extend_schema(
        summary=_("List your personal tokens"),
        description=_("The tokens themselves are not shown again."),
        responses=PageOf(PersonalToken, ("newest",)),
    )
    async def get(self, request: Request) -> Answer:
        page = await take_rows(
            signed_in_user(request).personal_tokens.all(), request, {"newest": "-created_at"}, "newest"
        )
        return Answer(page.answer(await PersonalToken.to_dicts(page.rows)), headers=page.headers)

    @extend_schema(
        summary=_("Create a personal token"),
        description=_("`token` is in this response only."),
        request=PersonalTokenIn,
        responses={
            201: Extended(PersonalToken, {"token": str}),
            403: error("signed_in_long_ago"),
            409: error("too_many_tokens"),
        },
    )
    @sensitive_variables("secret")
    def post(self, request: Request) -> Answer:
        serializer = PersonalTokenIn(data=request.data)
        serializer.is_valid(raise_exception=True)
        user, with_token = signed_in_user(request), cast(Device | PersonalToken | None, request.auth)
        require_recent_authentication(user, with_token.created_at if with_token else None)
        token, secret = services.create_personal_token(user, **serializer.validated_data)
        return Answer({**token.to_dict_sync(), "token": secret}, status=201)


class PersonalTokenDetail(DeviceEndpoint):
    @extend_schema(summary=_("Revoke a personal token"), responses={204: None})
    def delete(self, request: Request, pk: int) -> None:
        if not signed_in_user(request).personal_tokens.filter(pk=pk).delete()[0]:
            raise Http404


class Devices(DeviceEndpoint):
    @extend_schema(
        summary=_("List your signed-in devices"), responses=PageOf(Extended(Device, {"is_this": bool}), ("used",))
    )
    async def get(self, request: Request) -> Answer:
        page = await take_rows(
            Device.objects.filter(user=signed_in_user(request)).alive(), request, {"used": "-used_at"}, "used"
        )
        this = request.auth and request.auth.pk
        found = [{**device, "is_this": device["id"] == this} for device in await Device.to_dicts(page.rows)]
        return Answer(page.answer(found), headers=page.headers)


class DeviceDetail(DeviceEndpoint):
    @extend_schema(
        summary=_("Sign a device out"), description=_("Revokes all tokens of this device."), responses={204: None}
    )
    def delete(self, request: Request, pk: int) -> None:
        if not Device.objects.filter(user=signed_in_user(request), pk=pk).alive().revoke():
            raise Http404


def network_of(request: Request) -> str:
    return wide(network(client_address(request)))
