"""Hexo's tag plugins, and those its widespread themes add."""

import re
from collections import Counter
from collections.abc import Callable

from blog.importers.markup import Placeholders, snippets
from blog.importers.markup.tags import TagSyntax, convert, words

TAG = re.compile(
    r"\{%-?\s*(?P<end>end)?(?P<name>[A-Za-z_]\w*)"
    r"(?P<args>(?:[^%{\n]|%(?!\})|\{(?!%)|\n(?![ \t]*\n)){0,2000}?)\s*-?%\}"
)
RAW = re.compile(r"\{%-?\s*(?:end)?raw\s*-?%\}")
FENCE_INFO = re.compile(r"^(?P<fence>[ \t>]*(?:`{3,}|~{3,}))[ \t]*(?P<info>[^\n`]+)$", re.MULTILINE)
URL = re.compile(r"(?:https?:)?//\S+|/\S+")
PICTURE = re.compile(r"\.(?:png|jpe?g|gif|webp|avif|bmp|svg|ico|tiff?)$", re.IGNORECASE)

Find = Callable[[str], tuple[str, str] | None]
"""From a post's file name to its URL and title."""


def to_markdown(text: str, find_post: Find, left: Counter) -> str:
    placeholders = Placeholders()
    text = placeholders.store_code(text, change=inside_code)
    text = convert(text, syntax(find_post), left, placeholders.restore)
    return placeholders.restore(text)


def inside_code(piece: str) -> str:
    """A code span needs no raw tags; a fence says Hexo's title and marks in our way."""
    if piece.startswith(("```", "~~~")):
        return FENCE_INFO.sub(lambda match: f"{match['fence']}{info(match['info'])}", piece, count=1)
    return RAW.sub("", piece)


def info(written: str) -> str:
    """``` js Title https://… link mark:1,3`: the language, then what our fences understand."""
    if "{" in written or "title=" in written or not re.search(r"\s", written.strip()):
        return written
    options = code_options(written, language_first=True)
    return snippets.fence("", options["language"], lines=options["lines"], title=options["title"]).split("\n")[1][3:]


def code_options(args: str, *, language_first: bool = False) -> dict[str, str]:
    lines = re.search(r"\bmark:([\d,-]+)", args)
    named = re.search(r"\blang:(\S+)", args)
    rest = re.sub(r"\b(?:lang|mark|line_number|line_threshold|first_line|highlight|wrap|caption|from|to):\S+", "", args)
    first, _, after = rest.strip().partition(" ")
    code_language = named[1] if named else first if language_first else ""
    title = rest if named or not language_first else after
    url = URL.search(title)
    name = " ".join((title[: url.start()] + title[url.end() :] if url else title).split())
    return {"language": code_language, "lines": lines[1] if lines else "", "title": name or (url[0] if url else "")}


def codeblock(args: str, text: str) -> str:
    options = code_options(args)
    return snippets.fence(text, options["language"], lines=options["lines"], title=options["title"])


def syntax(find_post: Find) -> TagSyntax:
    def post_link(args: str) -> str | None:
        name, *rest = words(args) or [""]
        target = find_post(name)
        title = " ".join(word for word in rest if word not in ("true", "false"))
        return snippets.link(title or target[1], target[0]) if target else None

    def post_path(args: str) -> str | None:
        target = find_post(args.strip("\"' "))
        return target[0] if target else None

    inline = INLINE | {"post_link": post_link, "post_path": post_path}
    return TagSyntax(TAG, inline, BLOCK, VERBATIM, frozenset({"else", "elif"}))


def blockquote(args: str, text: str) -> str:
    """`author[, source] [link] [title of the link]`, or `@name link` of a tweet."""
    url = re.search(r"https?://\S+", args)
    before, after = (args[: url.start()], args[url.end() :]) if url else (args, "")
    author, _, source = before.strip().partition(",")
    name = after.strip() or source.strip() or (re.sub(r"^https?://|/$", "", url[0]) if url else "")
    cited = snippets.link(name, url[0]) if url else name
    return snippets.quoted(text, author=author.strip(), footer=cited)


def note(args: str, text: str) -> str:
    kinds = {"default", "primary", "success", "info", "warning", "warn", "danger", "tip", "note", "no-icon", "tips"}
    title = [word for word in words(args) if word.lower() not in kinds]
    return snippets.quoted(text, title=" ".join(title))


def link(args: str) -> str | None:
    """`text url [external] [title]`; the text may have spaces."""
    parts = words(args)
    at = next((n for n, part in enumerate(parts) if URL.fullmatch(part) or part.startswith("#")), None)
    if at is None:
        return None
    rest = [part for part in parts[at + 1 :] if part not in ("true", "false")]
    return snippets.link(" ".join(parts[:at]), parts[at], " ".join(rest))


def image(args: str) -> str | None:
    """`[class names] file [width] [height] [title [alt]]`."""
    parts = words(args)
    at = next((n for n, part in enumerate(parts) if PICTURE.search(part) or URL.fullmatch(part)), None)
    if at is None:
        return None
    rest = parts[at + 1 :]
    sizes: list[str] = []
    while rest and len(sizes) < 2 and re.fullmatch(r"\d+(?:px|%)?", rest[0]):
        sizes.append(rest.pop(0).removesuffix("px"))
    if len(rest) == 1 and '"' in rest[0]:
        rest = words(rest[0])  # '"title" "alt"', quoted twice
    title, alt = rest if len(rest) == 2 and len(re.findall(r"['\"]", args)) >= 4 else (" ".join(rest), "")
    width, height = [*sizes, "", ""][:2]
    return snippets.sized_picture(parts[at], alt or title, title, width, height)


def asset_path(args: str) -> str | None:
    name = args.strip("\"' ")
    return name if PICTURE.search(name) else None


def youtube(args: str) -> str | None:
    parts = words(args)
    return snippets.youtube(parts[0], playlist="playlist" in parts) if parts else None


def button(args: str) -> str | None:
    """NexT's `url, text, icon [class], [title]`."""
    url, _, rest = args.partition(",")
    text = rest.split(",")[0].strip()
    return snippets.link(text, url.strip()) if URL.fullmatch(url.strip()) else None


def label(args: str) -> str | None:
    """NexT's `[class]@text`."""
    _, at, text = args.partition("@")
    return text.strip() if at and text.strip() else None


INLINE = {
    "youtube": youtube,
    "vimeo": lambda args: snippets.vimeo(args.split(" ")[0]),
    "bilibili": lambda args: snippets.bilibili(args.split(" ")[0]),
    "img": image,
    "asset_img": image,
    "asset_path": asset_path,
    "link": link,
    "gist": lambda args: snippets.gist(*words(args)[:1]),
    "jsfiddle": lambda args: snippets.autolink("https://jsfiddle.net/", *words(args)[:1]),
    "button": button,
    "btn": button,
    "label": label,
    "more": lambda _args: "<!--more-->",
}
BLOCK = {
    "blockquote": blockquote,
    "quote": blockquote,
    **dict.fromkeys(("pullquote", "centerquote", "cq"), lambda _args, text: snippets.quoted(text)),
    "note": note,
    "codeblock": codeblock,
    "code": codeblock,
    "raw": lambda _args, text: text,
    **dict.fromkeys(("math", "mathjax", "katex"), lambda _args, text: snippets.display_math(text)),
}
VERBATIM = frozenset({"codeblock", "code", "raw", "math", "mathjax", "katex"})
