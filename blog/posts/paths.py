"""Normalised URL paths, as redirects store them: `/2019/07/标题`."""

import re
import unicodedata
from urllib.parse import unquote, urlsplit

LONGEST = 500
INDEX = {"index.html", "index.htm", "index.php"}


def normal_path(url: str) -> str:
    """The path of a URL or of part of one, percent-decoded; empty for the home page and for what is no URL."""
    try:
        path = urlsplit(url.strip().replace("\\", "/")).path
    except ValueError:
        return ""
    return normal_decoded(unquote(path))


def normal_decoded(path: str) -> str:
    """In NFC, one slash at the start and none at the end, no `index.html`, no way up. Empty if nothing is left."""
    path = unicodedata.normalize("NFC", re.sub(r"[\x00-\x1f\x7f]", "", path))
    steps: list[str] = []
    for step in path.split("/"):
        if step == "..":
            del steps[-1:]
        elif step not in ("", "."):
            steps.append(step)
    if steps and steps[-1] in INDEX:
        steps.pop()
    whole = "/" + "/".join(steps)
    return whole if steps and len(whole) <= LONGEST else ""
