"""What programs say to be let in, and of tokens they want."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.tokens.credential import SCOPES
from accounts.tokens.models import NAME_LENGTH
from accounts.tokens.signed import MAX_LENGTH


class Secret(serializers.CharField):
    def __init__(self, **kwargs) -> None:
        super().__init__(**{"trim_whitespace": False, "write_only": True, **kwargs})


class SignInIn(serializers.Serializer):
    username = serializers.CharField(max_length=150, trim_whitespace=False)
    password = Secret(max_length=1000)
    otp = Secret(required=False, default="", allow_blank=True, max_length=40, help_text=_("Where a code is asked for."))
    device = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=NAME_LENGTH,
        help_text=_("By which you will know this sign-in again; else what the User-Agent says."),
    )


class RefreshIn(serializers.Serializer):
    refresh = Secret(max_length=MAX_LENGTH)


class PersonalTokenIn(serializers.Serializer):
    name = serializers.CharField(max_length=NAME_LENGTH)
    scopes = serializers.MultipleChoiceField(choices=list(SCOPES.items()), allow_empty=False)
    expires_at = serializers.DateTimeField(
        required=False, default=None, allow_null=True, help_text=_("Without it, it is valid until it is removed.")
    )
