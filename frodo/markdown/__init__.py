"""Markdown to safe HTML: pure functions, by the `markdown` package and an extension of ours."""

from frodo.markdown.finishing import Picture, Pictures
from frodo.markdown.headings import Heading, toc_to_json
from frodo.markdown.render import Rendered, render_comment, render_fragment, render_post
