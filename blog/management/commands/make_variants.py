from django.core.management.base import BaseCommand, CommandParser

from blog.uploads import storing, variants
from blog.uploads.models import Upload


class Command(BaseCommand):
    help = "Makes the smaller copies of uploaded pictures that wait for them. The server does it by itself."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--again", action="store_true", help="of all pictures, as after a change of UPLOAD_WIDTHS")

    def handle(self, *, again: bool, **options) -> None:
        if again:
            storing.copy_anew(Upload.objects.all())
        self.stdout.write(variants.make_variants())
