"""Comments, rules, blocks and spam waves in the admin. Actions change states, so that open pages are updated."""

from collections.abc import Callable

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from accounts.authentication import signed_in_user
from blog.comments.models import Comment, CommentQuerySet
from blog.moderation import actions as moderation_actions
from blog.moderation import blocks as block_services
from blog.moderation import queue, reasons
from blog.moderation.models import Block, Decision, Rule, SpamWave
from blog.site.admin import CreatedFilter, LargeListAdmin, Meaning, ReadOnlyMixin, chip
from frodo.admin_site import AutocompleteMixin, DeletionMixin
from frodo.client_ip import wide
from frodo.errors import ServiceError
from frodo.fields import searched
from frodo.text import StrOrPromise

VERBS: dict[str, Callable[[Comment, moderation_actions.Actor], bool]] = {
    Comment.State.VISIBLE: moderation_actions.approve,
    Comment.State.PENDING: moderation_actions.mark_pending,
    Comment.State.REMOVED: moderation_actions.remove,
}

MEANINGS: dict[str, Meaning] = {
    Comment.State.VISIBLE: "good",
    Comment.State.PENDING: "waiting",
    Comment.State.REMOVED: "bad",
}


def action(verb: Callable, words: StrOrPromise) -> Callable:
    """An admin action on the selected comments."""

    @admin.action(description=words, permissions=["change"])
    def act(self: "CommentAdmin", request: HttpRequest, comments: CommentQuerySet) -> None:
        self.each(request, verb, comments)

    return act


