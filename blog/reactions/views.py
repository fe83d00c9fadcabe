"""Reactions to a post without JavaScript: the buttons send a form."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts import guests
from blog.posts import access
from blog.posts.models import Post
from blog.reactions.models import Kind
from blog.reactions.services import own_reactions, react
from frodo.client_ip import client_address, network
from frodo.errors import ServiceError
from frodo.site_frame import load_frame_context, site_root


class SeeOther(HttpResponseRedirect):
    status_code = 303


@csrf_exempt  # the form is on cached pages, which hold no token; the Origin is checked instead
@never_cache
@require_POST
def react_by_form(request: HttpRequest, slug: str) -> HttpResponse:
    """React, or remove the same reaction. Only from this site: every browser sends the Origin of a POST."""
    sender, root = request.headers.get("Origin") or request.headers.get("Referer", ""), site_root(request)
    if not root or not f"{sender}/".startswith(f"{root}/"):
        raise PermissionDenied
    kind = request.POST.get("kind", "")
    if kind not in Kind.values:
        raise Http404
    post = access.get_readable(request, Post.threads.for_discussion(), slug=slug)
    discussion = post.discussion
    if discussion is None:
        raise Http404
    guest = guests.read(request)
    user = request.user if request.user.is_authenticated else None
    visitor = guest if guest.id else guests.Guest(guests.new_id())
    mine = own_reactions(discussion.pk, user=user, visitor=guest.id)["reactions"]["post"]
    address, wanted = network(client_address(request)), None if mine == kind else kind
    try:
        react(discussion, wanted, user=user, visitor=visitor.id, address=address, is_new=visitor is not guest)
    except ServiceError as error:
        context = {"problem": error, **load_frame_context()}
        return render(request, "403.html", context, status=error.status)
    response = SeeOther(f"{post.url}#comments")
    if visitor is not guest:
        guests.remember(response, visitor)
    return response
