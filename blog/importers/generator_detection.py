"""Detect the generator that a folder belongs to and where its site begins, by configuration, folders or texts."""

import json
import logging
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path, PurePath
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from blog.importers import files, front_matter, lenient_yaml
from blog.importers.dates import from_name
from blog.importers.errors import NotImported
from blog.importers.markup import Placeholders

logger = logging.getLogger(__name__)

CONFIGS = {
    "hexo": ("_config.yml", "_config.yaml", "_config.json"),
    "jekyll": ("_config.yml", "_config.yaml", "_config.toml"),
    "zola": ("zola.toml", "config.toml"),
    "hugo": [
        f"{folder}{name}.{ending}"
        for folder in ("", "config/_default/")
        for name in ("hugo", "config")
        for ending in ("toml", "yaml", "yml", "json")
    ],
}
MAX_SAMPLE = 100
MAX_PARENTS = 6
HEXO_TAG = re.compile(
    r"\{% *(?:codeblock|blockquote|asset_img|asset_path|post_link|post_path|pullquote|note|youtube|img|cq)\b"
)
LIQUID = re.compile(
    r"\{%-? *(?:include|include_relative|highlight|post_url|assign|if|for|link)\b|\{\{-? *(?:site|page)\."
)
SHORTCODE = re.compile(r"\{\{[<%] */?\w")
KRAMDOWN_ATTRIBUTES = re.compile(r"^\{: *[.#\w]", re.MULTILINE)
HEXO_FIELDS = {"updated", "abbrlink", "top_img", "sticky", "mathjax"}
HUGO_FIELDS = {"draft", "aliases", "lastmod", "series", "weight"}


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
    problem: str = ""
    """Why the configuration could not be read."""

    @property
    def is_one_file(self) -> bool:
        """Then it is wanted, whatever the generator did with it."""
        return self.path.is_file()

    @property
    def boundary(self) -> Path:
        return self.path if self.path.is_dir() else self.path.parent


def detect_site(path: Path, wanted: str = "auto") -> Site:
    folder = path if path.is_dir() else path.parent
    for format in (wanted,) if wanted != "auto" else ("zola", "hugo", "hexo", "jekyll"):
        if site := configured_site(path, folder, format):
            return site
    if wanted != "auto":
        return Site(wanted, path, folder, _("as you said"), whole=has_folders(folder, wanted))
    return detect_by_content(path, folder)


def configured_site(path: Path, folder: Path, format: str) -> Site | None:
    """The site whose configuration lies here, or above with this folder among its posts."""
    for n, base in enumerate(islice((folder, *folder.parents), MAX_PARENTS)):
        for name in CONFIGS.get(format, ()):
            if not (base / name).is_file():
                continue
            config, problem = read_config(base / name)
            if is_configured(base, folder, format, config, above=n > 0):
                why = _("its configuration %(file)s") % {"file": name if not n else base / name}
                return Site(format, path, base, why, config, whole=True, problem=problem)
    return None


def is_configured(base: Path, folder: Path, format: str, config: dict, *, above: bool) -> bool:
    inside = folder.relative_to(base).parts
    if format == "zola" and "base_url" not in config:
        return False  # Hugo writes baseURL
    if format in ("zola", "hugo"):
        return inside[:1] == ("content",) if above else (base / "content").is_dir()
    # Hexo and Jekyll name their configurations the same.
    is_jekyll = "source" in config or ((base / "_posts").is_dir() and not (base / "source" / "_posts").is_dir())
    source = str(config.get("source_dir") or "source")
    if format == "hexo":
        return not is_jekyll and (base / source).is_dir() and (inside[:1] == (source,) if above else True)
    if not is_jekyll and ((base / "source" / "_posts").is_dir() or (base / "scaffolds").is_dir()):
        return False
    return any(part in ("_posts", "_drafts") for part in inside) if above else True


def has_folders(folder: Path, format: str) -> bool:
    if format == "hexo":
        return (folder / "source").is_dir() or (folder / "_posts").is_dir()
    if format == "jekyll":
        return any((parent / "_posts").is_dir() for parent in (folder, *islice(folder.glob("*/"), 200)))
    if format in ("zola", "hugo"):
        sections = ("content", "post", "posts", "blog", "articles")
        return any((folder / name).is_dir() for name in sections) or (folder / "_index.md").is_file()
    return False


