"""Webhooks: HTTP requests to other programs about posts, comments and moderation (docs/webhooks.md).

The job "send_webhook" signs and sends them, in the format of Standard Webhooks 1.0:
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import hmac
import json
import logging
from base64 import b64encode
from datetime import timedelta
from http import HTTPStatus
from time import monotonic
from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from blog.webhooks.models import TEST, WebhookDelivery, WebhookEndpoint
from blog.webhooks.payloads import payload_of
from frodo import jobs, mail
from frodo.http_client import NotFetched, post
from frodo.site_settings import site

logger = logging.getLogger(__name__)

DISABLE_AFTER = timedelta(days=5)
"""How long an endpoint may fail, with no success in between, before it is turned off."""
NEGATIVE_CACHE_SECONDS = 5.0
"""How long a process remembers that there is no endpoint, so that comments cost no query."""
State = WebhookDelivery.State

no_endpoints_until = 0.0


def endpoint_saved(**signal: Any) -> None:
    global no_endpoints_until
    no_endpoints_until = 0.0


def enqueue(type: str, subject: dict) -> None:
    """Queue a delivery for each active endpoint that is subscribed to the event."""
    global no_endpoints_until
    if monotonic() < no_endpoints_until:
        return
    endpoints = list(WebhookEndpoint.objects.filter(is_active=True))
    if not endpoints:
        no_endpoints_until = monotonic() + NEGATIVE_CACHE_SECONDS
    for endpoint in endpoints:
        if endpoint.is_subscribed_to(type):
            enqueue_for(endpoint, type, subject)


def enqueue_for(endpoint: WebhookEndpoint, type: str, subject: dict) -> WebhookDelivery:
    with transaction.atomic():
        delivery = WebhookDelivery.objects.create(endpoint=endpoint, type=type, subject=subject)
        jobs.enqueue("send_webhook", delivery.pk, delivery=delivery.pk)
    return delivery


def enqueue_again(delivery: WebhookDelivery) -> None:
    """Send again with the same ID, by which the receiver recognises it."""
    with transaction.atomic():
        WebhookDelivery.objects.filter(pk=delivery.pk).update(state=State.PENDING, created_at=timezone.now())
        jobs.enqueue("send_webhook", delivery.pk, delivery=delivery.pk)


def send_webhook(delivery: int) -> None:
    """Retries after any response but 2xx; 410 disables the endpoint."""
    found = WebhookDelivery.objects.select_related("endpoint").filter(pk=delivery).first()
    if found is None:
        return
    if not (found.endpoint.is_active or found.type == TEST):
        give_up(delivery, response=_("The webhook is disabled."))
        return
    url, body, headers = message(found)
    began, status, after = monotonic(), None, 0
    try:
        answer = async_to_sync(post)(url, body, headers)
    except NotFetched as error:
        text = str(error)
    else:
        status, text, after = answer.status, answer.text, answer.retry_after or 0
    is_done = status is not None and 200 <= status < 300
    record_attempt(found, is_done, status=status, response=text[:500], milliseconds=int((monotonic() - began) * 1000))
    if is_done:
        return
    failure = f"HTTP {status}" if status else text
    if found.type == TEST or not keep_trying(found.endpoint, gone=status == HTTPStatus.GONE):
        give_up(delivery)
        raise jobs.Failed(failure)
    raise jobs.Retry(failure, after)


def message(delivery: WebhookDelivery) -> tuple[str, bytes, dict[str, str]]:
    """URL, body and headers. The signature covers ID, time and body."""
    now = timezone.now()
    with translation.override(site.LANGUAGE_CODE):
        content = {"type": delivery.type, "timestamp": now.isoformat(), "data": payload_of(delivery.subject)}
    body = json.dumps(content, ensure_ascii=False, default=str).encode()
    seconds = str(int(now.timestamp()))
    signed = b".".join((delivery.uid.encode(), seconds.encode(), body))
    signatures = [b64encode(hmac.digest(key, signed, "sha256")).decode() for key in delivery.endpoint.keys_now(now)]
    headers = {
        "Content-Type": "application/json",
        "webhook-id": delivery.uid,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }
    return delivery.endpoint.url, body, headers


def record_attempt(delivery: WebhookDelivery, is_done: bool, **result: Any) -> None:
    now = timezone.now()
    changes = {**result, "attempts": delivery.attempts + 1, "attempted_at": now}
    if is_done:
        changes["state"] = State.DELIVERED
        WebhookEndpoint.objects.filter(pk=delivery.endpoint_id).update(failing_since=None)
    elif delivery.type != TEST:
        WebhookEndpoint.objects.filter(pk=delivery.endpoint_id, failing_since=None).update(failing_since=now)
    WebhookDelivery.objects.filter(pk=delivery.pk).update(**changes)


def keep_trying(endpoint: WebhookEndpoint, *, gone: bool) -> bool:
    """Whether to retry. Disables the endpoint if its receiver is gone or has failed for DISABLE_AFTER."""
    endpoint.refresh_from_db()
    now = timezone.now()
    if not gone and (endpoint.failing_since is None or now - endpoint.failing_since < DISABLE_AFTER):
        return True
    off = {"is_active": False, "disabled_at": now}
    if WebhookEndpoint.objects.filter(pk=endpoint.pk, is_active=True).update(**off):
        logger.warning("Webhook %s was disabled", endpoint.pk)
        notify_owners(endpoint)
    return False


def notify_owners(endpoint: WebhookEndpoint) -> None:
    """E-mail the superusers, if e-mail is configured; the dashboard shows it too (blog.doctor.webhooks)."""
    owners = User.objects.filter(is_superuser=True, is_active=True).exclude(email="")
    if not mail.can_be_sent() or not owners:
        return
    with translation.override(site.LANGUAGE_CODE):
        subject = _("[%(site)s] Webhook disabled") % {"site": site.SITE_NAME}
        text = _(
            "“%(webhook)s” rejected deliveries for days or responded 410 Gone. It is disabled until you enable it "
            "again:\n\n%(url)s"
        )
        url = f"{settings.SITE_URL}{admin_path(endpoint)}"
    try:
        send_mail(subject, text % {"webhook": endpoint, "url": url}, mail.sender(), [owner.email for owner in owners])
    except OSError as error:
        logger.warning("No e-mail about a disabled webhook: %r", error)


def admin_path(endpoint: WebhookEndpoint) -> str:
    return reverse("admin:blog_webhookendpoint_change", args=[endpoint.pk])


def give_up(delivery: int, **result: Any) -> None:
    WebhookDelivery.objects.filter(pk=delivery).update(state=State.FAILED, **result)


def describe(delivery: int) -> str:
    return str(WebhookDelivery.objects.filter(pk=delivery).first() or delivery)


def delete_old() -> None:
    """A scheduled job: the log is kept for WEBHOOK_LOG_DAYS."""
    old = timezone.now() - timedelta(days=settings.WEBHOOK_LOG_DAYS)
    WebhookDelivery.objects.filter(created_at__lt=old).exclude(state=State.PENDING).delete()
