"""The blog as files for other programs and for another Frodo (docs/exporting.md)."""


class ExportError(Exception):
    """An export that cannot be made; the message says why and what to do."""
