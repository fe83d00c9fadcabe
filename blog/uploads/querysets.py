from django.db import models
from django.db.models import Q
from django.utils import timezone


class UploadQuerySet(models.QuerySet):
    def waiting(self) -> "UploadQuerySet":
        """For their variants."""
        return self.filter(state="waiting")

    def due(self) -> "UploadQuerySet":
        return self.waiting().filter(due_at__lte=timezone.now()).order_by("id")

    def of(self, user) -> "UploadQuerySet":
        return self.filter(user=user)

    def newest(self) -> "UploadQuerySet":
        return self.order_by("-id")

    def search(self, words: str) -> "UploadQuerySet":
        found = self
        for word in words.split():
            found = found.filter(Q(alt__icontains=word) | Q(label__icontains=word) | Q(key=word))
        return found
