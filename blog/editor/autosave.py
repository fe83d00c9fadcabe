"""Unsaved forms of the admin on the server, so that a text goes on on another device, or after a browser is lost."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.authentication import signed_in_user
from accounts.models import User
from blog.editor.models import AutosavedForm
from frodo.text import parse_json

LARGEST = 4 * 1024**2
MOST_PER_FORM = 20
KEEP = timedelta(days=30)


@require_http_methods(["GET", "POST", "DELETE"])
def autosave(request: HttpRequest) -> HttpResponse:
    """GET `?form=`: what this user has not saved there. POST: keep it. DELETE `?form=&window=`: forget it."""
    mine = AutosavedForm.objects.filter(user=signed_in_user(request))
    if request.method == "POST":
        return keep(request)
    mine = mine.filter(form=request.GET.get("form", ""))
    if request.method == "DELETE":
        mine.filter(window=request.GET.get("window", "")).delete()
        return HttpResponse(status=204)
    rows = mine.order_by("-saved_at")[:MOST_PER_FORM]
    drafts = [{**row.content, "id": row.window} for row in rows]
    return JsonResponse({"drafts": drafts}, headers={"Cache-Control": "private, no-store"})


def keep(request: HttpRequest) -> HttpResponse:
    if len(request.body) > LARGEST:
        return HttpResponse(status=413)
    try:
        sent = parse_json(request.body)
        form, window, account = sent["form"], sent["window"], sent["account"]
        content = {name: sent[name] for name in ("at", "version", "fields", "rows")}
    except (ValueError, KeyError, TypeError):
        return HttpResponse(status=400)
    is_text = isinstance(form, str) and isinstance(window, str) and 0 < len(form) <= 80 and 0 < len(window) <= 40
    if not is_text or not isinstance(content["at"], int) or not isinstance(content["fields"], dict):
        return HttpResponse(status=400)
    if account != str(request.user.pk):  # the window was opened by another account
        return HttpResponse(status=403)
    values = {"content": content, "saved_at": timezone.now()}
    AutosavedForm.objects.update_or_create(user=signed_in_user(request), form=form, window=window, defaults=values)
    return HttpResponse(status=204)


def forget(user: User, window: str, at: int) -> None:
    """What this window had sent by then is saved now."""
    for row in AutosavedForm.objects.filter(user=user, window=window):
        if row.content.get("at", 0) <= at:
            row.delete()


def delete_old() -> int:
    """A scheduled job; how many there were."""
    return AutosavedForm.objects.filter(saved_at__lt=timezone.now() - KEEP).delete()[0]
