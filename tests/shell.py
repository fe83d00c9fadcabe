"""Runs Python code with the models at hand, as `manage.py shell` does, in a new process each time.

Reads one line of JSON for each piece of code and answers with one: `{"status": 0, "stdout": "", "stderr": ""}`.
Each piece runs in a fork of this process, which has set up Django and done nothing else: a fork takes milliseconds,
starting Django seconds.
"""

import json
import os
import sys
import tempfile
import traceback

import django
from django.core.management.commands.shell import Command


def run(code: str) -> dict[str, object]:
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        child = os.fork()
        if not child:
            os.dup2(stdout.fileno(), 1)
            os.dup2(stderr.fileno(), 2)
            os._exit(execute(code))
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        stdout.seek(0)
        stderr.seek(0)
        return {"status": status, "stdout": stdout.read().decode(), "stderr": stderr.read().decode()}


def execute(code: str) -> int:
    try:
        exec(code, Command().get_namespace(verbosity=0))
    except BaseException:
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


if __name__ == "__main__":
    django.setup()
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)
