"""Moderating. A comment's state is changed by the verbs only, so that open pages hear of it."""

from collections.abc import Callable

from django.contrib import admin, messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from blog.discussion.models import Comment
from blog.moderation import blocking, deciding, reasons
from blog.moderation.models import Block, Decision, Flood, Rule
from frodo.addresses import wide
from frodo.errors import Refused

VERBS = {
    Comment.State.VISIBLE: deciding.approve,
    Comment.State.HELD: deciding.hold,
    Comment.State.REMOVED: deciding.remove,
}


def action(verb: Callable, words) -> Callable:
    """A verb done to the selected comments."""

    @admin.action(description=words, permissions=["change"])
    def act(self, request: HttpRequest, comments) -> None:
        self.each(request, verb, comments)

    return act


@admin.register(Comment)
class CommentAdmin(admin.ModelAdmin):
    list_display = ["beginning", "state", "name", "post", "created_at"]
    list_filter = ["state", "pinned", "featured", "created_at"]
    list_select_related = ["post"]
    search_fields = ["text", "name", "email", "post__title"]
    date_hierarchy = "created_at"
    ordering = ["-id"]
    actions = [
        *("approve", "hold", "remove", "call_spam", "block_person", "block_network"),
        *("pin", "unpin", "feature", "unfeature", "give_to_author"),
    ]
    readonly_fields = [
        *("body", "why", "name", "email", "user", "where_from", "post", "parent", "marks"),
        *("created_at", "edited_at", "decided"),
    ]
    fields = ["state", *readonly_fields]

    approve = action(deciding.approve, _("Approve the selected comments"))
    hold = action(deciding.hold, _("Hold the selected comments"))
    remove = action(deciding.remove, _("Remove the selected comments"))
    call_spam = action(deciding.call_spam, _("Remove the selected comments as spam"))
    block_person = action(deciding.block_person, _("Block the writers"))
    block_network = action(deciding.block_network, _("Block the networks they came from"))
    pin = action(deciding.pin, _("Pin in the discussion"))
    unpin = action(deciding.unpin, _("Unpin"))
    feature = action(deciding.feature, _("Feature"))
    unfeature = action(deciding.unfeature, _("Feature no more"))
    give_to_author = action(deciding.give_to_author, _("Mark as the author’s"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # one writes on the site, as everybody does

    def get_queryset(self, request: HttpRequest):
        return super().get_queryset(request).select_related("post__author", "user", "parent")

    @admin.display(description=_("comment"))
    def beginning(self, comment: Comment) -> str:
        return Truncator(" ".join(comment.text.split())).chars(80) or "—"

    @admin.display(description=_("text"))
    def body(self, comment: Comment) -> str:
        return comment.body

    @admin.display(description=_("held because"))
    def why(self, comment: Comment) -> str:
        return format_html_join("", "<p>{}</p>", ((words,) for words in reasons.said(comment.hold_reasons))) or "—"

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

    def save_model(self, request: HttpRequest, comment: Comment, form, change: bool) -> None:
        if "state" in form.changed_data:
            VERBS[comment.state](comment, by(request))

    def delete_model(self, request: HttpRequest, comment: Comment) -> None:
        deciding.erase(comment)

    def delete_queryset(self, request: HttpRequest, comments) -> None:
        for comment in comments:
            deciding.erase(comment)

    def each(self, request: HttpRequest, verb: Callable, comments) -> None:
        """In the order they were written, so that a parent comes before its answers."""
        n, refusals = 0, set()
        for comment in comments.order_by("id"):
            try:
                n += verb(comment, by(request))
            except Refused as error:
                refusals.add(str(error))
        for words in sorted(refusals):
            self.message_user(request, words, messages.WARNING)
        self.message_user(request, ngettext("%d comment changed.", "%d comments changed.", n) % n, messages.SUCCESS)


def by(request: HttpRequest) -> deciding.By:
    return deciding.By(request.user, Decision.Way.ADMIN)


@admin.register(Rule)
class RuleAdmin(admin.ModelAdmin):
    list_display = ["value", "kind", "deed", "is_active", "note"]
    list_editable = ["is_active"]
    list_filter = ["kind", "deed", "is_active"]
    search_fields = ["value", "note"]


@admin.register(Block)
class BlockAdmin(admin.ModelAdmin):
    list_display = ["__str__", "who", "reason", "until", "created_at", "created_by", "is_in_force"]
    list_filter = ["created_at"]
    list_select_related = ["user", "created_by"]
    search_fields = ["name", "network", "reason", "user__username"]
    autocomplete_fields = ["user"]
    actions = ["lift"]
    fields = ["user", "network", "name", "reason", "until", "created_at", "created_by", "lifted_at"]
    readonly_fields = ["created_at", "created_by", "lifted_at"]

    @admin.display(description=_("whom"))
    def who(self, block: Block) -> str:
        if block.network:
            return block.network
        return _("account") if block.user_id else _("browser")

    @admin.display(description=_("in force"), boolean=True)
    def is_in_force(self, block: Block) -> bool:
        return block.holds

    def save_model(self, request: HttpRequest, block: Block, form, change: bool) -> None:
        block.created_by = block.created_by or request.user
        super().save_model(request, block, form, change)

    @admin.action(description=_("Lift the selected blocks"), permissions=["change"])
    def lift(self, request: HttpRequest, blocks) -> None:
        n = blocking.lift(blocks)
        self.message_user(request, ngettext("%d block lifted.", "%d blocks lifted.", n) % n, messages.SUCCESS)


@admin.register(Flood)
class FloodAdmin(admin.ModelAdmin):
    list_display = ["began_at", "until", "ended_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, flood=None) -> bool:
        return False
