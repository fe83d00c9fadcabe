import hashlib
import os
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from accounts.models import User, create_author
from blog.importers.demo import write_demo
from blog.models import Page, Post
from blog.setup import setup_path


class Command(BaseCommand):
    help = "Migrates, collects static files where some changed, and fills an empty blog; `make run` calls it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", default="/", help="the blog's address, for the first author to sign in")

    def handle(self, *, url: str, **options: Any) -> None:
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        try:
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                self.stdout.write(_("Preparing the database ..."))
                call_command("migrate", verbosity=0, interactive=False)
            collect_static()
            author, password = first_author()
        finally:
            connections.close_all()
        if author and password:
            self.stdout.write(greeting(url, author, password))
            self.stdout.flush()


def greeting(url: str, author: User, password: str) -> str:
    line = "=" * 78
    text = _(
        "Your blog is new, so it shows demo posts, and you are its author. Set it up in the browser:\n"
        "\n"
        "    {setup}\n"
        "\n"
        "Or sign in and write:\n"
        "\n"
        "    {url}admin/\n"
        "    user name   {username}\n"
        "    password    {password}\n"
        "\n"
        "The password is shown only this once. Change it:    .venv/bin/python manage.py changepassword {username}\n"
        "Done with the demo posts? Remove them:              .venv/bin/python manage.py demo_content --remove"
    ).format(url=url, setup=url.rstrip("/") + setup_path(author), username=author.username, password=password)
    return f"\n{line}\n{text}\n{line}\n"


def collect_static() -> None:
    """Collects when a source file is new or changed. With DEBUG on, files come from where they are written."""
    if settings.DEBUG:
        return
    known = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            file = os.stat(storage.path(name))
            known.update(f"{name} {file.st_size} {file.st_mtime_ns}\n".encode())
    stamp = settings.STATIC_ROOT / ".sources"
    if stamp.exists() and stamp.read_text() == known.hexdigest():
        return
    # Files of pages that the API does not have.
    ignored = ["rest_framework", "redoc"]
    call_command("collectstatic", verbosity=0, interactive=False, clear=True, ignore_patterns=ignored)
    stamp.write_text(known.hexdigest())


def first_author() -> tuple[User | None, str]:
    """An author and demo posts for an empty blog: the name, and a password that is never stored as such."""
    if any(model.objects.exists() for model in (User, Post, Page)):
        return None, ""
    with transaction.atomic():
        author, password = create_author("author")
        write_demo(author)
    return author, password
