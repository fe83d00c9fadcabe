"""`@name` in a comment: who is meant, and a link to what they said last.

A name is written as it is shown, spaces and all, and the longest name known in the thread is the one that is meant.
So no mark must close it, and none is needed between Chinese words.
"""

import re
from collections.abc import Callable, Iterable
from html import escape, unescape

from django.core.cache import cache

from accounts.avatars import avatar_url
from frodo.names import folded

MOST = 3000
"""Comments, the newest, whose writers are known by name."""
OFFERED = 10
CACHED_FOR = 600

UNSPACED = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
"""Scripts that are written without spaces between words, or whose particles follow at once."""
LETTER = rf"[^\W{UNSPACED}]"
TAG = re.compile(r'<(/?)([a-zA-Z][a-zA-Z0-9]*)(?:[^<>"]|"[^"]*")*>')
LEFT_ALONE = {"a", "code", "pre", "math", "svg"}
SPECIAL = re.compile(r"[\\`*_\[\]<>~$&|^=]")


# Words


def linked(html: str, people: dict[str, int | None]) -> str:
    """Sanitised HTML with each mention as a link to that comment. Without one it is marked all the same."""

    def link(said: str, name: str) -> str:
        target = people[name]
        said = escape(said)
        if target is None:
            return f'<span class="mention">{said}</span>'
        return f'<a class="mention" href="#comment-{target:d}">{said}</a>'

    return replaced(html, people, link) if people else html


def called(html: str, names: Iterable[str]) -> list[str]:
    """Which of the names are mentioned, in order."""
    found: dict[str, None] = {}

    def note(said: str, name: str) -> str:
        found[name] = None
        return escape(said)

    replaced(html, names, note)
    return list(found)


def replaced(html: str, names: Iterable[str], put: Callable[[str, str], str]) -> str:
    """Each `@name` outside of links and code replaced by `put(as it is written, name)`."""
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
    one = "|".join(r"\s+".join(map(re.escape, name.split(" "))) + end_of(name) for name in longest_first)
    return re.compile(rf"(?<!{LETTER})(?<![@＠./])[@＠]({one})", re.IGNORECASE)


def end_of(name: str) -> str:
    """Eve is not meant by @Evelyn."""
    return rf"(?!{LETTER})" if re.match(LETTER, name[-1]) else ""


def key_of(name: str) -> str:
    return " ".join(name.lower().split())


def spelled(name: str) -> str:
    """How a name is mentioned: what Markdown would take for its own is escaped."""
    return "@" + SPECIAL.sub(r"\\\g<0>", name)


# People


def resolve(comment) -> None:
    """Find who is mentioned in a comment that is about to be saved, and link them."""
    if comment.mentions:
        comment.mentions, comment.rendered_text = {}, None
    comment.render()
    if "@" in comment.text or "＠" in comment.text:
        known = people_before(comment)
        comment.mentions = {name: known[name] for name in called(comment.html, known)}
        comment.html = linked(comment.html, comment.mentions)


def people_before(comment) -> dict[str, int | None]:
    """Who had spoken in the thread, and the nearest comment of each; the post's author in any case."""
    earlier = comment.post.comments.visible().order_by("-id")
    if comment.pk:
        earlier = earlier.filter(pk__lt=comment.pk)
    known: dict[str, int | None] = {comment.post.author.name: None}
    rows = list(earlier.values_list("name", "pk")[:MOST])
    return known | {name: pk for name, pk in reversed(rows) if name}


def mentioned(comment) -> list:
    """Comments of those who are mentioned, the one that is linked of each."""
    ids = [pk for pk in comment.mentions.values() if pk is not None]
    return list(comment.post.comments.filter(pk__in=ids).order_by("id")) if ids else []


def people(post, query: str) -> list[dict]:
    """Whom one may mention in a thread, those who spoke last first; only names, and how they are written."""
    wanted = folded(query)
    found = [person for person in speakers(post) if wanted in person["folded"]]
    found.sort(key=lambda person: not person["folded"].startswith(wanted))
    return [{name: person[name] for name in ("name", "mention", "avatar")} for person in found[:OFFERED]]


def speakers(post) -> list[dict]:
    """All of a thread, kept until something happens in it."""
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
