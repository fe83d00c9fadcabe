import sys
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from accounts.models import create_author


class Command(BaseCommand):
    help = "Makes an author, who may write, moderate and do everything else in the admin."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--email", default="")
        parser.add_argument("--name", default="", help="the display name; without it, the username")
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the password from the input; without it, one is made"
        )

    def handle(self, *, username: str, email: str, name: str, password_stdin: bool, **options: Any) -> None:
        given = sys.stdin.readline().rstrip("\r\n") if password_stdin else ""
        if password_stdin and not given:
            raise CommandError(_("No password came in."))
        try:
            author, password = create_author(username, given, email=email, name=name)
        except ValidationError as error:
            fields = error.message_dict if hasattr(error, "error_dict") else {"password": error.messages}
            raise CommandError(" ".join(f"{name}: {' '.join(texts)}" for name, texts in fields.items())) from error
        self.stdout.write(self.style.SUCCESS(_("%(username)s can sign in now.") % {"username": author.username}))
        if not given:
            self.stdout.write(_("Password, shown only this once: %(password)s") % {"password": password})
