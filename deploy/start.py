# -*- coding: utf-8 -*-
"""What `make run` and `make test` call: finds a Python that is new enough, and hands over to install.py.

Python 2.7 must be able to read this: only then can it say that it is too old.
"""

from __future__ import unicode_literals

import os
import sys

TOO_OLD = "Frodo needs Python 3.11 or newer; this is Python %d.%d. With another one: PYTHON=python3.12 make run\n"
TOO_OLD_ZH = "Frodo 需要 Python 3.11 或更新的版本，而这是 Python %d.%d。改用别的 Python：PYTHON=python3.12 make run\n"


def main():
    if sys.version_info >= (3, 11):
        from install import main as go_on

        return go_on(sys.argv[1:])
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        for minor in range(19, 10, -1):
            path = os.path.join(folder, "python3.%d" % minor)
            if os.access(path, os.X_OK):
                os.execv(path, [path] + sys.argv)  # noqa: S606
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    line = (TOO_OLD_ZH if locale.startswith("zh") else TOO_OLD) % sys.version_info[:2]
    getattr(sys.stderr, "buffer", sys.stderr).write(line.encode("utf-8"))
    return 1


if __name__ == "__main__":
    sys.exit(main())
