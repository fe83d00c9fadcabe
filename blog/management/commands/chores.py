from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from blog.chores import CHORES


class Command(BaseCommand):
    help = "Does the daily chores now. The server does them by itself, unless BACKGROUND=false."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("names", nargs="*", help=f"of {', '.join(CHORES)}; without any, all")
        parser.add_argument("--due", action="store_true", help="only those whose time has come")

    def handle(self, *, names: list[str], due: bool, **options) -> None:
        for name in names:
            if name not in CHORES:
                raise CommandError(
                    _("There is no chore “%(name)s”. There are: %(names)s.")
                    % {"name": name, "names": ", ".join(CHORES)}
                )
        for name in names or CHORES:
            said = CHORES[name].do(only_if_due=due)
            self.stdout.write(f"{name}: {_('not now') if said is None else said}")
