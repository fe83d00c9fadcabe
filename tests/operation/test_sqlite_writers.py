"""Many writers at once on SQLite: each waits its turn, none is turned away."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.operation.checkout import ROOT

pytestmark = pytest.mark.skipif("sqlite" not in settings.DATABASES["default"]["ENGINE"], reason="another database")

N_PROCESSES, N_THREADS, N_TRANSACTIONS = 4, 4, 10

WRITE = f"""
import django, sys, threading
django.setup()
from django.db import connection, transaction
from blog.models import Tag

def write(name):
    try:
        for n in range({N_TRANSACTIONS}):
            with transaction.atomic():  # reads before it writes: deferred, this is what fails
                Tag.objects.count()
                Tag.objects.create(name=f"{{name}}-{{n}}", slug=f"{{name}}-{{n}}")
    except Exception as error:
        print(error)
    finally:
        connection.close()

threads = [threading.Thread(target=write, args=[f"{{sys.argv[1]}}-{{n}}"]) for n in range({N_THREADS})]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""
COUNT = """
import django
django.setup()
from django.db import connection
from blog.models import Tag
with connection.cursor() as cursor:
    cursor.execute("PRAGMA journal_mode")
    print(*cursor.fetchone(), Tag.objects.count())
"""


def python(*arguments: str, data: Path) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "frodo.settings",
            "ENV_FILE": os.devnull,
            "DATA_DIR": str(data),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.quality
def test_sixteen_writers_never_meet_a_locked_database(tmp_path: Path):
    assert python("manage.py", "migrate", "-v0", data=tmp_path).communicate()[0] == ""

    writers = [python("-c", WRITE, str(n), data=tmp_path) for n in range(N_PROCESSES)]

    assert [writer.communicate()[0] for writer in writers] == [""] * N_PROCESSES
    written = python("-c", COUNT, data=tmp_path).communicate()[0]
    assert written == f"wal {N_PROCESSES * N_THREADS * N_TRANSACTIONS}\n"
