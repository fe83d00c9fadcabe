"""The index of tables."""

from frodo.api.idempotency import AnswerGiven

__all__ = ["AnswerGiven"]
