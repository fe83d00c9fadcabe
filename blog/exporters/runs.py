"""Exports started in the admin: a job runs `manage.py export_blog` in a process of its own; the result is downloaded.

A static copy changes settings while it is made, and all formats keep a processor busy, so they do not run in the
server's process. Each export has a folder below DATA_DIR/exports.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from blog.exporters.models import Export
from blog.exporters.registry import FILES
from frodo import jobs

KEEP = timedelta(days=7)
NICE = 10


@transaction.atomic
def start(format: str) -> None:
    export = Export.objects.create(format=format)
    jobs.enqueue("export_blog", export.pk, pk=export.pk, language=get_language())


def execute(pk: int, language: str = "") -> None:
    """The job "export_blog", with its summary in a language. Raises jobs.Failed."""
    export = Export.objects.filter(pk=pk).first()
    if export is None:
        return  # it was deleted meanwhile
    shutil.rmtree(export.folder, ignore_errors=True)  # what a run that was killed has left
    export.folder.mkdir(parents=True, mode=0o700)
    Export.objects.filter(pk=pk).update(state=Export.State.RUNNING)
    target = export.folder / ("blog" + FILES.get(export.format, ""))
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "export_blog", str(target)]
    command = ["nice", "-n", str(NICE), *command, "--format", export.format, "--progress"]
    command += ["--language", language] if language else []
    with tempfile.TemporaryFile("w+") as errors:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True) as process:
            assert process.stdout  # a pipe
            for line in process.stdout:
                if line.startswith("{"):
                    Export.objects.filter(pk=pk).update(progress=json.loads(line))
                else:
                    export.summary = export.summary or line.strip()
        errors.seek(0)
        if process.returncode:
            lines = errors.read().strip().splitlines() or ["?"]
            message = lines[-1].removeprefix("CommandError: ")[:500]
            Export.objects.filter(pk=pk).update(state=Export.State.FAILED, summary=message)
            raise jobs.Failed(message)
    if export.format not in FILES:
        shutil.make_archive(str(target), "zip", target)
        shutil.rmtree(target)
        target = target.with_name(f"{target.name}.zip")
        target.chmod(0o600)
    export.state, export.file, export.size = Export.State.DONE, target.name, target.stat().st_size
    export.save(update_fields=["state", "summary", "file", "size"])


def delete(export: Export) -> None:
    shutil.rmtree(export.folder, ignore_errors=True)
    export.delete()


def delete_old() -> None:
    """The job "delete_old_exports"."""
    for export in Export.objects.filter(created_at__lt=timezone.now() - KEEP):
        delete(export)
