from django.db import models
from django.db.models import Q


class CommentQuerySet(models.QuerySet):
    def visible(self):
        return self.filter(state="visible")

    def held(self):
        return self.filter(state="held")

    def seen_by(self, *, user=None, visitor: str = ""):
        """Visible ones, and one's own that still wait for approval."""
        return self.filter(Q(state="visible") | Q(self.own(user, visitor), state="held"))

    def held_of(self, *, user=None, visitor: str = ""):
        """One's own that still wait for approval."""
        return self.held().by(user=user, visitor=visitor)

    def by(self, *, user=None, visitor: str = ""):
        """One's own."""
        return self.filter(self.own(user, visitor))

    @staticmethod
    def own(user, visitor: str) -> Q:
        if user is not None and user.is_authenticated:
            return Q(user=user)
        return Q(user=None, visitor=visitor) if visitor else Q(pk__in=[])

    def for_thread(self):
        """All that a thread shows, in one query. Removed ones are among them, for what hangs on them."""
        return self.select_related("user").defer("email").order_by("id")

    def for_json(self):
        return self.select_related("user", "post")
