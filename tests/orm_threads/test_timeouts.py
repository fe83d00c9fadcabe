"""Who serves readers waits so long for MariaDB and no longer; a command waits as long as it takes."""

import os
import subprocess
import sys

import pytest

from tests.server import ROOT

SHOW = "from django.db import connection; print(connection.settings_dict['OPTIONS'].get('read_timeout'))"
SERVES = ["-c", f"import frodo.asgi; {SHOW}"]
COMMAND = ["manage.py", "shell", "--verbosity", "0", "--command", SHOW]


@pytest.mark.quality
@pytest.mark.parametrize(
    ("query", "arguments", "seconds"),
    [
        ("", SERVES, "4"),
        ("?read_timeout=30", SERVES, "30"),
        ("", COMMAND, "None"),
        ("?read_timeout=30", COMMAND, "30"),
    ],
)
def test_how_long_an_answer_is_waited_for(tmp_path, query, arguments, seconds):
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=os.environ
        | {
            "DATABASE_URL": f"mysql://root@127.0.0.1:3306/frodo{query}",
            "DATA_DIR": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "frodo.settings",
        },
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert done.stdout.split()[-1:] == [seconds], done.stderr
