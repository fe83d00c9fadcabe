"""Which generator a folder belongs to, where its site begins, and why we think so."""

import json
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from django.utils.translation import gettext as _

from blog.transfer import files, front_matter, signs, yaml
from blog.transfer.encodings import decode
from blog.transfer.refusals import NotImported

CONFIGS = {
    "hexo": ("_config.yml", "_config.yaml", "_config.json"),
    "jekyll": ("_config.yml", "_config.yaml", "_config.toml"),
    "hugo": [
        f"{folder}{name}.{ending}"
        for folder in ("", "config/_default/")
        for name in ("hugo", "config")
        for ending in ("toml", "yaml", "yml", "json")
    ],
}
SAMPLE = 100
HIGHEST = 6


@dataclass
class Site:
    format: str
    path: Path
    """What was asked for: nothing outside of it is read, but the site's configuration."""
    base: Path
    """Where the site begins; names of files count from here."""
    why: str
    config: dict = field(default_factory=dict)
    whole: bool = False
    """A site with its own folders, and not only a folder of posts."""

    @property
    def is_one_file(self) -> bool:
        """Then it is wanted, whatever the generator did with it."""
        return self.path.is_file()

    @property
    def boundary(self) -> Path:
        return self.path if self.path.is_dir() else self.path.parent


def recognise(path: Path, wanted: str = "auto") -> Site:
    folder = path if path.is_dir() else path.parent
    for format in (wanted,) if wanted != "auto" else ("hugo", "hexo", "jekyll"):
        found = configured(path, folder, format)
        if found:
            return found
    if wanted != "auto":
        return Site(wanted, path, folder, _("as you said"), whole=shaped(folder, wanted))
    return by_signs(path, folder)


def configured(path: Path, folder: Path, format: str) -> Site | None:
    """The site whose configuration lies here, or above with this folder among its posts."""
    for n, base in enumerate(islice((folder, *folder.parents), HIGHEST)):
        for name in CONFIGS.get(format, ()):
            if (base / name).is_file() and holds(base, folder, format, above=n > 0):
                why = _("its configuration %(file)s") % {"file": name if not n else base / name}
                return Site(format, path, base, why, read_config(base / name), whole=True)
    return None


def holds(base: Path, folder: Path, format: str, *, above: bool) -> bool:
    inside = folder.relative_to(base).parts
    if format == "hugo":
        return inside[:1] == ("content",) if above else (base / "content").is_dir()
    if format == "hexo":
        is_hexo = (base / "source").is_dir()
        return is_hexo and (inside[:1] == ("source",) if above else True)
    if (base / "source" / "_posts").is_dir() or (base / "scaffolds").is_dir():
        return False  # Hexo names its configuration the same
    return any(part in ("_posts", "_drafts") for part in inside) if above else True


def shaped(folder: Path, format: str) -> bool:
    if format == "hexo":
        return (folder / "source").is_dir() or (folder / "_posts").is_dir()
    if format == "jekyll":
        return any((parent / "_posts").is_dir() for parent in (folder, *islice(folder.glob("*/"), 200)))
    if format == "hugo":
        sections = ("content", "post", "posts", "blog", "articles")
        return any((folder / name).is_dir() for name in sections) or (folder / "_index.md").is_file()
    return False


def by_signs(path: Path, folder: Path) -> Site:
    """No configuration: the shape of the folder, then what a sample of its files is written in."""
    if (folder / "source" / "_posts").is_dir():
        return Site("hexo", path, folder, _("its folder source/_posts"), whole=True)
    votes: Counter = Counter()
    sample = [path] if path.is_file() else list(islice(files.markdown_files(folder), SAMPLE))
    for file in sample:
        try:
            text, _encoding = decode(files.read(file, folder))
            written = front_matter.split(text)
        except NotImported:
            continue
        votes.update(signs.of(file.relative_to(folder), written))
    if not votes:
        return Site("markdown", path, folder, _("no sign of a generator"))
    format = signs.format_with_most(votes)
    sign, n = max(((s, c) for s, c in votes.items() if s.format == format), key=lambda pair: pair[1])
    why = _("%(sign)s, in %(n)d of %(all)d files looked at") % {"sign": sign.text, "n": n, "all": len(sample)}
    return Site(format, path, folder, why, whole=path.is_dir() and shaped(folder, format))


def read_config(path: Path) -> dict:
    """The site's settings; none where they cannot be read, for they only help."""
    try:
        text, _encoding = decode(files.read(path, path.parent, most=1_000_000))
        if path.suffix == ".toml":
            data = tomllib.loads(text)
        elif path.suffix == ".json":
            data = json.loads(text)
        else:
            data, _mended = yaml.load(text)
        return front_matter.plain(data) if isinstance(data, dict) else {}
    except (NotImported, ValueError, RecursionError):
        return {}
