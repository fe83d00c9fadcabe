"""Hugo's shortcodes, its own and those of widespread themes."""

import re
from collections import Counter
from collections.abc import Callable

from blog.importers.markup import Placeholders, snippets
from blog.importers.markup.tags import TagSyntax, convert

TAG = re.compile(
    r"\{\{(?P<mark>[<%])\s*(?P<end>/)?\s*(?P<name>[A-Za-z_][\w./-]*)(?P<args>(?:\s(?:[^{]|\{(?!\{)){0,2000}?)?)\s*"
    r"(?P<alone>/)?[>%]\}\}"
)
ESCAPED = re.compile(r"\{\{([<%])/\*\s*((?:[^{]|\{(?!\{)){0,1000}?)\s*\*/([>%])\}\}")
ARGUMENT = re.compile(r"""(?:([\w-]+)\s*=\s*)?(?:"((?:\\.|[^"\\])*)"|`([^`]*)`|'([^']*)'|([^\s"'`=]+))""")
FENCE_INFO = re.compile(
    r"^(?P<fence>[ \t>]*(?:`{3,}|~{3,}))[ \t]*(?P<lang>[^\s{`]*)[ \t]*\{(?P<options>[^}\n]*)\}", re.MULTILINE
)
NOTES = (
    "notice", "admonition", "callout", "alert", "hint", "note", "tip", "warning", "info", "important", "caution",
    "danger", "attention", "success", "quote", "blockquote",
)  # fmt: skip

Find = Callable[[str], str | None]
"""From a reference (`post/a.md`, `a.md#part`) to a URL."""


def to_markdown(text: str, find_page: Find, left: Counter) -> str:
    placeholders = Placeholders()
    text = placeholders.store_code(text, change=inside_code)
    text = ESCAPED.sub(lambda match: placeholders.store(unescaped_tag(match)), text)
    text = convert(text, syntax(find_page), left, placeholders.restore)
    # What stays shall be seen: `{{</x>}}` would be taken for an HTML tag.
    return placeholders.restore(re.sub(r"\{\{<(?=[/\w])", "{{< ", text))


def unescaped_tag(match: re.Match) -> str:
    return "{{" + match[1] + " " + match[2] + " " + match[3] + "}}"


def inside_code(piece: str) -> str:
    """Escaped shortcodes are shown as they are meant; a fence says its marked lines in our way."""
    piece = ESCAPED.sub(unescaped_tag, piece)
    return FENCE_INFO.sub(our_fence, piece, count=1) if piece.startswith(("```", "~~~")) else piece


def our_fence(match: re.Match) -> str:
    lines = re.search(r"hl_lines\s*=\s*(?:\[([^\]]*)\]|\"([^\"]*)\"|(\d+))", match["options"])
    title = re.search(r"(?:title|name|filename|caption)\s*=\s*\"([^\"]*)\"", match["options"])
    if not lines and not title:
        plain = re.fullmatch(r"\s*[\d,\s-]*", match["options"])
        return match[0] if plain else f"{match['fence']}{match['lang']}"
    marks = spread(next(filter(None, lines.groups()), "")) if lines else ""
    return (
        snippets.fence("", match["lang"], lines=marks, title=title[1] if title else "")
        .split("\n")[1]
        .replace("```", match["fence"], 1)
    )


def spread(lines: str) -> str:
    """`8 15-17` or `1,"3-4"` as `8,15-17`."""
    return ",".join(re.findall(r"\d+(?:-\d+)?", lines))


def arguments(args: str) -> tuple[list[str], dict[str, str]]:
    listed, named = [], {}
    for name, *values in ARGUMENT.findall(args):
        value = next(filter(None, values), "").replace('\\"', '"')
        if name:
            named[name.lower()] = value
        else:
            listed.append(value)
    return listed, named


def first(args: str, *names: str) -> str:
    listed, named = arguments(args)
    return next((named[name] for name in names if named.get(name)), listed[0] if listed else "")


def syntax(find_page: Find) -> TagSyntax:
    def ref(args: str) -> str | None:
        return find_page(first(args, "path"))

    return TagSyntax(TAG, INLINE | {"ref": ref, "relref": ref}, BLOCK)


def figure(args: str) -> str | None:
    listed, named = arguments(args)
    src = named.get("src") or (listed[0] if listed else "")
    if not src:
        return None
    caption = " ".join(filter(None, (named.get("title"), named.get("caption"))))
    if named.get("attr"):
        source = snippets.link(named["attr"], named["attrlink"]) if named.get("attrlink") else named["attr"]
        return f"{snippets.picture(src, named.get('alt') or caption)}\n*{caption}* {source}"
    image = snippets.picture(src, named.get("alt") or caption, caption)
    return f"[{image}]({snippets.destination(named['link'])})" if named.get("link") else image


def highlight(args: str, code: str) -> str:
    listed, named = arguments(args)
    options = " ".join(listed[1:])
    lines = re.search(r"hl_lines\s*=\s*\[?([\d ,\"-]+)", options)
    marks = spread(lines[1]) if lines else spread(named.get("hl_lines", ""))
    return snippets.fence(code, listed[0] if listed else named.get("lang", ""), lines=marks)


def gist(args: str) -> str | None:
    listed, _ = arguments(args)
    return snippets.gist(*listed[:2]) if len(listed) >= 2 else None


def tweet(args: str) -> str | None:
    listed, named = arguments(args)
    user, number = named.get("user", "i"), named.get("id") or (listed[0] if listed else "")
    return snippets.autolink("https://x.com/", user, "status", number) if number.isdecimal() else None


def note(args: str, text: str) -> str:
    listed, named = arguments(args)
    title = named.get("title") or (listed[1] if len(listed) > 1 and not named else "")
    return snippets.quoted(text, title=title, author=named.get("author", ""))


def details(args: str, text: str) -> str:
    return f"\n<details><summary>{first(args, 'summary', 'title') or '…'}</summary>\n\n{text.strip()}\n\n</details>\n"


def formula(_args: str, text: str) -> str:
    text = text.strip()
    return snippets.display_math(text) if "\n" in text else f"${text}$"


INLINE = {
    **dict.fromkeys(("figure", "img", "image"), figure),
    **dict.fromkeys(("youtube", "youtube_simple"), lambda args: snippets.youtube(first(args, "id"))),
    **dict.fromkeys(("vimeo", "vimeo_simple"), lambda args: snippets.vimeo(first(args, "id"))),
    "bilibili": lambda args: snippets.bilibili(first(args, "id", "bvid", "bv", "aid")),
    "gist": gist,
    **dict.fromkeys(("tweet", "twitter", "twitter_simple", "x"), tweet),
    "br": lambda _args: "<br>",
}
BLOCK = {
    "highlight": highlight,
    "code": highlight,
    "math": formula,
    "katex": formula,
    **dict.fromkeys(("raw", "rawhtml", "center"), lambda _args, text: text),
    "details": details,
    "expand": details,
    **dict.fromkeys(NOTES, note),
}
