"""Pieces of Markdown that several generators' tags become."""

import html
import re
from urllib.parse import quote

LINES = re.compile(r"[\d,\s-]+")


def fence(code: str, language: str = "", *, lines: str = "", title: str = "") -> str:
    """A fenced block longer than any fence inside it."""
    mark = "`" * max(3, *(len(run) + 1 for run in re.findall(r"`{3,}", code)), 3)
    info = language.strip().lower() or ("text" if lines or title else "")
    if lines and LINES.fullmatch(lines):
        info += " {" + re.sub(r"\s+", "", lines) + "}"
    if title:
        info += ' title="' + title.replace('"', "'").replace("`", "'").replace("\n", " ") + '"'
    return f"\n{mark}{info.strip()}\n{code.strip(chr(10))}\n{mark}\n"


def quoted(text: str, *, title: str = "", author: str = "", footer: str = "") -> str:
    """A block quote; `footer` is what follows the author in its last line."""
    signature = ", ".join(part for part in (f"**{author}**" if author else "", footer) if part)
    paragraphs = [f"**{title}**" if title else "", text.strip("\n"), signature and f"— {signature}"]
    body = "\n\n".join(part for part in paragraphs if part)
    return "\n" + "\n".join(f"> {line}".rstrip() for line in body.split("\n")) + "\n"


def destination(url: str) -> str:
    """A URL as a link's destination in Markdown."""
    return f"<{url}>" if re.search(r"[\s()<>]", url) and not re.search(r"[<>\n]", url) else url.replace(" ", "%20")


def link(text: str, url: str, title: str = "") -> str:
    label = text.replace("[", "\\[").replace("]", "\\]") or url
    return f"[{label}]({destination(url)}{titled(title)})"


def picture(url: str, alt: str = "", title: str = "") -> str:
    return f"![{alt.replace('[', '(').replace(']', ')')}]({destination(url)}{titled(title)})"


def titled(title: str) -> str:
    flat = " ".join(title.split())
    return ' "' + flat.replace('"', "&quot;") + '"' if flat else ""


def sized_picture(url: str, alt: str, title: str, width: str, height: str) -> str:
    sizes = "".join(f' {name}="{value}"' for name, value in (("width", width), ("height", height)) if value)
    if not sizes:
        return picture(url, alt, title)
    title = f' title="{html.escape(title)}"' if title else ""
    return f'<img src="{html.escape(url)}" alt="{html.escape(alt)}"{title}{sizes}>'


def frame(url: str, title: str) -> str:
    src = html.escape(url)
    return f'\n<iframe src="{src}" title="{title}" width="560" height="315" allowfullscreen></iframe>\n'


def youtube(video: str, *, playlist: bool = False) -> str | None:
    if not re.fullmatch(r"[\w-]{5,60}", video):
        return None
    path = f"videoseries?list={video}" if playlist else video
    return frame(f"https://www.youtube-nocookie.com/embed/{path}", "YouTube")


def vimeo(video: str) -> str | None:
    return frame(f"https://player.vimeo.com/video/{video}", "Vimeo") if video.isdecimal() else None


def bilibili(video: str) -> str | None:
    name = "bvid" if video.startswith("BV") else "aid"
    number = video.removeprefix("av")
    if not number.isalnum():
        return None
    return frame(f"https://player.bilibili.com/player.html?{name}={number}", "Bilibili")


def autolink(site: str, *path: str) -> str | None:
    """A link that shows its URL, for what is on another site; None for a path that it cannot have."""
    if not path or not all(re.fullmatch(r"[\w.@-]+", part) for part in path):
        return None
    return f"<{site}{'/'.join(quote(part, safe='@') for part in path)}>"


def gist(*path: str) -> str | None:
    return autolink("https://gist.github.com/", *path)


def display_math(text: str) -> str:
    return f"\n$$\n{text.strip()}\n$$\n"
