"""Background jobs: one table, run by a thread of the server or by `manage.py run_jobs` (docs/jobs.md).

An app registers its job types in `apps.py` and enqueues a job in the transaction of the change that needs it:

    jobs.register("send_email", send_email, _("Send e-mail"), max_attempts=10)
    jobs.enqueue("send_email", email.pk, email=email.pk)

A job runs again when the process that ran it dies, so its function must be able to run twice.
"""

from collections.abc import Callable, Collection, Coroutine
from typing import Any

from asgiref.sync import async_to_sync

from frodo.http_client import Answer, BadStatus, Fetched, NotFetched
from frodo.jobs.models import Job, enqueue, run_soon
from frodo.jobs.registry import Failed, Retry, Unavailable, register


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
