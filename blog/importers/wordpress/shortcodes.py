"""WordPress's shortcodes as HTML; unknown ones stay in the text and are counted.

https://codex.wordpress.org/Shortcode_API and, for the syntax of attributes, shortcode_parse_atts().
"""

import html
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from blog.importers.markup import snippets, tags

PATTERN = re.compile(
    r"(?<!\[)\[(?P<end>/)?(?P<name>[a-zA-Z][\w-]{0,50})"
    r"(?P<args>(?:[ \t\n](?:[^\[\]\"']|\"[^\"]{0,2000}\"|'[^']{0,2000}'){0,2000}?)?)(?P<alone>/)?\]"
    r"(?![\](:])"
)
ATTRIBUTE = re.compile(r"([\w-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"']+))|\"([^\"]*)\"|(\S+)")
CODE = ("code", "sourcecode", "source", "highlight", "prism", "pre")
YOUTUBE = re.compile(
    r"(?:youtube(?:-nocookie)?\.com/(?:watch\?(?:\S{0,500}&(?:amp;)?)?v=|embed/|shorts/|live/)|youtu\.be/)([\w-]{5,60})"
)
VIMEO = re.compile(r"vimeo\.com/(?:video/)?(\d+)")
BILIBILI = re.compile(r"bilibili\.com/video/(BV\w+|av\d+)")
URL_LINE = re.compile(r"^[ \t]*(?:<p>)?[ \t]*(https?://[^\s<>\"\[\]]+)[ \t]*(?:</p>)?[ \t]*$", re.MULTILINE)


def attributes(args: str) -> dict[str, str]:
    """Named attributes, and under "" the first without a name."""
    named: dict[str, str] = {}
    for name, double, single, bare, quoted, alone in ATTRIBUTE.findall(args):
        if name:
            named.setdefault(name.lower(), html.unescape(double or single or bare))
        else:
            named.setdefault("", html.unescape(quoted or alone))
    return named


def player(url: str) -> str | None:
    """A frame for a video of a host whose player may be shown here."""
    if match := YOUTUBE.search(url):
        return snippets.youtube(match[1])
    if match := VIMEO.search(url):
        return snippets.vimeo(match[1])
    if match := BILIBILI.search(url):
        return snippets.bilibili(match[1])
    return None


def embed(url: str) -> str:
    url = html.unescape(url.strip())
    return player(url) or f'\n<p><a href="{html.escape(url)}">{html.escape(url)}</a></p>\n'


def embed_urls(text: str) -> str:
    """A URL alone on its line is embedded, as WordPress does by oEmbed."""
    return URL_LINE.sub(lambda match: embed(match[1]), text)


@dataclass
class Shortcodes:
    """`image` gives the URL and description of an attachment by its number."""

    image: Callable[[str], tuple[str, str] | None]
    own_images: Callable[[], list[str]] = list
    """Numbers of the images that are attached to the post, for a gallery that names none."""

    def convert(self, text: str, left: Counter) -> str:
        syntax = tags.TagSyntax(
            PATTERN,
            inline={
                "gallery": self.gallery,
                "audio": lambda args: media("audio", args),
                "video": lambda args: media("video", args),
                "embed": lambda args: embed(attributes(args).get("src", "")) if "src" in attributes(args) else None,
                "youtube": lambda args: player_of("youtube", args),
                "vimeo": lambda args: player_of("vimeo", args),
                "bilibili": lambda args: player_of("bilibili", args),
                "more": lambda _args: "<!--more-->",
            },
            block={
                "caption": caption,
                "wp_caption": caption,
                "embed": lambda _args, content: embed(content),
                "audio": lambda args, content: media("audio", args, content),
                "video": lambda args, content: media("video", args, content),
                "youtube": lambda _args, content: player_of("youtube", content),
                **dict.fromkeys(CODE, code),
            },
            verbatim=frozenset(CODE),
        )
        return tags.convert(text, syntax, left)

    def gallery(self, args: str) -> str | None:
        attrs = attributes(args)
        ids = [number for number in re.split(r"[,\s]+", attrs.get("ids") or attrs.get("include") or "") if number]
        images = [image for number in ids or self.own_images() if (image := self.image(number))]
        if not images:
            return None
        return "".join(f'\n<p><img src="{html.escape(url)}" alt="{html.escape(alt)}"></p>\n' for url, alt in images)


def caption(args: str, content: str) -> str | None:
    """`[caption]<img> words[/caption]`; before WordPress 3.4 the words were an attribute."""
    parts = re.match(r"\s*((?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*</a>)?)(.*)$", content, re.DOTALL | re.IGNORECASE)
    if parts is None:
        return None
    words = parts[2].strip() or html.escape(attributes(args).get("caption", ""), quote=False)
    return f"\n<figure>{parts[1]}<figcaption>{words}</figcaption></figure>\n" if words else f"\n{parts[1]}\n"


def media(kind: str, args: str, content: str = "") -> str | None:
    attrs = attributes(args)
    names = ("src", "mp3", "m4a", "ogg", "wav", "mp4", "webm", "ogv", "m4v", "flv", "")
    source = next((attrs[name] for name in names if attrs.get(name)), "")
    if not re.search(r"[./]", source):
        return None
    if frame := player(source):
        return frame
    poster = f' poster="{html.escape(attrs["poster"])}"' if kind == "video" and attrs.get("poster") else ""
    return f'\n<{kind} controls src="{html.escape(source)}"{poster}></{kind}>\n'


def player_of(host: str, args: str) -> str | None:
    attrs = attributes(args)
    value = attrs.get("id") or attrs.get("url") or attrs.get("bvid") or attrs.get("") or ""
    return player(value) or getattr(snippets, host)(value)


def code(args: str, content: str) -> str:
    attrs = attributes(args)
    language = attrs.get("lang") or attrs.get("language") or attrs.get("") or ""
    words = content if "&lt;" in content or "<" not in content else html.escape(content, quote=False)
    named = f' class="language-{html.escape(language)}"' if language else ""
    return f"\n<pre><code{named}>{words.strip(chr(10))}</code></pre>\n"
