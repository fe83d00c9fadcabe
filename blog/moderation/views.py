"""The moderators' pages. They work without a script; with one they are live (static/js/moderation.js)."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from asgiref.sync import sync_to_async
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

from accounts.models import User
from blog.discussion.models import Comment
from blog.moderation import deciding, floods, links
from blog.moderation import queue as queues
from blog.moderation.models import Decision
from blog.moderation.telling import queue_changed
from blog.pages import render_page
from frodo.api import number
from frodo.errors import Refused

PERMISSION = "blog.change_comment"


def moderators(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For staff who may change comments; others of the staff are refused, everybody else is asked to sign in."""

    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return admin.site.admin_view(guarded)


@moderators
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    tab = request.GET.get("tab", "held")
    if tab not in {*queues.TABS, "decided"}:
        raise Http404
    page = number(request.GET.get("page"), 1, least=1, most=10_000)
    # The header shows these too: they are to be no newer than the list, which would then not be asked for again.
    request.moderation_counts = queues.counts(request.user)
    context = {"tab": tab, "page_number": page, "counts": request.moderation_counts}
    if tab == "decided":
        context["decisions"], context["more"] = queues.decided(page)
    else:
        comments, context["more"] = queues.take(queues.TABS[tab](), page)
        context["entries"] = queues.entries(comments, request.user)
    if "part" in request.GET:
        return render(request, "moderation/_entries.html", context)
    context |= {"title": _("Moderation"), **admin.site.each_context(request)}
    return render(request, "moderation/queue.html", context)


@moderators
@require_GET
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    """One comment, with all that was decided about it."""
    found = get_object_or_404(Comment.objects.select_related("post__author", "user", "parent"), pk=pk)
    context = {
        **admin.site.each_context(request),
        "title": _("Comment by %(name)s") % {"name": found.name},
        "entries": queues.entries([found], request.user),
        "decisions": found.decisions.for_history(),
        "found": found,
    }
    return render(request, "moderation/comment.html", context)


@moderators
@require_GET
def counts(request: HttpRequest) -> HttpResponse:
    return JsonResponse(queues.counts(request.user))


@moderators
@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """`deed` is `verb:<comment>` or `undo:<decision>`."""
    verb, _colon, pk = request.POST.get("deed", "").partition(":")
    by = deciding.By(request.user, Decision.Way.ADMIN)
    decision = None
    try:
        if verb == "undo":
            undone = get_object_or_404(Decision.objects.select_related("comment__post__author"), pk=number(pk, 0))
            changed = deciding.undo(undone, by)
            words = _("Undone: %(deed)s (%(name)s).") % told(undone)
        elif verb in deciding.VERBS:
            found = get_object_or_404(Comment.objects.select_related("post__author", "user"), pk=number(pk, 0))
            newest = found.decisions.values_list("pk", flat=True).first() or 0
            changed = deciding.VERBS[verb](found, by)
            decision = found.decisions.filter(pk__gt=newest, by=request.user, verb=verb).first()
            words = _("%(name)s: %(deed)s.") % told(decision) if decision else ""
        else:
            return answer(request, _("This cannot be done."), status=HTTPStatus.BAD_REQUEST)
    except Refused as error:
        return answer(request, str(error), status=error.status)
    if not (changed or decision):
        return answer(request, _("It was so already."))
    return answer(request, words, decision)


def told(decision: Decision) -> dict:
    return {"name": decision.comment.name or "—", "deed": decision.get_verb_display()}


def answer(request: HttpRequest, words: str, decision: Decision | None = None, status: int = 200) -> HttpResponse:
    """For the script its words, for a plain form the page it came from, which says them."""
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"words": words, "decision": decision and decision.pk}, status=status)
    messages.add_message(request, messages.SUCCESS if status < 400 else messages.ERROR, words)
    return HttpResponseRedirect(way_back(request))


def way_back(request: HttpRequest) -> str:
    address = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if is_ours else reverse("moderation")


@moderators
@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """This moderator has looked at what there is up to this comment."""
    newest = Comment.objects.order_by("-id").values_list("pk", flat=True).first() or 0
    up_to = min(number(request.POST.get("up_to"), newest), newest)
    User.objects.filter(pk=request.user.pk).update(seen_comment=Greatest(F("seen_comment"), up_to))
    queue_changed()
    if "application/json" in request.headers.get("Accept", ""):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return HttpResponseRedirect(way_back(request))


@moderators
@require_POST
def end_flood(request: HttpRequest) -> HttpResponse:
    if floods.end():
        messages.success(request, _("Comments are shown at once again, as your settings say."))
    return HttpResponseRedirect(way_back(request))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
async def decide_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows, for mail programs open links by themselves; POST decides."""
    context, status = await sync_to_async(by_link)(token, decides=request.method == "POST")
    response = await render_page(request, "moderation/link.html", context, status=status)
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


def by_link(token: str, *, decides: bool) -> tuple[dict, int]:
    try:
        link = links.read(token)
    except links.Expired:
        return {"expired": True}, HTTPStatus.GONE
    if link is None:
        raise Http404
    found = Comment.objects.select_related("post__author", "user").filter(pk=link.comment).first()
    if found is None:
        return {"gone": True}, HTTPStatus.GONE
    done = decides and links.decide(found, link.verb)
    context = {"comment": found, "verb": link.verb, "done": done, "open": not done and links.is_open(found)}
    return context, HTTPStatus.OK
