from json import dumps

from django.db import models

from frodo.async_models import AsyncModel


class Event(AsyncModel):
    """An event of a post; `n` rises by one within the post without gaps."""

    public = ("n", "type", "data")

    post = models.ForeignKey("blog.Post", models.CASCADE, related_name="events")
    n = models.PositiveIntegerField()
    type = models.CharField(max_length=40)
    data = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        ordering = ["n"]
        constraints = [models.UniqueConstraint(fields=["post", "n"], name="one_number_once")]

    def __str__(self) -> str:
        return f"{self.post_id}/{self.n} {self.type}"


def as_text(frame: dict) -> str:
    """An event as JSON, serialized once for all listeners."""
    return dumps(frame, ensure_ascii=False, separators=(",", ":"))
