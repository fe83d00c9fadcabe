"""Markdown to safe HTML: pure functions, by the `markdown` package and an extension of ours."""

from .dress import Picture, Pictures
from .headings import Heading, toc_to_json
from .render import Rendered, render_comment, render_post

__all__ = ["Heading", "Picture", "Pictures", "Rendered", "render_comment", "render_post", "toc_to_json"]
