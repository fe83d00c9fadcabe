import signal
import threading
from collections import Counter

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, close_old_connections
from django.utils.translation import gettext as _

from blog.letters.models import Letter
from blog.letters.sending import send_due
from frodo import mail

State = Letter.State


class Command(BaseCommand):
    help = "Sends the letters that are due, once or on and on. The server does so by itself, unless BACKGROUND=false."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true", help="go on until it is stopped")

    def handle(self, *, loop: bool, **options) -> None:
        if not mail.can_be_sent():
            raise CommandError(_("EMAIL_URL and SITE_URL must be set for letters to be sent (docs/letters.md)."))
        if loop:
            self.go_on()
        else:
            self.report(send_due())

    def go_on(self) -> None:
        stopping = threading.Event()
        for wish in (signal.SIGTERM, signal.SIGINT):  # the letter in hand is sent before it ends
            signal.signal(wish, lambda *_signal: stopping.set())
        while not stopping.is_set():
            close_old_connections()
            try:
                done = send_due(is_stopping=stopping.is_set)
            except DatabaseError as error:
                self.stderr.write(str(error))
            else:
                if done:
                    self.report(done)
            stopping.wait(settings.BACKGROUND_LOOK)

    def report(self, done: Counter) -> None:
        self.stdout.write(
            _("Sent: %(sent)d. To be tried again: %(again)d. Failed: %(failed)d. Not wanted any more: %(dropped)d.")
            % {
                "sent": done[State.SENT],
                "again": done[State.QUEUED],
                "failed": done[State.FAILED] + done[State.UNKNOWN],
                "dropped": done[State.DROPPED],
            }
        )
