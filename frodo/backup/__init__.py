"""Backups of the database, the media files and the themes (docs/backup.md).

One backup is one tar file: `database.sqlite3.gz` or `database.sql.gz`, the media files below `media/`, the themes of
DATA_DIR below `themes/`, and at the end `manifest.json` with row counts and checksums. It may be encrypted by age or
GnuPG.
"""


class BackupError(Exception):
    """A backup or restore that cannot be done; the message says why and what to do."""
