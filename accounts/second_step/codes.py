"""Codes of the second step. All verbs are sync."""

import secrets
from base64 import b32decode, b32encode, urlsafe_b64encode
from datetime import datetime
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken as WrongCode
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from accounts import guessing
from accounts.models import User
from accounts.second_step.models import RecoveryCode, SecondStep
from frodo.errors import Refused
from frodo.racing import taken_up_again

SECONDS = 30
DIGITS = 6
DRIFT = (0, -1, 1)
"""Steps by which the phone's clock may be wrong, or its owner slow."""
N_RECOVERY_CODES = 10


class CodeRequired(Refused):
    code = "otp_required"
    message = _("This account asks for a code as well.")
    status = 401
    headers = {"WWW-Authenticate": 'Bearer realm="api"'}


class CodeWrong(Refused):
    code = "otp_wrong"
    message = _("This code is wrong, too old, or was used before.")
    status = 401
    headers = CodeRequired.headers


class AlreadyOn(Refused):
    code = "already_on"
    message = _("The second step is on already.")
    status = 409


def step_of(user: User) -> SecondStep | None:
    return SecondStep.objects.filter(user=user).first()


@sensitive_variables("said")
def check(user: User, said: str, browser: str = "", now: datetime | None = None) -> None:
    """Use a code up; nothing is asked of who has no second step. `browser`: guessing.known_browser.

    Raises CodeRequired where none was said, CodeWrong, or guessing.TooMany.
    """
    step = step_of(user)
    if step is None:
        return
    if not said.strip():
        raise CodeRequired
    guessing.slow_down_codes(user, browser)
    now = now or timezone.now()
    if not (use_code(step, said, now) or use_recovery_code(step, said)):
        raise CodeWrong
    SecondStep.objects.filter(pk=step.pk).update(used_at=now)


@sensitive_variables("said")
def use_code(step: SecondStep, said: str, now: datetime) -> bool:
    secret = opened(step.secret)
    used = secret and matching_step(secret, said, now)
    if not used:
        return False
    newer = SecondStep.objects.filter(pk=step.pk, last_step__lt=used)  # of two at once, one comes first
    return bool(newer.update(last_step=used))


@sensitive_variables("said", "digest")
def use_recovery_code(step: SecondStep, said: str) -> bool:
    digest = digest_of(said)
    return bool(step.recovery_codes.filter(digest=digest).delete()[0])


@taken_up_again
@transaction.atomic
@sensitive_variables("secret", "said")
def turn_on(user: User, secret: str, said: str, now: datetime | None = None) -> list[str]:
    """With a code that shows that the app has the secret. Returns the recovery codes, which nobody is told again."""
    now = now or timezone.now()
    if step_of(user) is not None:
        raise AlreadyOn
    used = matching_step(secret, said, now) if secret else None
    if not used:
        raise CodeWrong
    step = SecondStep.objects.create(user=user, secret=sealed(secret), last_step=used, created_at=now)
    return write_recovery_codes(step)


@transaction.atomic
def renew_recovery_codes(user: User) -> list[str]:
    """Those before are void. For who has just been checked."""
    step = SecondStep.objects.select_for_update().get(user=user)
    step.recovery_codes.all().delete()
    return write_recovery_codes(step)


def turn_off(user: User) -> bool:
    """False where there was none."""
    return bool(SecondStep.objects.filter(user=user).delete()[0])


def write_recovery_codes(step: SecondStep) -> list[str]:
    made = [recovery_code() for _n in range(N_RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(step=step, digest=digest_of(code)) for code in made)
    return made


def matching_step(secret: str, said: str, now: datetime) -> int | None:
    """The half minute of which this is the code."""
    said = "".join(said.split())
    if not (len(said) == DIGITS and said.isascii() and said.isdecimal()):
        return None
    totp = totp_of(secret)
    for drift in DRIFT:
        moment = int(now.timestamp()) + drift * SECONDS
        try:
            totp.verify(said.encode(), moment)
        except WrongCode:
            continue
        return moment // SECONDS
    return None


def new_secret() -> str:
    """160 bits, as apps like to be told them."""
    return b32encode(secrets.token_bytes(20)).decode()


def address_of(secret: str, user: User) -> str:
    """What the QR code says."""
    return totp_of(secret).get_provisioning_uri(user.get_username(), settings.SITE_NAME)


def code_at(secret: str, now: datetime) -> str:
    """What the app shows."""
    return totp_of(secret).generate(int(now.timestamp())).decode()


def totp_of(secret: str) -> TOTP:
    return TOTP(b32decode(secret), DIGITS, SHA1(), SECONDS)  # noqa: S303 - what every app understands


def recovery_code() -> str:
    """80 bits, in four groups to be written down."""
    text = b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(text[n : n + 4] for n in range(0, 16, 4))


def digest_of(code: str) -> str:
    plain = "".join(c for c in code.lower() if c.isalnum())
    return sha256(plain.encode()).hexdigest()


def sealed(secret: str) -> str:
    return box().encrypt(secret.encode()).decode()


def opened(text: str) -> str:
    """Empty where it was sealed with another SECRET_KEY: recovery codes go on working."""
    try:
        return box().decrypt(text.encode()).decode()
    except InvalidToken:
        return ""


def box() -> Fernet:
    return Fernet(urlsafe_b64encode(salted_hmac("accounts.second_step", "", algorithm="sha256").digest()))
