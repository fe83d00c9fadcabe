"""Mentions: `@name` in a comment links to that person's latest comment.

A name is written as displayed, with spaces, and the longest name known in the thread matches, so it needs no closing
mark and no space between Chinese words.
"""

import re
from collections.abc import Callable, Iterable
from html import escape, unescape
from typing import TYPE_CHECKING
from unicodedata import normalize

from django.core.cache import cache

from accounts.avatars import avatar_url
from frodo.display_names import folded
from frodo.text import MARKS

if TYPE_CHECKING:
    from blog.comments.models import Comment
    from blog.posts.models import Post

MOST = 3000
"""How many of the newest comments are searched for names."""
OFFERED = 10
CACHED_FOR = 600

UNSPACED = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
"""Scripts written without spaces between words."""
LETTER = rf"(?:(?![{UNSPACED}])[\w{MARKS}])"
TAG = re.compile(r'<(/?)([a-zA-Z][a-zA-Z0-9]*)(?:[^<>"]|"[^"]*")*>')
LEFT_ALONE = {"a", "code", "pre", "math", "svg"}
SPECIAL = re.compile(r"[\\`*_\[\]<>~$&|^=]")


# Words


def linked(html: str, people: dict[str, int | None]) -> str:
    """Sanitised HTML with each mention linked to a comment, or marked without one."""

    def link(data: str, name: str) -> str:
        target = people[name]
        data = escape(data)
        if target is None:
            return f'<span class="mention">{data}</span>'
        return f'<a class="mention" href="#comment-{target:d}">{data}</a>'

    return replaced(html, people, link) if people else html


def called(html: str, names: Iterable[str]) -> list[str]:
    """The mentioned names, in order."""
    found: dict[str, None] = {}

    def note(data: str, name: str) -> str:
        found[name] = None
        return escape(data)

    replaced(html, names, note)
    return list(found)


def replaced(html: str, names: Iterable[str], put: Callable[[str, str], str]) -> str:
    """Replace each `@name` outside of links and code by `put(as written, name)`."""
    plain = key_of(unescape(html)).replace("＠", "@")
    by_key = {key: name for name in names if f"@{(key := key_of(name))}" in plain}
    if not by_key:
        return html
    pattern = pattern_of(by_key)
    inside, at, pieces = 0, 0, []

    def replace(text: str) -> str:
        if inside or not ("@" in text or "＠" in text):
            return text
        text, end, done = unescape(text), 0, []
        for match in pattern.finditer(text):
            name = by_key.get(key_of(match[1]))
            if name is not None:
                done += [escape(text[end : match.start()], quote=False), put(match[0], name)]
                end = match.end()
        return "".join([*done, escape(text[end:], quote=False)])

    for tag in TAG.finditer(html):
        pieces += [replace(html[at : tag.start()]), tag[0]]
        at = tag.end()
        if tag[2].lower() in LEFT_ALONE:
            inside = max(0, inside - 1) if tag[1] else inside + 1
    return "".join([*pieces, replace(html[at:])])


def pattern_of(names: Iterable[str]) -> re.Pattern:
    longest_first = sorted(names, key=len, reverse=True)
    forms = dict.fromkeys(normalize(form, name) for name in longest_first for form in ("NFC", "NFD"))
    one = "|".join(r"\s+".join(map(re.escape, name.split(" "))) + end_of(name) for name in forms)
    return re.compile(rf"(?<!{LETTER})(?<![@＠./])[@＠]({one})", re.IGNORECASE)


def end_of(name: str) -> str:
    """@Evelyn does not mention Eve."""
    return rf"(?!{LETTER})" if re.match(LETTER, name[-1]) else ""


def key_of(name: str) -> str:
    return " ".join(normalize("NFC", name).lower().split())


def spelled(name: str) -> str:
    """How a name is written in a comment, escaped for Markdown."""
    return "@" + SPECIAL.sub(r"\\\g<0>", name)


# People


def resolve(comment: "Comment") -> None:
    """Set the mentions of a comment that is about to be saved."""
    if comment.mentions:
        comment.mentions, comment.rendered_text = {}, None
    comment.render()
    if "@" in comment.text or "＠" in comment.text:
        known = people_before(comment)
        comment.mentions = {name: known[name] for name in called(comment.html, known)}
        comment.html = linked(comment.html, comment.mentions)


def people_before(comment: "Comment") -> dict[str, int | None]:
    """Names in the thread with the nearest comment of each, and the post's author."""
    earlier = comment.post.comments.visible().order_by("-id")
    if comment.pk:
        earlier = earlier.filter(pk__lt=comment.pk)
    known: dict[str, int | None] = {comment.post.author.name: None}
    rows = list(earlier.values_list("name", "pk")[:MOST])
    return known | {name: pk for name, pk in reversed(rows) if name}


def mentioned(comment: "Comment") -> list:
    """The linked comments of the people mentioned."""
    ids = [pk for pk in comment.mentions.values() if pk is not None]
    return list(comment.post.comments.filter(pk__in=ids).order_by("id")) if ids else []


def people(post: "Post", query: str) -> list[dict]:
    """People who can be mentioned in a thread, latest first."""
    wanted = folded(query)
    found = [person for person in speakers(post) if wanted in person["folded"]]
    found.sort(key=lambda person: not person["folded"].startswith(wanted))
    return [{name: person[name] for name in ("name", "mention", "avatar")} for person in found[:OFFERED]]


def speakers(post: "Post") -> list[dict]:
    """Names of a thread, cached until its next event."""
    key = f"people:{post.pk}:{post.last_event}"
    kept = cache.get(key)
    if kept is None:
        spoke = post.comments.visible().order_by("-id").only("name", "user_id", "visitor")[:MOST]
        names = [(comment.name, comment.seed) for comment in spoke] + [(post.author.name, f"user:{post.author_id}")]
        by_look: dict[str, tuple[str, str]] = {}
        for name, seed in names:
            by_look.setdefault(folded(name), (name, seed))
        kept = [
            {"name": name, "mention": spelled(name), "avatar": avatar_url(seed), "folded": look}
            for look, (name, seed) in by_look.items()
            if look
        ]
        cache.set(key, kept, CACHED_FOR)
    return kept
