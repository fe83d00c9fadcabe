"""Who may read a published post: everyone, those who know its password, or those who write the blog.

Entering the password sets a cookie with the post's `access_key`, which changes with the password. A view that finds one
post by its slug or key asks here; what shows many posts asks `PostQuerySet.published()`, which has public ones only.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.crypto import constant_time_compare

from accounts.models import AnyUser
from blog.posts.models import Post
from blog.posts.querysets import PostQuerySet
from frodo import rate_limits
from frodo.client_ip import client_address, network

COOKIE = "unlocked"
MAX_UNLOCKED = 20
"""Posts that one browser can have unlocked; the oldest are dropped."""
HALF_A_YEAR = 180 * 24 * 3600
NETWORK_RATE = rate_limits.Rate(10, 600)
"""Attempts of one network."""
POST_RATE = rate_limits.Rate(300, 3600)
"""Attempts of all networks on one post."""


def may_read(post: Post, cookies: Mapping[str, str], user: AnyUser | None) -> bool:
    """`post` is published. Sync, since it may load columns."""
    if post.is_open or may_read_all(user, post):
        return True
    key = unlocked(cookies).get(post.pk, "")
    return post.visibility == Post.Visibility.PASSWORD and constant_time_compare(key, post.access_key)


def may_read_all(user: AnyUser | None, post: Post) -> bool:
    """Whether a writer may read it without a password."""
    if user is None or not user.is_authenticated or not user.can_write:
        return False
    return user.can_publish or post.author_id == user.pk


def unlocked(cookies: Mapping[str, str]) -> dict[int, str]:
    """Access keys in the cookie by primary key of the post, the oldest first."""
    pairs = (each.split(".", 1) for each in cookies.get(COOKIE, "").split("_") if each.count(".") == 1)
    return {int(pk): key for pk, key in pairs if pk.isascii() and pk.isdecimal() and len(pk) < 19}


def get_readable(request: Any, posts: PostQuerySet, **named: Any) -> Post:
    """The published post that this reader may read; raises Http404 if there is none. Sync.

    Marks the request as personal if the post is not public.
    """
    post = get_object_or_404(posts.released(), **named)
    check(request, post)
    return post


def get_discussion(request: Any, posts: PostQuerySet, **named: Any) -> Post:
    """The post whose comments that post shows (Post.discussion). Raises Http404 if there is none. Sync."""
    discussion = get_readable(request, posts, **named).discussion
    if discussion is None:
        raise Http404
    return discussion


def check(request: Any, post: Post) -> None:
    """Raises Http404 where the reader may not read it. `request` is Django's or the REST framework's."""
    if post.is_open:
        return
    mark_personal(request)
    if not may_read(post, request.COOKIES, request.user):
        raise Http404


def mark_personal(request: Any) -> None:
    """The response must not be cached (frodo.middleware.SecurityHeaders)."""
    getattr(request, "_request", request).is_personal = True


def is_password_of(request: HttpRequest, post: Post, password: str) -> bool:
    """Whether the password is right. Raises TooFast after too many attempts."""
    limits = ("unlock", network(client_address(request)), NETWORK_RATE), ("unlock-post", str(post.pk), POST_RATE)
    if wait := rate_limits.take_each(*limits):
        raise rate_limits.TooFast(wait)
    return bool(post.password) and constant_time_compare(password, post.password)


def remember(request: HttpRequest, response: HttpResponse, post: Post) -> None:
    """Add the access key of the post to the cookie."""
    keys = unlocked(request.COOKIES)
    keys.pop(post.pk, None)
    newest = [*keys.items(), (post.pk, post.access_key)][-MAX_UNLOCKED:]
    response.set_cookie(
        COOKIE,
        "_".join(f"{pk}.{key}" for pk, key in newest),
        max_age=HALF_A_YEAR,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
