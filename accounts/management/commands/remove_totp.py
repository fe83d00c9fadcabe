from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.second_step.codes import turn_off


class Command(BaseCommand):
    help = "Turns off the second step at sign-in of somebody who has lost the phone and the recovery codes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *, username: str, **options) -> None:
        user = User.objects.filter(username=User.normalize_username(username)).first()
        if user is None:
            raise CommandError(_("There is nobody called %(username)s.") % {"username": username})
        if not turn_off(user):
            raise CommandError(_("%(username)s has no second step at sign-in.") % {"username": username})
        self.stdout.write(self.style.SUCCESS(_("%(username)s signs in without a code now.") % {"username": username}))
