"""The moderators' pages. They work without JavaScript; with it they are live (static/js/moderation.js)."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.db.models.functions import Greatest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.authentication import signed_in_user
from accounts.models import User
from blog.comments.models import Comment
from blog.moderation import actions, email_links, spam_waves
from blog.moderation import queue as queues
from blog.moderation.models import Decision
from blog.moderation.queue_events import queue_changed
from frodo.api import number
from frodo.errors import ServiceError
from frodo.site_frame import render_page

PERMISSION = "blog.change_comment"


def moderators(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Require the permission to change comments: other staff get 403, everybody else the sign-in page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return admin.site.admin_view(guarded)


@moderators
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    tab = request.GET.get("tab", "pending")
    if tab not in {*queues.TABS, "decided"}:
        raise Http404
    page = number(request.GET.get("page"), 1, least=1, most=10_000) or 1
    # The header shows these too: they are to be no newer than the list, which would then not be asked for again.
    counts = queues.counts(signed_in_user(request))
    request.moderation_counts = counts  # type: ignore[attr-defined]  # for the template tag of this name
    context: dict[str, Any] = {"tab": tab, "page_number": page, "counts": counts}
    context["comment_max_length"] = settings.COMMENT_MAX_LENGTH
    if tab == "decided":
        context["decisions"], context["more"] = queues.decided(page)
    else:
        comments, context["more"] = queues.take(queues.TABS[tab](), page)
        context["entries"] = queues.entries(comments, signed_in_user(request))
    if "part" in request.GET:
        return render(request, "moderation/_entries.html", context)
    context |= {"title": _("Moderation"), **admin.site.each_context(request)}
    return render(request, "moderation/queue.html", context)


@moderators
@require_GET
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    """A comment with its decisions."""
    found = get_object_or_404(Comment.objects.select_related("post__author", "user", "parent"), pk=pk)
    context = {
        **admin.site.each_context(request),
        "title": _("Comment by %(name)s") % {"name": found.name},
        "entries": queues.entries([found], signed_in_user(request)),
        "decisions": found.decisions.for_history(),
        "found": found,
        "comment_max_length": settings.COMMENT_MAX_LENGTH,
    }
    return render(request, "moderation/comment.html", context)


@moderators
@require_GET
def counts(request: HttpRequest) -> HttpResponse:
    return JsonResponse(queues.counts(signed_in_user(request)))


@moderators
@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """POST `intent`: `verb:<comment>` or `undo:<decision>`."""
    verb, _colon, pk = request.POST.get("intent", "").partition(":")
    by = actions.Actor(signed_in_user(request), Decision.Source.ADMIN)
    decision = None
    try:
        if verb == "undo":
            undone = get_object_or_404(Decision.objects.select_related("comment__post__author"), pk=number(pk, 0))
            changed = actions.undo(undone, by)
            words = _("Undone: %(action)s (%(name)s).") % message_values(undone)
        elif verb in actions.VERBS:
            found = get_object_or_404(Comment.objects.select_related("post__author", "user"), pk=number(pk, 0))
            newest = found.decisions.values_list("pk", flat=True).first() or 0
            changed = actions.VERBS[verb](found, by)
            decision = found.decisions.filter(pk__gt=newest, by=signed_in_user(request), verb=verb).first()
            words = _("%(name)s: %(action)s.") % message_values(decision) if decision else ""
        else:
            return respond(request, _("This cannot be done."), status=HTTPStatus.BAD_REQUEST)
    except ServiceError as error:
        return respond(request, str(error), status=error.status)
    if not (changed or decision):
        return respond(request, _("Nothing to change."))
    return respond(request, words, decision)


@moderators
@require_POST
def reply_to(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Comment.objects.select_related("post__author", "user"), pk=pk)
    try:
        actions.reply(found, request.POST.get(f"reply-{pk}", ""), signed_in_user(request))
    except ServiceError as error:
        return respond(request, str(error), status=error.status)
    return respond(request, _("Reply to %(name)s published.") % {"name": found.name or "—"})


def message_values(decision: Decision) -> dict:
    return {"name": decision.comment.name or "—", "action": decision.get_verb_display()}


def respond(request: HttpRequest, words: str, decision: Decision | None = None, status: int = 200) -> HttpResponse:
    """JSON for scripts, a redirect with a message for plain forms."""
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"words": words, "decision": decision and decision.pk}, status=status)
    messages.add_message(request, messages.SUCCESS if status < 400 else messages.ERROR, words)
    return HttpResponseRedirect(return_url(request))


def return_url(request: HttpRequest) -> str:
    address = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if is_ours else reverse("moderation")


@moderators
@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """Mark comments up to this one as read by the moderator."""
    newest = Comment.objects.order_by("-id").values_list("pk", flat=True).first() or 0
    requested = number(request.POST.get("up_to"))
    up_to = newest if requested is None else min(requested, newest)
    User.objects.filter(pk=signed_in_user(request).pk).update(seen_comment=Greatest(F("seen_comment"), up_to))
    queue_changed()
    if "application/json" in request.headers.get("Accept", ""):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return HttpResponseRedirect(return_url(request))


@moderators
@require_POST
def end_spam_wave(request: HttpRequest) -> HttpResponse:
    if spam_waves.end():
        messages.success(request, _("Comments are published according to your settings again."))
    return HttpResponseRedirect(return_url(request))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
async def decide_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the comment, since mail programs open links by themselves; POST decides."""
    context, status = await sync_to_async(by_link)(token, decides=request.method == "POST")
    response = await render_page(request, "moderation/link.html", context, status=status)
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


def by_link(token: str, *, decides: bool) -> tuple[dict, int]:
    try:
        link = email_links.read(token)
    except email_links.Expired:
        return {"expired": True}, HTTPStatus.GONE
    if link is None:
        raise Http404
    found = Comment.objects.select_related("post__author", "user").filter(pk=link.comment).first()
    if found is None:
        return {"gone": True}, HTTPStatus.GONE
    done = decides and email_links.decide(found, link.verb)
    context = {"comment": found, "verb": link.verb, "done": done, "open": not done and email_links.is_open(found)}
    return context, HTTPStatus.OK