def detect_by_content(path: Path, folder: Path) -> Site:
    """No configuration: the shape of the folder, then what a sample of its files is written in."""
    if (folder / "source" / "_posts").is_dir():
        return Site("hexo", path, folder, _("its folder source/_posts"), whole=True)
    votes: Counter = Counter()
    markdown = (file for file in files.text_files(folder) if file.name.lower().endswith(files.MARKDOWN))
    sample = [path] if path.is_file() else list(islice(markdown, MAX_SAMPLE))
    for file in sample:
        try:
            text, _encoding = files.decode(files.read(file, folder))
            signs = signs_of(file.relative_to(folder), front_matter.split(text))
            votes.update(sign for sign, is_present in signs if is_present)
        except NotImported:
            continue
        except Exception:  # whatever is in one file; the import reads it again, and says what is wrong with it
            logger.debug("%s could not be read to detect its generator", file, exc_info=True)
    if not votes:
        return Site("markdown", path, folder, _("no sign of a generator"))
    weights: Counter = Counter()
    for sign, n in votes.items():
        weights[sign.format] += sign.weight * n
    format = weights.most_common(1)[0][0]
    sign, n = max(((s, c) for s, c in votes.items() if s.format == format), key=lambda pair: pair[1])
    why = _("%(sign)s, in %(n)d of %(all)d files looked at") % {"sign": sign.text, "n": n, "all": len(sample)}
    return Site(format, path, folder, why, whole=path.is_dir() and has_folders(folder, format))


class Sign(NamedTuple):
    format: str
    text: str
    weight: int


def signs_of(path: PurePath, header: front_matter.FrontMatter) -> Iterator[tuple[Sign, bool]]:
    """All signs, and whether each is in this file."""
    data, text = {str(key).lower() for key in header.data}, Placeholders().store_code(header.body)
    has_tag_plugin, dated = bool(HEXO_TAG.search(text)), from_name(path.stem, None)[0] is not None
    has_liquid = bool(LIQUID.search(text)) and not has_tag_plugin
    is_bundle = path.name == "index.md" and len(path.parts) > 1 and "date" in data
    yield Sign("hexo", _("front matter without an opening line"), 3), header.kind == "open"
    yield Sign("hexo", _("tag plugins"), 3), has_tag_plugin
    yield Sign("hexo", _("fields of Hexo"), 1), bool(HEXO_FIELDS & data)
    yield Sign("hexo", _("<!-- more -->"), 1), "<!-- more -->" in text
    yield Sign("jekyll", _("Liquid tags"), 3), has_liquid
    yield Sign("jekyll", _("dated file names with a layout"), 2), dated and "layout" in data
    yield Sign("jekyll", _("dated file names in _posts"), 2), dated and "_posts" in path.parts
    yield Sign("jekyll", _("dated file names with a category"), 2), dated and "category" in data
    yield Sign("jekyll", _("attributes of kramdown"), 2), bool(KRAMDOWN_ATTRIBUTES.search(text))
    yield (
        Sign("zola", _("tables of Zola in front matter"), 4),
        header.kind == "toml" and bool({"taxonomies", "extra"} & data),
    )
    yield Sign("zola", _("links that begin with @/"), 4), "](@/" in text
    yield Sign("hugo", _("front matter in +++ or JSON"), 3), header.kind in ("toml", "json")
    yield Sign("hugo", _("shortcodes"), 3), bool(SHORTCODE.search(text))
    yield Sign("hugo", _("_index.md"), 3), path.name == "_index.md"
    yield Sign("hugo", _("folders with an index.md that has a date"), 2), is_bundle
    yield Sign("hugo", _("fields of Hugo"), 1), bool(HUGO_FIELDS & data)


def read_config(path: Path) -> tuple[dict, str]:
    """The site's settings, and what is wrong with them: an import without them is better than none."""
    try:
        text, _encoding = files.decode(files.read(path, path.parent, most=1_000_000))
        data: Any
        if path.suffix == ".toml":
            data = tomllib.loads(text)
        elif path.suffix == ".json":
            data = json.loads(text)
        else:
            data, _repaired = lenient_yaml.load(text)
        return front_matter.plain(data) if isinstance(data, dict) else {}, ""
    except (NotImported, ValueError, RecursionError) as error:
        return {}, " ".join(str(error).split())
