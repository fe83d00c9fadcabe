"""The first page of the admin: what to go on with, what waits, what is read, how the system is.

Each part is for whoever may use it, and asks a fixed number of queries.
"""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.authentication import signed_in_user
from blog.comments.models import Comment
from blog.doctor import CHECKS, examine
from blog.link_check.models import CheckedLink
from blog.moderation.queue import LONG
from blog.posts import permissions
from blog.posts.models import Post
from blog.statistics import reports
from blog.statistics.charts import bar_chart

MOST = 5
SHOWN_POSTS = Prefetch("post", Post.threads.only("title", "slug", "kind"))
IN_REVIEW = (
    "title",
    "status",
    "published_at",
    "updated_at",
    *(f"author__{name}" for name in ("username", "display_name", "first_name", "last_name")),
)
WEEK = 7


def dashboard(request: HttpRequest) -> dict[str, Any]:
    user = signed_in_user(request)
    context: dict[str, Any] = {}
    if user.has_perm("blog.view_post"):
        posts = permissions.seen_by(user, Post.objects.all()).only("title", "status", "published_at", "updated_at")
        context["may_write"] = user.has_perm("blog.add_post")
        context["drafts"] = list(posts.drafts().order_by("-updated_at")[:MOST])
        context["in_review"] = list(posts.pending().select_related("author").only(*IN_REVIEW)[:MOST])
        context["n_in_review"] = posts.pending().count()
        context["scheduled"] = list(posts.scheduled().order_by("published_at")[:MOST])
    if user.has_perm("blog.change_comment"):
        pending = Comment.objects.pending().select_related("post").defer(*LONG).order_by("id")
        context["pending"] = list(pending[:MOST])
    if user.has_perm("blog.view_dailyviews"):
        days = reports.views("day")
        context |= {
            "chart": bar_chart(days),
            "views_today": days[-1].n,
            "views_of_week": sum(day.n for day in days[-WEEK:]),
            "most_read": reports.most_read(days[-WEEK].start, MOST),
        }
    if user.has_perm("blog.view_checkedlink"):
        broken = CheckedLink.objects.of_published_texts().filter(state=CheckedLink.State.BROKEN, is_ignored=False)
        context["broken_links"] = list(broken.select_related("page").prefetch_related(SHOWN_POSTS)[:MOST])
    if user.is_superuser:
        context["findings"] = list(examine(check for check in CHECKS if check.is_quick))
    return context


def doctor(request: HttpRequest) -> HttpResponse:
    """All findings, for those who may do everything: they name hosts, folders and errors."""
    if not request.user.is_superuser:
        raise PermissionDenied
    findings = list(examine(CHECKS))
    context = {**admin.site.each_context(request), "title": _("System check"), "findings": findings}
    return render(request, "admin/doctor.html", context)
