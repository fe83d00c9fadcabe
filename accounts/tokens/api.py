"""How programs come in, and what they do with their tokens."""

from dataclasses import asdict

from django.contrib.auth import authenticate
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables
from rest_framework.request import Request
from rest_framework.serializers import Serializer

from accounts import guessing
from accounts.freshness import must_be_fresh
from accounts.second_step import codes
from accounts.tokens import devices, personal
from accounts.tokens.models import Device, PersonalToken
from accounts.tokens.serializers import PersonalTokenIn, RefreshIn, SignInIn
from frodo.addresses import client_address, network, wide
from frodo.api import Answer, Endpoint, SignedIn, take_rows
from frodo.async_model.values import json_value
from frodo.errors import Refused


class WrongCredentials(Refused):
    code = "wrong_credentials"
    message = _("Name and password do not belong together.")
    status = 401
    headers = codes.CodeRequired.headers


class Door(Endpoint):
    """Who comes in here says so in the body; an old header or cookie does not matter."""

    authentication_classes = []
    private = True
    serializer: type[Serializer]

    @sensitive_variables()
    def said(self, request: Request) -> dict:
        found = self.serializer(data=request.data)
        found.is_valid(raise_exception=True)
        return found.validated_data


class SignIn(Door):
    serializer = SignInIn

    @sensitive_variables()
    def post(self, request: Request) -> dict:
        """Sign in with name and password, and be given two tokens."""
        said = self.said(request)
        user = authenticate(request._request, username=said["username"], password=said["password"])
        if user is None:
            raise WrongCredentials
        browser = guessing.known_browser(request._request, guessing.account_of(user.get_username()))
        codes.check(user, said["otp"], browser)
        name = said["device"] or request.headers.get("User-Agent", "")
        return asdict(devices.sign_in(user, name=name, network=network_of(request)))


class Refresh(Door):
    serializer = RefreshIn

    @sensitive_variables()
    def post(self, request: Request) -> dict:
        """Give a refresh token for the next two. The one that was given is void then."""
        return asdict(devices.refresh(self.said(request)["refresh"], network=network_of(request)))


class Revoke(Door):
    serializer = RefreshIn

    @sensitive_variables()
    def post(self, request: Request) -> None:
        """Sign out: all tokens of this device are void at once."""
        devices.sign_out(self.said(request)["refresh"])


class Own(Endpoint):
    """For who has signed in; a personal token makes no others, nor looks at them."""

    private = True
    permission_classes = [SignedIn]


class PersonalTokens(Own):
    async def get(self, request: Request) -> Answer:
        """One's personal tokens, the newest first; the tokens themselves are not shown again."""
        page = await take_rows(request.user.personal_tokens.all(), request, {"newest": "-created_at"}, "newest")
        return Answer(page.answer([token_dict(token) for token in page.rows]), headers=page.headers)

    @sensitive_variables("secret")
    def post(self, request: Request) -> Answer:
        """Make a personal token. `token` is in this answer only."""
        found = PersonalTokenIn(data=request.data)
        found.is_valid(raise_exception=True)
        by_program = request.auth is not None
        must_be_fresh(request.user, Device.objects.get(pk=request.auth.device).created_at if by_program else None)
        token, secret = personal.make(request.user, **found.validated_data)
        return Answer({**token_dict(token), "token": secret}, status=201)


class OnePersonalToken(Own):
    def delete(self, request: Request, pk: int) -> None:
        """Remove a personal token: it is void at once."""
        if not personal.remove(request.user, pk):
            raise Http404


class Devices(Own):
    async def get(self, request: Request) -> Answer:
        """Where programs are signed in as this person, the last used first."""
        page = await take_rows(request.user.devices.alive(), request, {"used": "-used_at"}, "used")
        here = request.auth and request.auth.device
        return Answer(page.answer([device_dict(device, here) for device in page.rows]), headers=page.headers)


class OneDevice(Own):
    def delete(self, request: Request, pk: int) -> None:
        """Sign a device out: its tokens are void at once."""
        if not request.user.devices.alive().filter(pk=pk).revoke():
            raise Http404


def network_of(request: Request) -> str:
    return wide(network(client_address(request)))


def token_dict(token: PersonalToken) -> dict:
    names = ("name", "begins_with", "scopes", "created_at", "used_at", "expires_at")
    return {"id": token.pk, **{name: json_value(getattr(token, name)) for name in names}}


def device_dict(device: Device, here: int | None) -> dict:
    names = ("name", "network", "created_at", "used_at", "expires_at")
    return {
        "id": device.pk,
        "is_this": device.pk == here,
        **{name: json_value(getattr(device, name)) for name in names},
    }
