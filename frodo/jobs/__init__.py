"""Background jobs: one table, run by a thread of the server or by `manage.py run_jobs` (docs/jobs.md).

An app registers its job types in `apps.py` and enqueues a job in the transaction of the change that needs it:

    jobs.register("send_email", send_email, _("Send e-mail"), max_attempts=10)
    jobs.enqueue("send_email", email.pk, email=email.pk)

A job runs again when the process that ran it dies, so its function must be able to run twice.
"""

from frodo.jobs.models import Job, enqueue, run_soon
from frodo.jobs.registry import Failed, Retry, Unavailable, register
