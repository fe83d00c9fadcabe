from django.contrib import admin
from django.http import HttpRequest

from accounts.models import User
from accounts.second_step.models import SecondStep
from accounts.tokens.admin import MadeElsewhere


class SecondStepInline(MadeElsewhere, admin.TabularInline):
    """The owner helps somebody who has lost the phone. One's own is turned off by a code, on one's own page."""

    model = SecondStep
    fields = ["created_at", "used_at"]
    extra = 0

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_delete_permission(request, obj) and obj != request.user
