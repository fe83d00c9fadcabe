"""`Idempotency-Key`: a repeated request gets the first response.

The response is stored in the transaction of the change, so either both exist or neither.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from frodo.client_ip import client_address, network
from frodo.conflict_retry import TIMES, is_conflict
from frodo.errors import ServiceError
from frodo.models import KEPT, MAX_KEY, IdempotentResponse

HEADERS = ("Location", "ETag")


class BadKey(ServiceError):
    code = "bad_idempotency_key"
    message = _("An Idempotency-Key has 1 to 200 visible ASCII characters, such as a UUID.")


class KeyUsedOtherwise(ServiceError):
    code = "idempotency_key_reused"
    message = _("This Idempotency-Key was used with another request. Use a new one.")
    status = 422


def key_of(request: Request) -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not 0 < len(key) <= MAX_KEY or not key.isascii() or not key.isprintable():
        raise BadKey
    return key


def once(request: Request, key: str, make: Callable[[], HttpResponse], prepare: Callable[[], None]) -> HttpResponse:
    """`make()`, or its stored response. Errors are not stored, so they can be retried.

    `prepare` is called before the transaction. Two concurrent requests wait for each other at the unique key.
    """
    client, asked = client_of(request), fingerprint(request)
    is_prepared = False
    for attempt in range(TIMES):
        stored = IdempotentResponse.objects.filter(client=client, key=key, created_at__gt=timezone.now() - KEPT).first()
        if stored is not None:
            return replay(stored, asked)
        if not is_prepared:
            prepare()
            is_prepared = True
        try:
            return make_and_store(client, key, asked, make)
        except (IntegrityError, OperationalError) as error:
            is_retryable = isinstance(error, IntegrityError) or is_conflict(error)
            if attempt == TIMES - 1 or not is_retryable:
                raise
    raise AssertionError("unreachable")


@transaction.atomic
def make_and_store(client: str, key: str, asked: str, make: Callable[[], HttpResponse]) -> HttpResponse:
    IdempotentResponse.objects.filter(client=client, key=key, created_at__lte=timezone.now() - KEPT).delete()
    stored = IdempotentResponse.objects.create(client=client, key=key, request=asked)
    response = make()
    stored.status, stored.body = response.status_code, response.content.decode()
    stored.headers = {name: response.headers[name] for name in HEADERS if name in response.headers}
    stored.save()
    return response


def replay(stored: IdempotentResponse, asked: str) -> HttpResponse:
    if stored.request != asked:
        raise KeyUsedOtherwise
    response = HttpResponse(stored.body, status=stored.status, content_type="application/json", headers=stored.headers)
    response.headers["Idempotent-Replayed"] = "true"
    return response


def client_of(request: Request) -> str:
    """Guests are identified by network; the key itself is hard to guess."""
    return f"user:{request.user.pk}" if request.user.is_authenticated else network(client_address(request))[:100]


def fingerprint(request: Request) -> str:
    """A digest of URL and body; of the parts of a form with files."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    files = request.FILES
    data: Any = request.data
    if files:
        data = {name: data.getlist(name) for name in data if name not in files}
    digest.update(json.dumps(data, sort_keys=True).encode())
    for name in sorted(files):
        for chunk in files[name].chunks():
            digest.update(chunk)
        files[name].seek(0)
    return digest.hexdigest()
