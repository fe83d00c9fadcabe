"""Requests to other hosts that jobs make."""

from collections.abc import Callable, Collection, Coroutine
from typing import Any

from asgiref.sync import async_to_sync

from frodo.http_client import Answer, BadStatus, Fetched, NotFetched
from frodo.jobs.registry import Failed, Retry


def run_request(
    request: Callable[[], Coroutine[Any, Any, Fetched | Answer]],
    *,
    transient: type[Retry] = Retry,
    accepted: Collection[int] = (),
) -> None:
    """Await a request of frodo.http_client.

    Raises `transient` after an error that may pass, else Failed. Statuses other than 2xx are errors, and so are those
    that `fetch` does not follow, unless they are `accepted`.
    """
    try:
        answer = async_to_sync(request)()
        if isinstance(answer, Answer) and not 200 <= answer.status < 300:
            raise BadStatus(answer.status, answer.retry_after)
    except NotFetched as error:
        if isinstance(error, BadStatus) and error.response_status in accepted:
            return
        raise (transient(error, error.retry_after or 0) if error.is_transient else Failed(error)) from error
