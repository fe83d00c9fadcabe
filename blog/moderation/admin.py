"""Moderating. A comment's state is changed by the verbs only, so that open pages hear of it."""

from collections.abc import Callable

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from blog.discussion.models import Comment
from blog.moderation import deciding

VERBS = {
    Comment.State.VISIBLE: deciding.approve,
    Comment.State.HELD: deciding.hold,
    Comment.State.REMOVED: deciding.remove,
}


@admin.register(Comment)
class CommentAdmin(admin.ModelAdmin):
    list_display = ["beginning", "state", "name", "post", "created_at"]
    list_filter = ["state", "created_at"]
    list_select_related = ["post"]
    search_fields = ["text", "name", "email", "post__title"]
    date_hierarchy = "created_at"
    ordering = ["-id"]
    actions = ["approve", "hold", "remove"]
    fields = ["state", "body", "name", "email", "user", "post", "parent", "created_at", "edited_at"]
    readonly_fields = ["body", "name", "email", "user", "post", "parent", "created_at", "edited_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # one writes on the site, as everybody does

    def get_queryset(self, request: HttpRequest):
        return super().get_queryset(request).select_related("post", "user", "parent")

    @admin.display(description=_("comment"))
    def beginning(self, comment: Comment) -> str:
        return Truncator(" ".join(comment.text.split())).chars(80) or "—"

    @admin.display(description=_("text"))
    def body(self, comment: Comment) -> str:
        return comment.body

    def view_on_site(self, comment: Comment) -> str:
        return comment.url

    def save_model(self, request: HttpRequest, comment: Comment, form, change: bool) -> None:
        VERBS[comment.state](comment)

    def delete_model(self, request: HttpRequest, comment: Comment) -> None:
        deciding.erase(comment)

    def delete_queryset(self, request: HttpRequest, comments) -> None:
        for comment in comments:
            deciding.erase(comment)

    @admin.action(description=_("Approve the selected comments"), permissions=["change"])
    def approve(self, request: HttpRequest, comments) -> None:
        n = self.each(deciding.approve, comments)
        self.message_user(request, ngettext("%d comment approved.", "%d comments approved.", n) % n, messages.SUCCESS)

    @admin.action(description=_("Hold the selected comments"), permissions=["change"])
    def hold(self, request: HttpRequest, comments) -> None:
        n = self.each(deciding.hold, comments)
        self.message_user(request, ngettext("%d comment held.", "%d comments held.", n) % n, messages.SUCCESS)

    @admin.action(description=_("Remove the selected comments"), permissions=["change"])
    def remove(self, request: HttpRequest, comments) -> None:
        n = self.each(deciding.remove, comments)
        self.message_user(request, ngettext("%d comment removed.", "%d comments removed.", n) % n, messages.SUCCESS)

    @staticmethod
    def each(verb: Callable[[Comment], bool], comments) -> int:
        """How many it changed. In the order they were written, so that a parent comes before its answers."""
        return sum(verb(comment) for comment in comments.order_by("id"))
