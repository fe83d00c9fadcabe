"""Comments on a post of a Markdown folder, in a data file beside it, as an export of ours has them."""

import json
import re
from datetime import UTC
from pathlib import Path

from django.utils.translation import gettext as _

from blog.comments.models import Comment
from blog.importers import dates, files, json_rows
from blog.importers.documents import Reply
from blog.importers.errors import BrokenFile

FOLDERS = ("data/comments", "source/_data/comments", "_data/comments")
"""Where Hugo, Hexo and Jekyll find data for their themes."""
MAX_BYTES = 100_000_000
"""Bytes of the comments on one post."""
NAME = re.compile(r"[\w-]{1,100}")


def read_comments(base: Path, boundary: Path, name: str, key: str) -> list[Reply]:
    """From the file of that name (front matter `comments_file`, docs/exporting.md) of the post with that key."""
    if not NAME.fullmatch(name):
        return []
    candidates = [base / folder / f"{name}.json" for folder in FOLDERS]
    path = next((path for path in candidates if files.is_below(path, boundary)), None)
    if path is None:
        return []
    try:
        rows = json.loads(files.read(path, boundary, MAX_BYTES))
    except (ValueError, RecursionError) as error:
        raise json_rows.broken(path, error, 0) from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) and "id" in row for row in rows):
        raise BrokenFile(path.name, 0, _("It is not a list of comments. Export the site again."))
    return [reply(key, row) for row in rows]


def reply(key: str, row: dict) -> Reply:
    return Reply(
        key=f"{key}#{row['id']}",
        parent=f"{key}#{row['parent']}" if row.get("parent") else "",
        name=str(row.get("name") or ""),
        text=str(row.get("text") or ""),
        user=str(row.get("user") or ""),
        moment=dates.read(row.get("date"), UTC),
        state=Comment.State.VISIBLE if row.get("text") else Comment.State.REMOVED,
        edited=dates.read(row.get("edited"), UTC),
        pinned=row.get("pinned") is True,
    )
