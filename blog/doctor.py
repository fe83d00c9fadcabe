"""Finds what is wrong with an installation and says what to do: `manage.py doctor`, and a page of the admin.

The checks run one after the other; one that fails does not hide the next.
"""

import logging
import os
import platform
import secrets
import shutil
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import django
from asgiref.sync import async_to_sync
from django.conf import settings
from django.core.cache import caches
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.mail import get_connection
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Max
from django.http.request import validate_host
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from blog.models import Comment, Post, Upload
from blog.notifications.models import QueuedEmail
from blog.search.status import status
from blog.webhooks.models import WebhookEndpoint
from frodo import mail, themes
from frodo.backup import BackupError
from frodo.backup.services import age
from frodo.channel_layer import configured_layer
from frodo.jobs import Job
from frodo.jobs.registry import job_types
from frodo.site_settings import site

logger = logging.getLogger(__name__)


class Problem(Exception):
    """What is wrong, and what to do about it, in the reader's language."""


@dataclass(frozen=True, slots=True)
class Check:
    label: str | Promise
    run: Callable[[], str]
    """Returns how it is in a few words, or raises Problem."""
    is_quick: bool = False
    """Whether it can run with every page of the dashboard: no other host is asked, and no table is read through."""


@dataclass(frozen=True, slots=True)
class Finding:
    label: str
    is_ok: bool
    text: str


def examine(checks: Iterable[Check]) -> Iterator[Finding]:
    for check in checks:
        label = str(check.label)
        try:
            text = check.run()
        except Problem as problem:
            yield Finding(label, False, str(problem))
        except Exception as error:  # of any server or library: that it fails is the finding
            logger.debug("The check of %s failed", label, exc_info=True)
            yield Finding(label, False, f"{type(error).__name__}: {error}")
        else:
            yield Finding(label, True, text)


MAX_CLOCK_ERROR = timedelta(seconds=30)


def settings_are_safe() -> str:
    if settings.DEBUG:
        raise Problem(_("DEBUG is on: fine on a laptop, not where others can reach it."))
    host = urlsplit(settings.SITE_URL).hostname
    if host and not validate_host(host, settings.ALLOWED_HOSTS):
        message = _("ALLOWED_HOSTS does not have %(host)s, the host of SITE_URL: add it.")
        raise Problem(message % {"host": host})
    if settings.SITE_URL and not settings.HTTPS:
        raise Problem(_("SITE_URL is not an https:// address: passwords travel in the open."))
    return _("DEBUG is off, the secret key is one of your own")


def database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA journal_mode")
            [mode] = cursor.fetchone()
        if mode not in ("wal", "memory"):
            raise Problem(_("SQLite does not use WAL here: readers will wait for writers."))
    facts = [connection.display_name, filesizeformat(database_size())]
    if connection.vendor == "mysql" and not has_time_zones():
        facts.append(_("its time zone tables are empty, and nothing here needs them"))
    return ", ".join(facts)


def has_time_zones() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT CONVERT_TZ('2020-06-01 12:00:00', 'UTC', 'Asia/Shanghai')")
        return cursor.fetchone()[0] is not None


def migrations() -> str:
    executor = MigrationExecutor(connection)
    n = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if n:
        raise Problem(_("%(n)d are missing; manage.py migrate brings them in.") % {"n": n})
    return _("all there")


def author() -> str:
    n = User.objects.filter(is_staff=True, is_active=True).count()
    if not n:
        raise Problem(_("There is no author yet: manage.py createauthor NAME makes one."))
    return str(n)


def shared_cache() -> str:
    word, cache = secrets.token_hex(8), caches["sessions" if settings.REDIS_URL else "default"]
    cache.set("doctor", word, 10)
    if cache.get("doctor") != word:
        raise Problem(_("Nothing can be kept in it; is Redis running where REDIS_URL says?"))
    return "Redis" if settings.REDIS_URL else _("in this process; several need REDIS_URL")


def live_events() -> str:
    layer = configured_layer()

    async def there_and_back() -> bool:
        channel = await layer.new_channel()
        await layer.send(channel, {"type": "doctor"})
        return (await layer.receive(channel)) == {"type": "doctor"}

    if not async_to_sync(there_and_back)():
        raise Problem(_("A message got lost on its way."))
    return "Redis" if settings.REDIS_URL else _("in this process; several need REDIS_URL")


def static_files() -> str:
    if settings.DEBUG or (settings.STATIC_ROOT / "staticfiles.json").exists():
        return _("ready")
    raise Problem(_("Not collected, so browsers ask for them again and again; manage.py collectstatic collects them."))


def theme() -> str:
    if not site.THEME:
        return _("default theme")
    try:
        return themes.read(site.THEME).title
    except themes.BrokenTheme as error:
        raise Problem(
            _("The default theme is used instead of “%(name)s”. %(reason)s") % {"name": site.THEME, "reason": error}
        ) from error


