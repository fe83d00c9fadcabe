from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils.translation import ngettext

from blog.models import Page, Post
from frodo.site_settings import saved_settings


class Command(BaseCommand):
    help = "Render posts and pages again, such as after an upgrade or after installing the package for diagrams."

    @saved_settings()
    def handle(self, **options: Any) -> None:
        """One transaction each, on the row as it is then: what is written meanwhile stays."""
        n = 0
        for model in (Post, Page):
            for pk in model.objects.values_list("pk", flat=True):
                with transaction.atomic():
                    entry = model.objects.select_for_update().filter(pk=pk).first()
                    if entry is None:
                        continue
                    before = [getattr(entry, name) for name in entry.rendered_fields]
                    entry.render()
                    if before != [getattr(entry, name) for name in entry.rendered_fields]:
                        entry.save(update_fields=entry.rendered_fields)
                        n += 1
        self.stdout.write(
            ngettext("%(n)d entry rendered differently.", "%(n)d entries rendered differently.", n) % {"n": n}
        )
