"""What an operator would look at first when something is wrong."""

import secrets
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.mail import get_connection
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from blog.chores import CHORES, ChoreTime
from blog.letters.models import Letter
from blog.uploads.models import Upload


class Trouble(Exception):
    """What is wrong, and what to do about it."""


@dataclass(frozen=True, slots=True)
class Finding:
    name: str
    is_well: bool
    words: str


def examine() -> Iterator[Finding]:
    """Each part in turn; one that fails does not hide the next."""
    for name, look in PARTS.items():
        try:
            words = look()
        except Trouble as trouble:
            yield Finding(name, False, str(trouble))
        except Exception as error:
            yield Finding(name, False, f"{type(error).__name__}: {error}")
        else:
            yield Finding(name, True, words)


def safety() -> str:
    if settings.DEBUG:
        raise Trouble(_("DEBUG is on: fine on a laptop, not where others can reach it."))
    if settings.SITE_URL and not settings.HTTPS:
        raise Trouble(_("SITE_URL is not an https:// address: passwords travel in the open."))
    return _("DEBUG is off, the secret key is one of your own")


def database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA journal_mode")
            [mode] = cursor.fetchone()
        if mode not in ("wal", "memory"):
            raise Trouble(_("SQLite does not use WAL here: readers will wait for writers."))
    return connection.vendor


def migrations() -> str:
    executor = MigrationExecutor(connection)
    n = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if n:
        raise Trouble(_("%(n)d are missing; manage.py migrate brings them in.") % {"n": n})
    return _("all there")


def author() -> str:
    n = User.objects.filter(is_staff=True, is_active=True).count()
    if not n:
        raise Trouble(_("There is no author yet: manage.py createauthor NAME makes one."))
    return str(n)


def shared_cache() -> str:
    word = secrets.token_hex(8)
    cache.set("doctor", word, 10)
    if cache.get("doctor") != word:
        raise Trouble(_("Nothing can be kept in it; is Redis running where REDIS_URL says?"))
    return "Redis" if settings.REDIS_URL else _("in this process; several need REDIS_URL")


def live_events() -> str:
    layer = get_channel_layer()

    async def there_and_back() -> bool:
        channel = await layer.new_channel()
        await layer.send(channel, {"type": "doctor"})
        return (await layer.receive(channel)) == {"type": "doctor"}

    if not async_to_sync(there_and_back)():
        raise Trouble(_("A message got lost on its way."))
    return "Redis" if settings.REDIS_URL else _("in this process; several need REDIS_URL")


def uploads() -> str:
    name = default_storage.save("doctor.txt", ContentFile(b"well"))
    try:
        with default_storage.open(name) as file:
            if file.read() != b"well":
                raise Trouble(_("What is written there is read as something else."))
    finally:
        default_storage.delete(name)
    if not settings.MEDIA_IS_HERE:
        return default_storage.url("").rstrip("/")
    free = shutil.disk_usage(settings.MEDIA_ROOT).free // 1024**2
    if free < 100:
        raise Trouble(_("Only %(n)d MB are free on the disk.") % {"n": free})
    return str(settings.MEDIA_ROOT)


def smaller_copies() -> str:
    late = Upload.objects.waiting().filter(created_at__lt=timezone.now() - timedelta(hours=1))
    if n := late.count():
        raise Trouble(_("%(n)d pictures wait for them: is the server running, or manage.py make_variants?") % {"n": n})
    if n := Upload.objects.filter(state="failed").count():
        raise Trouble(_("%(n)d pictures have none, it failed; manage.py make_variants --again tries anew.") % {"n": n})
    return _("ready")


def static_files() -> str:
    if settings.DEBUG or (settings.STATIC_ROOT / "staticfiles.json").exists():
        return _("ready")
    raise Trouble(_("Not collected, so browsers ask for them again and again; manage.py collectstatic collects them."))


def letters() -> str:
    if not settings.EMAIL_URL:
        return _("none are sent: EMAIL_URL is not set")
    if not settings.SITE_URL:
        raise Trouble(_("SITE_URL is not set, so no letter could lead here and none is sent."))
    if Letter.objects.stuck(timedelta(minutes=30)).exists():
        raise Trouble(_("Letters are due and nobody sends them: is the server running, or manage.py send_letters?"))
    try:
        with get_connection(fail_silently=False):
            pass  # signed in, and out again
    except OSError as error:
        raise Trouble(_("The mail server of EMAIL_URL takes nothing: %(error)s") % {"error": error}) from error
    recent = Letter.objects.filter(created_at__gt=timezone.now() - timedelta(days=1))
    if n := recent.filter(state__in=["failed", "unknown"]).count():
        raise Trouble(_("%(n)d of the last day failed or got lost; the admin's letters say why.") % {"n": n})
    last = Letter.objects.filter(state="sent").aggregate(last=Max("sent_at"))["last"]
    return _("last sent %(when)s") % {"when": f"{timezone.localtime(last):%Y-%m-%d %H:%M}"} if last else _("ready")


def daily_chores() -> str:
    late = ChoreTime.objects.filter(name__in=CHORES, due_at__lt=timezone.now() - timedelta(days=1))
    if names := ", ".join(late.values_list("name", flat=True)):
        raise Trouble(
            _("Not done for more than a day: %(names)s. Is the server running, or manage.py chores?") % {"names": names}
        )
    return ", ".join(CHORES)


def signing_in() -> str:
    ways = [provider["label"] for provider in settings.SIGN_IN_PROVIDERS.values()]
    return ", ".join([*ways, *([_("a link by e-mail")] if settings.CAN_SEND_MAIL else []), _("a password")])


PARTS: dict[str, Callable[[], str]] = {
    "safety": safety,
    "database": database,
    "migrations": migrations,
    "author": author,
    "cache": shared_cache,
    "live events": live_events,
    "signing in": signing_in,
    "uploads": uploads,
    "variants": smaller_copies,
    "static files": static_files,
    "letters": letters,
    "chores": daily_chores,
}
