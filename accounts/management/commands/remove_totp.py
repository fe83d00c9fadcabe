from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.two_factor import turn_off


class Command(BaseCommand):
    help = "Turns off two-factor authentication of somebody who has lost the phone and the recovery codes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *, username: str, **options: Any) -> None:
        user = User.objects.filter(username=User.normalize_username(username)).first()
        if user is None:
            raise CommandError(_("There is nobody called %(username)s.") % {"username": username})
        if not turn_off(user):
            raise CommandError(_("%(username)s has no two-factor authentication.") % {"username": username})
        self.stdout.write(self.style.SUCCESS(_("%(username)s signs in without a code now.") % {"username": username}))
