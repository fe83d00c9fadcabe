"""`Idempotency-Key`: who asks again, not knowing whether the first time got through, is given the first answer.

The answer is written down in the transaction that makes the thing, so either both are there or neither is.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta

from django.db import IntegrityError, OperationalError, models, transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from frodo.addresses import client_address, network
from frodo.errors import Refused
from frodo.fields import ExactCharField
from frodo.racing import TIMES, was_in_the_way

KEPT = timedelta(days=1)
MAX_KEY = 200
HEADERS = ("Location", "ETag")


class BadKey(Refused):
    code = "bad_idempotency_key"
    message = _("An Idempotency-Key has 1 to 200 visible ASCII characters, such as a UUID.")


class KeyUsedOtherwise(Refused):
    code = "idempotency_key_reused"
    message = _("This Idempotency-Key was used with another request. Use a new one.")
    status = 422


class AnswerGiven(models.Model):
    """What was answered to a request that made something."""

    who = ExactCharField(max_length=100)
    key = ExactCharField(max_length=MAX_KEY)
    request = models.CharField(max_length=64)
    """A digest of what was asked for."""
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["who", "key"], name="one_answer_to_a_key")]

    def __str__(self) -> str:
        return f"{self.who}: {self.key}"


def key_of(request: Request) -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not 0 < len(key) <= MAX_KEY or not key.isascii() or not key.isprintable():
        raise BadKey
    return key


def once(request: Request, make: Callable[[], HttpResponse], prepare: Callable[[], None]) -> HttpResponse:
    """`make()`, unless it was made before; then its answer, again. What is refused is not kept, and can be tried again.

    `prepare` is called before the transaction of `make`, where that is to be called at all. Two at once wait for each
    other at the unique key.
    """
    who, key, asked = asker(request), key_of(request), fingerprint(request)
    is_prepared = False
    for attempt in range(TIMES):
        given = AnswerGiven.objects.filter(who=who, key=key, created_at__gt=timezone.now() - KEPT).first()
        if given is not None:
            return again(given, asked)
        if not is_prepared:
            prepare()
            is_prepared = True
        try:
            return make_and_note(who, key, asked, make)
        except (IntegrityError, OperationalError) as error:
            met_another = isinstance(error, IntegrityError) or was_in_the_way(error)
            if attempt == TIMES - 1 or not met_another:
                raise
    raise AssertionError("unreachable")


@transaction.atomic
def make_and_note(who: str, key: str, asked: str, make: Callable[[], HttpResponse]) -> HttpResponse:
    AnswerGiven.objects.filter(who=who, key=key, created_at__lte=timezone.now() - KEPT).delete()
    given = AnswerGiven.objects.create(who=who, key=key, request=asked)
    answer = make()
    given.status, given.body = answer.status_code, answer.content.decode()
    given.headers = {name: answer.headers[name] for name in HEADERS if name in answer.headers}
    given.save()
    return answer


def again(given: AnswerGiven, asked: str) -> HttpResponse:
    if given.request != asked:
        raise KeyUsedOtherwise
    answer = HttpResponse(given.body, status=given.status, content_type="application/json", headers=given.headers)
    answer.headers["Idempotent-Replayed"] = "true"
    return answer


def asker(request: Request) -> str:
    """A guest is known by the network; the key itself is hard to guess."""
    return f"user:{request.user.pk}" if request.user.is_authenticated else network(client_address(request))[:100]


def fingerprint(request: Request) -> str:
    """Of address and body; of a form with files, of what is in them."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    files = request.FILES
    said = {name: request.data.getlist(name) for name in request.data if name not in files} if files else request.data
    digest.update(json.dumps(said, sort_keys=True).encode())
    for name in sorted(files):
        for chunk in files[name].chunks():
            digest.update(chunk)
        files[name].seek(0)
    return digest.hexdigest()


def forget_answers() -> int:
    return AnswerGiven.objects.filter(created_at__lte=timezone.now() - KEPT).delete()[0]
