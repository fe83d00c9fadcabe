"""What is queued, sent and failed, and why. The site writes its letters; here one looks, and has them tried again."""

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from blog.letters.models import Letter
from blog.letters.queueing import due

AGAIN = [Letter.State.FAILED, Letter.State.UNKNOWN, Letter.State.QUEUED, Letter.State.DROPPED]


@admin.register(Letter)
class LetterAdmin(admin.ModelAdmin):
    list_display = ["to", "kind", "post", "state", "created_at", "sent_at", "n_tries", "said"]
    list_filter = ["state", "kind", "created_at"]
    list_select_related = ["comment__post"]
    search_fields = ["to", "said", "comment__post__title"]
    actions = ["send_again", "drop"]
    fields = ["to", "kind", "comment", "state", "said", "n_tries", "created_at", "due_at", "sent_at"]
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=_("post"))
    def post(self, letter: Letter) -> str:
        return str(letter.comment.post)

    @admin.action(
        description=_("Send the selected letters now; those perhaps sent may arrive twice"), permissions=["change"]
    )
    def send_again(self, request: HttpRequest, letters) -> None:
        now = timezone.now()
        n = (
            letters.filter(state__in=AGAIN)
            .exclude(to="")
            .update(state=Letter.State.QUEUED, due_at=now, created_at=now, n_tries=0)
        )
        due.set()
        self.message_user(request, ngettext("%d letter queued.", "%d letters queued.", n) % n, messages.SUCCESS)

    @admin.action(description=_("Do not send the selected letters"), permissions=["change"])
    def drop(self, request: HttpRequest, letters) -> None:
        n = letters.queued().update(state=Letter.State.DROPPED)
        self.message_user(request, ngettext("%d letter dropped.", "%d letters dropped.", n) % n, messages.SUCCESS)
