from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError
from django.utils.translation import gettext as _

from blog.doctor import CHECKS, examine
from frodo.site_settings import load
from frodo.text import columns


class Command(BaseCommand):
    help = "Find what is wrong with this installation, and say what to do. The exit code is 1 if anything is."
    requires_system_checks = ()

    def handle(self, **options: Any) -> None:
        with suppress(DatabaseError):  # one of the findings
            load()
        n_problems = 0
        for finding in examine(CHECKS):
            n_problems += not finding.is_ok
            mark = self.style.SUCCESS("ok") if finding.is_ok else self.style.ERROR("!!")
            space = " " * max(1, 17 - columns(finding.label))
            self.stdout.write(f"{mark}  {finding.label}{space}{finding.text}")
        if n_problems:
            raise CommandError(_("Problems found: %(n)d.") % {"n": n_problems})
