from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import RequestLoginCodeForm, SignupForm
from allauth.account.forms import ResetPasswordForm as StockResetPasswordForm
from allauth.core import context
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as StockReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm as StockActivateTOTPForm
from allauth.mfa.utils import encrypt
from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from accounts import login_throttling, reader_names
from accounts.models import User
from frodo.errors import ServiceError


class SignUpForm(SignupForm):
    """Sign-up without a password: with somebody else's address one could come back otherwise."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password1"]


class CodeByEmailForm(RequestLoginCodeForm):
    _user: User | None
    """Staff accounts are treated as unknown addresses."""

    def clean_email(self) -> str:
        email = get_adapter().clean_email(super().clean_email())
        if self._user and self._user.needs_recent_authentication:
            self._user = None
        return email


class ResetPasswordForm(StockResetPasswordForm):
    users: list[User]

    def clean_email(self) -> str:
        email = super().clean_email()
        self.users = [user for user in self.users if not user.needs_recent_authentication]
        return email


class Throttled:
    user: User

    def clean_code(self) -> str:
        request = context.request
        browser = login_throttling.known_browser(request, login_throttling.account_of(self.user.get_username()))
        try:
            login_throttling.check_code_rate(self.user, browser)
        except login_throttling.TooManyAttempts as error:
            raise forms.ValidationError(str(error), code=error.code) from error
        return super().clean_code()  # type: ignore[misc]  # a mixin of allauth's forms


class SecondFactorForm(Throttled, AuthenticateForm):
    pass


class ReauthenticateForm(Throttled, StockReauthenticateForm):
    pass


class ActivateTOTPForm(StockActivateTOTPForm):
    def clean_code(self) -> str:
        """The code that turns TOTP on is used up, as one that signs in is (RFC 6238, 5.2)."""
        code = super().clean_code()
        totp = Authenticator(user=self.user, type=Authenticator.Type.TOTP, data={"secret": encrypt(self.secret)})
        if not totp.wrap().validate_code(code):
            raise get_mfa_adapter().validation_error("incorrect_code")
        return code


class AboutMeForm(forms.Form):
    """The public profile."""

    name = forms.CharField(max_length=reader_names.MAX_LENGTH, strip=True, required=False)
    website = forms.URLField(max_length=200, required=False, assume_scheme="https")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_name(self) -> str:
        try:
            return reader_names.checked(self.cleaned_data["name"], self.user)
        except ServiceError as error:
            raise forms.ValidationError(str(error), code=error.code) from error

    def clean_website(self) -> str:
        website = self.cleaned_data["website"]
        if website:
            URLValidator(schemes=["http", "https"])(website)
        return website


class EraseForm(forms.Form):
    WORDS = [("remove", _("Delete my comments")), ("keep", _("Keep my comments, without my name"))]

    words = forms.ChoiceField(choices=WORDS, error_messages={"required": _("Choose one of the two options.")})
    confirm = forms.CharField(required=False)
    understood = _("erase")
    """The word to type, in the reader's language."""

    def clean_confirm(self) -> str:
        data = self.cleaned_data["confirm"].strip().casefold()
        if data not in {str(self.understood).casefold(), "erase"}:
            raise forms.ValidationError(_("Type the word to confirm."), code="not_meant")
        return data