@admin.register(Comment)
class CommentAdmin(DeletionMixin, LargeListAdmin):
    list_display = ["beginning", "state_chips", "name", "post", "created_at"]
    empty_text = _("No comments yet. Readers write them on the site.")
    list_filter = ["state", "pinned", "featured", CreatedFilter]
    list_select_related = ["post"]
    list_defer = ("html", *queue.LONG)
    search_fields = searched("text", "name", "email", "post__title")
    ordering = ["-id"]
    actions = [
        *("approve", "mark_pending", "remove", "mark_as_spam", "block_person", "block_network"),
        *("pin", "unpin", "feature", "unfeature", "give_to_author"),
    ]
    readonly_fields = [
        *("body", "why", "name", "email", "user", "where_from", "post", "parent", "marks"),
        *("created_at", "edited_at", "decided"),
    ]
    fields = ["state", *readonly_fields]

    approve = action(moderation_actions.approve, _("Approve the selected comments"))
    mark_pending = action(moderation_actions.mark_pending, _("Hold the selected comments"))
    remove = action(moderation_actions.remove, _("Remove the selected comments"))
    mark_as_spam = action(moderation_actions.mark_as_spam, _("Remove the selected comments as spam"))
    block_person = action(moderation_actions.block_person, _("Block the commenters"))
    block_network = action(moderation_actions.block_network, _("Block their networks"))
    pin = action(moderation_actions.pin, _("Pin the selected comments"))
    unpin = action(moderation_actions.unpin, _("Unpin"))
    feature = action(moderation_actions.feature, _("Feature"))
    unfeature = action(moderation_actions.unfeature, _("Remove from featured"))
    give_to_author = action(moderation_actions.give_to_author, _("Mark as the author’s"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # one writes on the site, as everybody does

    def get_queryset(self, request: HttpRequest) -> QuerySet[Comment]:
        return super().get_queryset(request).select_related("post__author", "user", "parent")

    @admin.display(description=_("comment"))
    def beginning(self, comment: Comment) -> str:
        return Truncator(" ".join(comment.text.split())).chars(80) or "—"

    @admin.display(description=_("state"), ordering="state")
    def state_chips(self, comment: Comment) -> str:
        marks = [chip(_("pinned"))] * comment.pinned + [chip(_("featured"))] * comment.featured
        is_pending = comment.state == Comment.State.PENDING
        words = pgettext_lazy("comments", "Pending") if is_pending else comment.get_state_display()
        chips = [chip(words, MEANINGS[comment.state]), *marks]
        return format_html_join(" ", "{}", ((each,) for each in chips))

    @admin.display(description=_("text"))
    def body(self, comment: Comment) -> str:
        return comment.body

    @admin.display(description=_("held because"))
    def why(self, comment: Comment) -> str:
        return (
            format_html_join("", "<p>{}</p>", ((words,) for words in reasons.descriptions(comment.pending_reasons)))
            or "—"
        )

    @admin.display(description=_("network"))
    def where_from(self, comment: Comment) -> str:
        return wide(comment.network) or "—"

    @admin.display(description=_("marks"))
    def marks(self, comment: Comment) -> str:
        marks = {_("pinned"): comment.pinned, _("featured"): comment.featured}
        return ", ".join(str(words) for words, is_set in marks.items() if is_set) or "—"

    @admin.display(description=_("decisions"))
    def decided(self, comment: Comment) -> str:
        words = ", ".join(decision.get_verb_display() for decision in comment.decisions.standing()[:3]) or "—"
        return format_html('<a href="{}">{}</a>', reverse("moderation-comment", args=[comment.pk]), words)

    def view_on_site(self, comment: Comment) -> str:
        return comment.url

    def save_model(self, request: HttpRequest, comment: Comment, form: forms.ModelForm, change: bool) -> None:
        if "state" in form.changed_data:
            VERBS[comment.state](comment, by(request))

    def delete_model(self, request: HttpRequest, comment: Comment) -> None:
        moderation_actions.erase(comment)

    def delete_queryset(self, request: HttpRequest, comments: QuerySet[Comment]) -> None:
        for comment in comments:
            moderation_actions.erase(comment)

    def each(self, request: HttpRequest, verb: Callable, comments: CommentQuerySet) -> None:
        """In the order of creation, so that parents come before their replies."""
        n, problems = 0, set()
        for comment in comments.order_by("id"):
            try:
                n += verb(comment, by(request))
            except ServiceError as error:
                problems.add(str(error))
        for words in sorted(problems):
            self.message_user(request, words, messages.WARNING)
        self.message_user(request, ngettext("%d comment changed.", "%d comments changed.", n) % n, messages.SUCCESS)


def by(request: HttpRequest) -> moderation_actions.Actor:
    return moderation_actions.Actor(signed_in_user(request), Decision.Source.ADMIN)


@admin.register(Rule)
class RuleAdmin(admin.ModelAdmin):
    empty_text = _("A rule holds or rejects comments with certain words, links, names or e-mail domains.")
    list_display = ["value", "kind", "action", "is_active", "note"]
    list_editable = ["is_active"]
    list_filter = ["kind", "action", "is_active"]
    search_fields = searched("value", "note")


@admin.register(Block)
class BlockAdmin(AutocompleteMixin):
    list_title = _("Blocked")
    empty_text = _("Nobody is blocked. Commenters and networks are blocked from the moderation queue.")
    list_display = ["__str__", "who", "reason", "until", "created_at", "created_by", "is_in_force"]
    list_filter = ["created_at"]
    list_select_related = ["user", "created_by"]
    search_fields = searched("name", "network", "reason", "user__username")
    autocomplete_fields = ["user"]
    actions = ["lift"]
    fields = ["user", "network", "name", "reason", "until", "created_at", "created_by", "lifted_at"]
    readonly_fields = ["created_at", "created_by", "lifted_at"]

    @admin.display(description=_("target"))
    def who(self, block: Block) -> str:
        if block.network:
            return block.network
        return str(_("account") if block.user_id else _("browser"))

    @admin.display(description=_("active"), boolean=True)
    def is_in_force(self, block: Block) -> bool:
        return block.holds

    def save_model(self, request: HttpRequest, block: Block, form: forms.ModelForm, change: bool) -> None:
        block.created_by = block.created_by or signed_in_user(request)
        super().save_model(request, block, form, change)

    @admin.action(description=_("Lift the selected blocks"), permissions=["change"])
    def lift(self, request: HttpRequest, blocks: QuerySet[Block]) -> None:
        n = block_services.lift(blocks)
        self.message_user(request, ngettext("%d block lifted.", "%d blocks lifted.", n) % n, messages.SUCCESS)


@admin.register(SpamWave)
class SpamWaveAdmin(ReadOnlyMixin, admin.ModelAdmin):
    list_title = _("Spam waves")
    empty_text = _("No spam waves yet.")
    list_display = ["started_at", "until", "ended_at"]
