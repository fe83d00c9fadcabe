"""Cards of Ghost's editor in the HTML that it makes of a post: what they show, without what needs Ghost's scripts.

https://github.com/TryGhost/Koenig/tree/main/packages/kg-default-nodes has the markup of each.
"""

import re
from collections import Counter
from html import escape

from bs4 import BeautifulSoup, Comment, Tag
from bs4.exceptions import ParserRejectedMarkup

from blog.importers.html_to_markdown import is_deep

NEEDS_GHOST = ("kg-signup-card", "kg-email-card", "kg-email-cta-card", "kg-cta-card")
"""Forms and calls to members."""


def without_cards(html: str, left: Counter) -> str:
    if "kg-" not in html or is_deep(html):
        return html
    try:
        soup = BeautifulSoup(html, "html.parser")
    except ParserRejectedMarkup:
        return html
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        if re.match(r"\s*(kg-card-|members-only)", comment):
            comment.extract()
    for card in soup.find_all(class_=NEEDS_GHOST):
        left[next(name for name in card["class"] if name in NEEDS_GHOST)] += 1
        card.decompose()
    for name, convert in CARDS.items():
        for card in soup.find_all(class_=name):
            if (replacement := convert(card)) is not None:
                card.replace_with(BeautifulSoup(replacement, "html.parser"))
    return str(soup)


def text_of(card: Tag, name: str) -> str:
    """The text of the element of that class, as HTML."""
    element = card.find(class_=name)
    return escape(element.get_text(" ", strip=True), quote=False) if element else ""


def content_of(card: Tag, name: str) -> str:
    element = card.find(class_=name)
    return element.decode_contents() if element else ""


def link(card: Tag, title_class: str) -> str:
    a = card.find("a", href=True)
    url = escape(str(a["href"])) if a else ""
    return f'<a href="{url}">{text_of(card, title_class) or url}</a>'


def bookmark(card: Tag) -> str:
    """A link with the linked page's description."""
    description = text_of(card, "kg-bookmark-description")
    return f"<p>{link(card, 'kg-bookmark-title')}{description and '<br>' + description}</p>"


def file(card: Tag) -> str:
    return f"<p>{link(card, 'kg-file-card-title')}</p>"


def callout(card: Tag) -> str:
    emoji = text_of(card, "kg-callout-emoji")
    return f"<blockquote><p>{emoji and emoji + ' '}{content_of(card, 'kg-callout-text')}</p></blockquote>"


def toggle(card: Tag) -> str:
    summary, content = text_of(card, "kg-toggle-heading-text") or "…", content_of(card, "kg-toggle-content")
    return f"<details><summary>{summary}</summary><div>{content}</div></details>"


def player(card: Tag) -> str | None:
    """The audio or video itself, which browsers have controls for, and its caption or title."""
    media = card.find(["video", "audio"])
    if media is None:
        return None
    source = escape(str(media.get("src") or (media.source.get("src") if media.source else "") or ""))
    poster = f' poster="{escape(str(media["poster"]))}"' if media.get("poster") else ""
    element = card.find("figcaption")
    caption = escape(element.get_text(" ", strip=True), quote=False) if element else text_of(card, "kg-audio-title")
    caption = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure><{media.name} controls="" src="{source}"{poster}></{media.name}>{caption}</figure>'


def gallery(card: Tag) -> str:
    images = "".join(f"<p>{image}</p>" for image in card.find_all("img"))
    caption = card.find("figcaption")
    return f"<div>{images}{f'<p>{caption.decode_contents()}</p>' if caption else ''}</div>"


def embed(card: Tag) -> str | None:
    """Without the figure where there is no caption."""
    return card.decode_contents() if card.find("figcaption") is None else None


CARDS = {
    "kg-bookmark-card": bookmark,
    "kg-callout-card": callout,
    "kg-toggle-card": toggle,
    "kg-video-card": player,
    "kg-audio-card": player,
    "kg-file-card": file,
    "kg-gallery-card": gallery,
    "kg-embed-card": embed,
}
