"""Two-factor authentication for API sign-in; browsers use allauth's pages."""

from allauth.account.stages import EmailVerificationStage as StockEmailVerificationStage
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from accounts import login_throttling
from accounts.models import User
from accounts.tokens.models import session_of
from frodo.errors import ServiceError

TYPES = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


class CodeRequired(ServiceError):
    code = "otp_required"
    message = _("This account also requires a code.")
    status = 401
    headers = {"WWW-Authenticate": 'Bearer realm="api"'}


class CodeWrong(ServiceError):
    code = "otp_wrong"
    message = _("This code is wrong, expired, or was used before.")
    status = 401
    headers = CodeRequired.headers


@sensitive_variables("code")
def check(user: User, code: str, browser: str = "") -> None:
    """Use up a TOTP or recovery code, if the user has two-factor authentication. `browser`:
    login_throttling.known_browser.

    Raises CodeRequired, CodeWrong or TooManyAttempts.
    """
    if not is_mfa_enabled(user, TYPES):
        return
    if not code.strip():
        raise CodeRequired
    login_throttling.check_code_rate(user, browser)
    for authenticator in Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.WEBAUTHN):
        if authenticator.wrap().validate_code(code):
            authenticator.record_usage()
            return
    raise CodeWrong


def turn_off(user: User) -> bool:
    """Remove two-factor authentication. False if there was none."""
    return bool(Authenticator.objects.filter(user=user).delete()[0])


class EmailVerificationStage(StockEmailVerificationStage):
    """For sign-ups only: an author's address need not be verified."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        return super().handle() if self.login.signup else (None, True)


class SecondFactorStage(AuthenticateStage):
    """Aborts when the password changed while waiting for the code."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        if self.login.user is not None:
            self.state["session"] = session_of(self.login.user)
        return super().handle()

    def exit(self) -> HttpResponse:
        user = self.login.user
        if not user.is_active or session_of(user) != self.state["session"]:
            return self.abort()
        return super().exit()
