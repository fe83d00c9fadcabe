from datetime import timedelta

from django.apps import AppConfig, apps
from django.db.models.signals import pre_migrate
from django.urls import register_converter
from django.urls.converters import IntConverter
from django.utils.translation import gettext_lazy as _


class NumberConverter(IntConverter):
    """`<number:n>` in a URL: `int` without leading zeros, with which one page would have many URLs."""

    regex = "0|[1-9][0-9]{0,18}"


class FrodoConfig(AppConfig):
    name = "frodo"
    verbose_name = _("System")

    def ready(self) -> None:
        from django.conf import settings

        from frodo import database_limits, startup  # noqa: F401 - the checks in it
        from frodo.backup.services import run_scheduled
        from frodo.jobs import register
        from frodo.jobs.worker import delete_failed
        from frodo.models import delete_old_responses
        from frodo.page_cache import cdn
        from frodo.telemetry import start_error_reports

        start_error_reports()
        register_converter(NumberConverter, "number")
        pre_migrate.connect(database_limits.choose_collation, sender=apps.get_app_config("contenttypes"))
        keys = _("Delete old idempotency keys")
        register("delete_idempotency_keys", delete_old_responses, keys, every=timedelta(hours=6))
        register("delete_failed_jobs", delete_failed, _("Delete old failed jobs"), every=timedelta(days=1))
        purge = {"priority": 1, "pass_job": True, "backoff": timedelta(seconds=5), "describe": lambda key: key}
        register("purge_cdn", cdn.purge_cdn, _("Purge pages from the CDN"), **purge)
        if settings.BACKUP_TO and settings.BACKUP_HOURS:
            hours = timedelta(hours=settings.BACKUP_HOURS)
            options = {"every": hours, "max_attempts": 3, "priority": 9, "is_long": True}
            register("back_up", run_scheduled, _("Back up"), **options)
