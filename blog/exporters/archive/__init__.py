"""Our own archive: one zip file from which `import_blog` restores the identical site (docs/archive-format.md)."""

FORMAT = "frodo-archive"
VERSION = 1
MANIFEST = "manifest.json"
DATA = "data/"
MEDIA = "media/"
