"""Small signs by which a post shows what it was written for."""

import re
from collections import Counter
from pathlib import PurePath
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from blog.transfer.dates import from_name
from blog.transfer.front_matter import FrontMatter
from blog.transfer.markup.shelter import Shelter


class Sign(NamedTuple):
    format: str
    text: str
    weight: int


HEXO_TAG = re.compile(
    r"\{% *(?:codeblock|blockquote|asset_img|asset_path|post_link|post_path|pullquote|note|youtube|img|cq)\b"
)
LIQUID = re.compile(
    r"\{%-? *(?:include|include_relative|highlight|post_url|assign|if|for|link)\b|\{\{-? *(?:site|page)\."
)
SHORTCODE = re.compile(r"\{\{[<%] */?\w")
ATTRIBUTES = re.compile(r"^\{: *[.#\w]", re.MULTILINE)
HEXO_MORE = re.compile(r"<!-- more -->")

OPEN_TOP = Sign("hexo", _("front matter without an opening line"), 3)
TAG_PLUGIN = Sign("hexo", _("tag plugins"), 3)
HEXO_KEYS = Sign("hexo", _("fields of Hexo"), 1)
MORE = Sign("hexo", _("<!-- more -->"), 1)
LIQUID_TAGS = Sign("jekyll", _("Liquid tags"), 3)
DATED_LAYOUT = Sign("jekyll", _("dated file names with a layout"), 2)
DATED_ALONE = Sign("jekyll", _("dated file names in _posts"), 2)
CATEGORY = Sign("jekyll", _("dated file names with a category"), 2)
KRAMDOWN = Sign("jekyll", _("attributes of kramdown"), 2)
TOML = Sign("hugo", _("front matter in +++ or JSON"), 3)
SHORTCODES = Sign("hugo", _("shortcodes"), 3)
SECTION = Sign("hugo", _("_index.md"), 3)
BUNDLE = Sign("hugo", _("folders with an index.md that has a date"), 2)
HUGO_KEYS = Sign("hugo", _("fields of Hugo"), 1)


def of(path: PurePath, written: FrontMatter) -> Counter:
    """The signs of one file."""
    return Counter(sign for sign, seen in looked_for(path, written) if seen)


def looked_for(path: PurePath, written: FrontMatter):
    data, text = written.data, Shelter().hold_code(written.body)
    has_tag_plugin = bool(HEXO_TAG.search(text))
    yield OPEN_TOP, written.kind == "open"
    yield TAG_PLUGIN, has_tag_plugin
    yield HEXO_KEYS, bool({"updated", "abbrlink", "top_img", "sticky", "mathjax"} & data.keys())
    yield MORE, bool(HEXO_MORE.search(text))
    dated = from_name(path.stem, None)[0] is not None
    yield LIQUID_TAGS, bool(LIQUID.search(text)) and not has_tag_plugin
    yield DATED_LAYOUT, dated and "layout" in data
    yield DATED_ALONE, dated and "_posts" in path.parts
    yield CATEGORY, dated and "category" in data
    yield KRAMDOWN, bool(ATTRIBUTES.search(text))
    yield TOML, written.kind in ("toml", "json")
    yield SHORTCODES, bool(SHORTCODE.search(text))
    yield SECTION, path.name == "_index.md"
    yield BUNDLE, path.name == "index.md" and len(path.parts) > 1 and "date" in data
    yield HUGO_KEYS, bool({"draft", "aliases", "lastmod", "series", "weight"} & data.keys())


def format_with_most(votes: Counter) -> str:
    weights: Counter = Counter()
    for sign, n in votes.items():
        weights[sign.format] += sign.weight * n
    return weights.most_common(1)[0][0]