def email() -> str:
    if not settings.EMAIL_URL:
        return _("none are sent: EMAIL_URL is not set")
    if not settings.SITE_URL:
        raise Problem(_("SITE_URL is not set, so no e-mail could link to this site and none is sent. Set it."))
    try:
        with get_connection(fail_silently=False):
            pass  # signed in, and out again
    except OSError as error:
        raise Problem(_("The mail server of EMAIL_URL takes nothing: %(error)s") % {"error": error}) from error
    last = QueuedEmail.objects.aggregate(last=Max("sent_at"))["last"]
    return _("last sent %(when)s") % {"when": f"{timezone.localtime(last):%Y-%m-%d %H:%M}"} if last else _("ready")


def background_jobs() -> str:
    late = Job.objects.filter(available_at__lt=timezone.now() - timedelta(minutes=30))
    if n := late.count():
        raise Problem(_("%(n)d are overdue: is the server running, or manage.py run_jobs?") % {"n": n})
    ended = Job.objects.filter(state__in=[Job.State.FAILED, Job.State.UNKNOWN])
    if n := ended.filter(finished_at__gt=timezone.now() - timedelta(days=1)).count():
        raise Problem(_("%(n)d failed within a day; the admin's list of background jobs says why.") % {"n": n})
    scheduled = [name for name, job_type in job_types.items() if job_type.every]
    if failed := Job.objects.filter(type__in=scheduled).exclude(error="").first():
        message = _("“%(job)s” failed the last time: %(error)s")
        raise Problem(message % {"job": failed.get_type_display(), "error": failed.error})
    n_pending = Job.objects.filter(state=Job.State.PENDING).count()
    return _("%(pending)d pending, %(failed)d failed") % {"pending": n_pending, "failed": ended.count()}


def webhooks() -> str:
    off = WebhookEndpoint.objects.exclude(disabled_at=None).filter(is_active=False).first()
    if off:
        message = _("“%(webhook)s” was disabled because its deliveries failed. Enable it again or delete it.")
        raise Problem(message % {"webhook": off})
    return _("%(n)d active") % {"n": WebhookEndpoint.objects.filter(is_active=True).count()}


def search_index() -> str:
    found = status()
    if not found.is_there:
        raise Problem(_("There is none for this version. The server builds it, or run manage.py search_index."))
    if found.is_current and found.n != found.n_wanted:
        message = _("It holds %(n)d posts and activities instead of %(wanted)d: manage.py search_index --rebuild.")
        raise Problem(message % {"n": found.n, "wanted": found.n_wanted})
    if found.is_late:
        raise Problem(_("It is outdated. Is the server running? manage.py search_index updates it."))
    return _("%(n)d posts and activities, %(size).1f MB") % {"n": found.n, "size": found.megabytes}


def signing_in() -> str:
    ways = [str(label) for label in settings.SIGN_IN_PROVIDERS.values()]
    return ", ".join([*ways, *([_("a code by e-mail")] if mail.can_be_sent() else []), _("a password")])


def connections() -> str:
    """Each thread of each server process keeps a connection."""
    if connection.vendor != "mysql":
        return _("%(n)d threads") % {"n": settings.ORM_THREADS}
    with connection.cursor() as cursor:
        cursor.execute("SELECT @@max_connections")
        [most] = cursor.fetchone()
    wanted = (settings.ORM_THREADS + 2) * max(1, int(os.environ.get("WEB_CONCURRENCY") or 1))
    if wanted > most:
        message = _("The server processes may want %(wanted)d connections, the database allows %(most)d. ")
        hint = _("Raise max_connections there, or lower ORM_THREADS.")
        raise Problem(message % {"wanted": wanted, "most": most} + hint)
    return _("%(wanted)d of %(most)d") % {"wanted": wanted, "most": most}


def clock() -> str:
    """Ours, the database server's, and that of what was written before."""
    now = timezone.now()
    newest = Comment.objects.order_by("-pk").values_list("created_at", flat=True).first()
    if newest and newest > now + MAX_CLOCK_ERROR:
        raise Problem(_("The newest comment is from the future: this machine's clock is slow. Set it, by NTP."))
    if connection.vendor == "mysql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT UTC_TIMESTAMP(6)")
            [theirs] = cursor.fetchone()
        seconds = (theirs.replace(tzinfo=UTC) - now).total_seconds()
        if abs(seconds) > MAX_CLOCK_ERROR.total_seconds():
            message = _("The clock of the database server differs by %(n)d s. Set both, by NTP.")
            raise Problem(message % {"n": seconds})
    return f"{timezone.localtime(now):%Y-%m-%d %H:%M:%S %Z}"


def versions() -> str:
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]
    return f"Frodo {project['version']}, Django {django.__version__}, Python {platform.python_version()}"


