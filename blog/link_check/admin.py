"""The admin list of broken links."""

from django.contrib import admin, messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from blog import link_check
from blog.link_check.models import CheckedLink
from blog.posts.models import Page, Post
from blog.site.admin import LargeListAdmin, Meaning, ReadOnlyMixin, chip
from frodo import jobs
from frodo.api import number
from frodo.fields import searched

State = CheckedLink.State
MEANINGS: dict[str, Meaning] = {State.WORKS: "good", State.FAILED: "waiting", State.BROKEN: "bad"}
MOST_POSTS = 100


class StateFilter(admin.SimpleListFilter):
    """Broken ones unless another state is chosen."""

    title = _("status")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list:
        return [("all", _("All")), *((value, label) for value, label in State.choices), ("ignored", _("Ignored"))]

    def choices(self, changelist: object) -> list[dict]:  # type: ignore[override]  # the first one is ours
        names = [(State.BROKEN.value, State.BROKEN.label), *self.lookup_choices]
        chosen = self.value() or State.BROKEN
        query = changelist.get_query_string  # type: ignore[attr-defined]  # of a ChangeList
        return [
            {"selected": value == chosen, "query_string": query({self.parameter_name: value}), "display": label}
            for value, label in dict(names).items()
        ]

    def queryset(self, request: HttpRequest, links: QuerySet) -> QuerySet:
        match self.value():
            case "all":
                return links
            case "ignored":
                return links.filter(is_ignored=True)
        state = self.value() or State.BROKEN
        return links.filter(state=state, is_ignored=False)


class PostFilter(admin.SimpleListFilter):
    """Posts with broken links, and the one that was chosen."""

    title = _("post")
    parameter_name = "post"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list:
        broken = CheckedLink.objects.of_published_texts().filter(state=State.BROKEN, is_ignored=False).order_by()
        keys = list(broken.exclude(post=None).values_list("post", flat=True).distinct()[:MOST_POSTS])
        keys += filter(None, [number(request.GET.get(self.parameter_name))])
        posts = Post.threads.filter(pk__in=keys).order_by("title").values_list("pk", "title")
        return [(str(pk), title) for pk, title in posts]

    def queryset(self, request: HttpRequest, links: QuerySet) -> QuerySet:
        return links.filter(post=number(self.value(), 0)) if self.value() else links


@admin.register(CheckedLink)
class CheckedLinkAdmin(ReadOnlyMixin, LargeListAdmin):
    list_display = ["link", "where", "status", "why", "checked_at"]
    list_display_links = None
    list_filter = [StateFilter, PostFilter, "is_image"]
    list_prefetch = ("page", Prefetch("post", Post.threads.only("title", "slug", "kind")))  # type: ignore[assignment]  # names, or this
    search_fields = searched("url")
    ordering = ["-checked_at", "id"]
    fields = ["link", "where", "is_image", "status", "why", "checked_at"]
    actions = ["ignore", "check_again"]
    empty_text = _("Links and images of published texts are checked in the background. None is broken.")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).of_published_texts()  # type: ignore[attr-defined]  # of its manager

    @admin.display(description=_("URL"), ordering="url")
    def link(self, link: CheckedLink) -> str:
        return format_html('<a href="{}" rel="noopener noreferrer" class="link-url">{}</a>', link.url, link.url[:100])

    @admin.display(description=_("found in"))
    def where(self, link: CheckedLink) -> str:
        entry = link.entry
        kind = "page" if isinstance(entry, Page) else entry.kind if entry else ""
        return (
            format_html('<a href="{}">{}</a>', reverse(f"admin:blog_{kind}_change", args=[entry.pk]), entry)
            if entry
            else ""
        )

    @admin.display(description=_("status"), ordering="state")
    def status(self, link: CheckedLink) -> str:
        return chip(_("Ignored")) if link.is_ignored else chip(link.get_state_display(), MEANINGS.get(link.state, ""))

    @admin.display(description=_("reason"))
    def why(self, link: CheckedLink) -> str:
        return link.why

    @admin.action(description=_("Ignore"), permissions=["delete"])
    def ignore(self, request: HttpRequest, links: QuerySet) -> None:
        n = links.update(is_ignored=True)
        self.message_user(request, ngettext("%d link is ignored.", "%d links are ignored.", n) % n, messages.SUCCESS)

    @admin.action(description=_("Check again"), permissions=["delete"])
    def check_again(self, request: HttpRequest, links: QuerySet) -> None:
        n = link_check.check_again(links.select_related("page", "post"))
        jobs.run_soon("check_links")
        words = ngettext("%d link is checked now.", "%d links are checked now.", n) % n
        self.message_user(request, words, messages.SUCCESS)

    def get_actions(self, request: HttpRequest) -> dict:
        found = super().get_actions(request)
        found.pop("delete_selected", None)
        return found
