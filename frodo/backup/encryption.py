"""Encryption of a backup by age or GnuPG, which run as programs of their own; keys are never on a command line."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _

from frodo.backup import BackupError


def suffix() -> str:
    """Of the names of new backups."""
    return ".age" if settings.BACKUP_AGE_RECIPIENT else ".gpg" if settings.BACKUP_GPG_RECIPIENT else ""


@contextmanager
def writer(path: Path) -> Iterator[IO[bytes]]:
    """A file that is encrypted while it is written, for the recipient in the settings, if there is one."""
    with path.open("xb") as file:
        path.chmod(0o600)
        if settings.BACKUP_AGE_RECIPIENT:
            command = ["age", "--recipient", settings.BACKUP_AGE_RECIPIENT]
        elif settings.BACKUP_GPG_RECIPIENT:
            # A new key ring knows nobody: the operator vouches for the key by naming it.
            command = ["gpg", "--batch", "--yes", "--trust-model", "always", "--compress-algo", "none"]
            command += ["--encrypt", "--recipient", settings.BACKUP_GPG_RECIPIENT]
        else:
            yield file
            return
        with subprocess.Popen(
            [program(command[0]), *command[1:]], stdin=subprocess.PIPE, stdout=file, stderr=subprocess.PIPE
        ) as process:
            assert process.stdin  # a pipe, and so is the other
            assert process.stderr
            try:
                yield process.stdin
                process.stdin.close()
            except BrokenPipeError:
                pass  # the program has ended; its message says why
            except BaseException:
                process.kill()
                raise
            data = process.stderr.read()
            if process.wait():
                raise BackupError(_("Encryption failed: %(error)s") % {"error": last_line(data)})


def decrypt(path: Path, output: Path, *, identity: str) -> None:
    """Write what `path` holds. `identity` is the file of age's private key; GnuPG uses its own key ring."""
    if path.suffix == ".age":
        if not identity:
            raise BackupError(_("This backup is encrypted with age. Name the file of the private key: --identity FILE"))
        command = ["age", "--decrypt", "--identity", identity]
    else:
        command = ["gpg", "--batch", "--yes", "--quiet", "--decrypt"]
    with path.open("rb") as source, output.open("wb") as file:
        output.chmod(0o600)
        done = subprocess.run(
            [program(command[0]), *command[1:]], stdin=source, stdout=file, stderr=subprocess.PIPE, check=False
        )
    if done.returncode:
        raise BackupError(_("Decryption failed: %(error)s") % {"error": last_line(done.stderr)})


def program(name: str) -> str:
    """Where a program is. Raises BackupError if it is not installed."""
    found = shutil.which(name)
    if found is None:
        raise BackupError(_("%(program)s is not installed.") % {"program": name})
    return found


def last_line(output: bytes) -> str:
    lines = [line for line in output.decode(errors="replace").splitlines() if line.strip()]
    return next((line for line in lines if "error" in line), lines[-1] if lines else "?")
