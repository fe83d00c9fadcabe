from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from blog.health import examine


class Command(BaseCommand):
    help = "Looks at what the blog stands on: settings, database, cache, live events, files."
    requires_system_checks = ()

    def handle(self, **options) -> None:
        findings = list(examine())
        for finding in findings:
            mark = self.style.SUCCESS("ok") if finding.is_well else self.style.ERROR("!!")
            self.stdout.write(f"{mark}  {finding.name:<13} {finding.words}")
        if not all(finding.is_well for finding in findings):
            raise CommandError(_("Something needs a look."))
