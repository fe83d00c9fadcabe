"""The extension alone: no sanitizer, no extras, as the judge of structure sees it."""

import re

from markdown import Markdown

from frodo.markdown.extension import CommonMark


def html(text: str, *others, **options) -> str:
    return Markdown(extensions=[CommonMark(**options), *others]).convert(text)


def flat(text: str, **options) -> str:
    return fold(html(text, **options))


def fold(rendered: str) -> str:
    """Line ends beside a tag say nothing, nor does XHTML's slash."""
    return re.sub(r"\s*\n\s*(?=<)|(?<=>)\s*\n\s*", "", rendered).replace(" />", ">")
