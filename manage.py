#!/usr/bin/env python
"""The operator's commands: `python manage.py help` lists them."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "frodo.settings")
    try:
        execute()
    except ModuleNotFoundError as error:
        if sys.argv[1:2] != ["serve"]:
            raise
        from deploy.install import VENV, _

        line = _("{path} is not complete ({reason}). Delete that folder, then type the same command again.")
        sys.exit(line.format(path=VENV.name, reason=error))


def execute() -> None:
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import Error as DatabaseError

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        if "--traceback" in sys.argv:
            raise
        if "MySQLdb" not in str(error):
            sys.exit(str(error))
        from deploy.install import _, add_mysql

        sys.exit(add_mysql(_("DATABASE_URL asks for MySQL, whose client is not installed: {packages} && {pip}")))
    except (DatabaseError, OSError) as error:
        from frodo.error_views import is_temporary, operator_message

        if "--traceback" in sys.argv or not is_temporary(error):
            raise
        sys.exit(operator_message(error))


if __name__ == "__main__":
    main()
