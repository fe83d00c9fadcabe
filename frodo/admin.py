from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from frodo.jobs.models import Job, wake
from frodo.jobs.registry import job_types


@admin.register(Job)
class JobAdmin(admin.ModelAdmin):
    empty_text = _("No background jobs yet.")
    list_display = ["type", "subject", "state_chip", "attempts", "available_at", "finished_at", "error"]
    list_filter = ["state", "type"]
    list_per_page = 50
    actions = ["retry"]
    fields = ["type", "subject", "args", "state", "attempts", "enqueued_at", "available_at", "finished_at", "error"]
    readonly_fields = [*fields]  # type: ignore[list-item]  # names, all of them

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        """For the list's action; a form has nothing to save."""
        return obj is None and super().has_change_permission(request)

    @admin.display(description=_("state"), ordering="state")
    def state_chip(self, job: Job) -> str:
        meaning = " is-bad" if job.state in {Job.State.FAILED, Job.State.UNKNOWN} else ""
        return format_html('<span class="chip{}">{}</span>', meaning, job.get_state_display())

    @admin.display(description=_("subject"))
    def subject(self, job: Job) -> str:
        describe = job_types[job.type].describe if job.type in job_types else None
        try:
            return describe(**job.args) if describe else job.key
        except TypeError:  # another version of the site stored other arguments
            return job.key

    @admin.action(
        description=_("Run the selected jobs now (e-mail of unknown delivery may arrive twice)"), permissions=["change"]
    )
    def retry(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        idle = jobs.exclude(state__in=[Job.State.RUNNING, Job.State.DELIVERING])
        n = idle.update(state=Job.State.PENDING, available_at=timezone.now(), attempts=0)
        transaction.on_commit(wake.set)
        self.message_user(request, ngettext("%d job will run now.", "%d jobs will run now.", n) % n, messages.SUCCESS)
