from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from accounts import naming
from accounts.guessing import TooMany
from accounts.mailboxes import normal
from accounts.models import User
from accounts.second_step.codes import step_of
from frodo.errors import Refused


class SlowedDown:
    """Mixed into a form that asks for a password: whoever tries too often is told how long to wait."""

    retry_after: int | None = None

    def clean(self) -> dict:
        try:
            return super().clean()
        except TooMany as error:
            self.retry_after = error.retry_after
            raise forms.ValidationError(str(error), code=error.code) from error


class PasswordForm(SlowedDown, AuthenticationForm):
    error_messages = {
        "invalid_login": _("Name and password do not belong together."),
        "inactive": _("This account has been closed."),
    }


class CodeNeeded(Exception):
    """No error: whose password was right goes on to another page."""

    def __init__(self, user: User) -> None:
        super().__init__()
        self.user = user


class AdminPasswordForm(SlowedDown, AdminAuthenticationForm):
    """Django's view would sign in whom this form lets pass, so it raises CodeNeeded before that."""

    def confirm_login_allowed(self, user: User) -> None:
        super().confirm_login_allowed(user)
        if step_of(user) is not None:
            raise CodeNeeded(user)


class AddressForm(forms.Form):
    email = forms.EmailField(max_length=254, error_messages={"required": _("Tell us your e-mail address.")})

    def clean_email(self) -> str:
        return normal(self.cleaned_data["email"])


class AboutMeForm(forms.Form):
    """What readers are shown of somebody."""

    name = forms.CharField(max_length=naming.MAX_LENGTH, strip=True, required=False)
    website = forms.URLField(max_length=200, required=False, assume_scheme="https")

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_name(self) -> str:
        try:
            return naming.checked(self.cleaned_data["name"], self.user)
        except Refused as error:
            raise forms.ValidationError(str(error), code=error.code) from error

    def clean_website(self) -> str:
        website = self.cleaned_data["website"]
        if website:
            URLValidator(schemes=["http", "https"])(website)
        return website


class EraseForm(forms.Form):
    WORDS = [("remove", _("Take my comments away")), ("keep", _("Leave what others have read, without my name"))]

    words = forms.ChoiceField(choices=WORDS, error_messages={"required": _("Choose one of the two.")})
    confirm = forms.CharField(required=False)
    understood = _("erase")
    """The word to be typed, in the reader's language."""

    def clean_confirm(self) -> str:
        said = self.cleaned_data["confirm"].strip().casefold()
        if said not in {str(self.understood).casefold(), "erase"}:
            raise forms.ValidationError(_("Type the word to show that you mean it."), code="not_meant")
        return said
