from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from blog.privacy_page import SLUGS, create_privacy_pages
from frodo.site_settings import saved_settings


class Command(BaseCommand):
    help = "Create drafts of a privacy page in English and Chinese, with what the settings say, for you to edit."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--contact", metavar="USERNAME", help="who can be reached; without it, the first author")

    @saved_settings()
    def handle(self, *, contact: str | None, **options: Any) -> None:
        users = User.objects.filter(username=contact) if contact else User.objects.filter(is_superuser=True)
        person = users.order_by("pk").first()
        if contact and person is None:
            raise CommandError(_("There is no user “%(username)s”.") % {"username": contact})
        created = create_privacy_pages(person)
        for page in created:
            self.stdout.write(_("Draft created: %(path)s") % {"path": page.url})
        for slug in SLUGS.values():
            if slug not in [page.slug for page in created]:
                path = reverse("page", args=[slug])
                self.stdout.write(_("%(path)s already exists and was not changed.") % {"path": path})
