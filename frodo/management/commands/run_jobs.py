import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from frodo.jobs.models import Job
from frodo.jobs.registry import job_types
from frodo.jobs.worker import Worker


class Command(BaseCommand):
    help = "Runs background jobs until stopped. The server does so itself, unless JOBS_IN_SERVER=false."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", action="store_true", help="run the jobs that are due, then exit")
        parser.add_argument("types", nargs="*", help="only these, scheduled ones at once; then exit")

    def handle(self, *, batch: bool, types: list[str], **options: Any) -> None:
        if unknown := set(types) - job_types.keys():
            raise CommandError(_("There is no job type “%(name)s”.") % {"name": unknown.pop()})
        worker = Worker()
        if batch or types:
            scheduled = Job.objects.filter(type__in=[name for name in types if job_types[name].every])
            scheduled.filter(state=Job.State.PENDING).update(available_at=timezone.now())
            self.stdout.write(_("Jobs run: %(n)d.") % {"n": worker.run_due(types)})
            return
        stop = {signal.SIGTERM, signal.SIGINT}
        signal.pthread_sigmask(signal.SIG_BLOCK, stop)  # the job that is running is finished first
        worker.thread.start()
        signal.sigwait(stop)
        worker.request_stop()
        worker.join()