MIN_FREE = 500
"""MB."""
MOST_FILES = {True: 20_000, False: 100}
"""Media files whose existence is checked, the newest; in a folder and in a bucket."""


def media() -> str:
    """What is written can be read, and what is shown is there."""
    name = default_storage.save("doctor.txt", ContentFile(b"well"))
    try:
        with default_storage.open(name) as file:
            if file.read() != b"well":
                raise Problem(_("What is written there is read as something else."))
    finally:
        default_storage.delete(name)
    most = MOST_FILES[settings.MEDIA_IS_LOCAL]
    names = [*Upload.objects.order_by("-pk").values_list("file", flat=True)[:most]]
    names += Post.threads.exclude(cover="").order_by("-pk").values_list("cover", flat=True)[:most]
    if missing := [name for name in names if not default_storage.exists(name)]:
        message = _("%(n)d files are missing, such as %(name)s. Copy the media folder again, or restore a backup.")
        raise Problem(message % {"n": len(missing), "name": missing[0]})
    place = str(settings.MEDIA_ROOT) if settings.MEDIA_IS_LOCAL else default_storage.url("").rstrip("/")
    return _("%(place)s; %(n)d files checked") % {"place": place, "n": len(names)}


def disk() -> str:
    places = {settings.DATA_DIR, *([settings.MEDIA_ROOT] if settings.MEDIA_IS_LOCAL else [])}
    found = {place: shutil.disk_usage(existing(Path(place))) for place in places}
    usage = {place: of_disk for place, of_disk in found.items() if of_disk.total} or found
    place, least = min(usage.items(), key=lambda item: item[1].free)
    free = least.free // 1024**2
    if free < MIN_FREE:
        message = _("Only %(n)d MB are free in %(place)s. Delete old backups and files, or enlarge the disk.")
        raise Problem(message % {"n": free, "place": place})
    return _("%(n)d GB free") % {"n": free // 1024} if free > 10_240 else _("%(n)d MB free") % {"n": free}


def existing(path: Path) -> Path:
    return path if path.exists() or path == path.parent else existing(path.parent)


def database_size() -> int:
    """In bytes; 0 where the database does not say."""
    if connection.vendor == "sqlite":
        path = Path(connection.settings_dict["NAME"])
        return path.stat().st_size if path.is_file() else 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT SUM(data_length + index_length) FROM information_schema.tables WHERE table_schema = DATABASE()"
        )
        row = cursor.fetchone()
    return int(row[0] or 0) if row else 0


def backup() -> str:
    """The newest is not older than two periods, and the last one did not fail."""
    if not settings.BACKUP_TO:
        if not settings.BACKUP_HOURS:
            return _("left to you: BACKUP_HOURS is 0")
        message = _("No backups are made. Set BACKUP_TO, or BACKUP_HOURS=0 if another program makes them.")
        raise Problem(message)
    try:
        newest = age()
    except (BackupError, OSError) as error:
        raise Problem(str(error)) from error
    failed = Job.objects.filter(type="back_up").exclude(error="").values_list("error", flat=True).first()
    if failed:
        raise Problem(_("The last one failed: %(error)s") % {"error": failed})
    if newest is None:
        raise Problem(_("There is none yet in %(place)s. Make one: manage.py backup") % {"place": settings.BACKUP_TO})
    hours = int(newest.total_seconds() // 3600)
    if newest > timedelta(hours=2 * (settings.BACKUP_HOURS or 24)):
        message = _("The newest is %(n)d hours old. Is the server running? Make one: manage.py backup")
        raise Problem(message % {"n": hours})
    return _("the newest is %(n)d hours old") % {"n": hours}


CHECKS = (
    Check(gettext_lazy("Settings"), settings_are_safe, is_quick=True),
    Check(gettext_lazy("Database"), database, is_quick=True),
    Check(gettext_lazy("Connections"), connections),
    Check(gettext_lazy("Migrations"), migrations),
    Check(gettext_lazy("Author"), author),
    Check(gettext_lazy("Cache"), shared_cache),
    Check(gettext_lazy("Live events"), live_events),
    Check(gettext_lazy("Sign-in"), signing_in),
    Check(gettext_lazy("Media"), media),
    Check(gettext_lazy("Static files"), static_files, is_quick=True),
    Check(gettext_lazy("Theme"), theme, is_quick=True),
    Check(gettext_lazy("E-mail"), email),
    Check(gettext_lazy("Background jobs"), background_jobs, is_quick=True),
    Check(gettext_lazy("Webhooks"), webhooks, is_quick=True),
    Check(gettext_lazy("Search index"), search_index),
    Check(gettext_lazy("Disk"), disk, is_quick=True),
    Check(gettext_lazy("Clock"), clock),
    Check(gettext_lazy("Backup"), backup, is_quick=True),
    Check(gettext_lazy("Version"), versions, is_quick=True),
)
