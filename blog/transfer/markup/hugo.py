"""Hugo's shortcodes, its own and those of widespread themes."""

import re
from collections import Counter
from collections.abc import Callable

from blog.transfer.markup import writing
from blog.transfer.markup.shelter import Shelter
from blog.transfer.markup.tags import Language, convert

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
"""A reference (`post/a.md`, `a.md#part`) to an address."""


def to_markdown(text: str, find_page: Find, left: Counter) -> str:
    shelter = Shelter()
    text = shelter.hold_code(text, inside=inside_code)
    text = ESCAPED.sub(lambda found: shelter.hold(shown(found)), text)
    text = convert(text, language(find_page), left, shelter.restore)
    # What stays shall be seen: `{{</x>}}` would be taken for an HTML tag.
    return shelter.restore(re.sub(r"\{\{<(?=[/\w])", "{{< ", text))


def shown(found: re.Match) -> str:
    return "{{" + found[1] + " " + found[2] + " " + found[3] + "}}"


def inside_code(piece: str) -> str:
    """Escaped shortcodes are shown as they are meant; a fence says its marked lines in our way."""
    piece = ESCAPED.sub(shown, piece)
    return FENCE_INFO.sub(our_fence, piece, count=1) if piece.startswith(("```", "~~~")) else piece


def our_fence(found: re.Match) -> str:
    lines = re.search(r"hl_lines\s*=\s*(?:\[([^\]]*)\]|\"([^\"]*)\"|(\d+))", found["options"])
    title = re.search(r"(?:title|name|filename|caption)\s*=\s*\"([^\"]*)\"", found["options"])
    if not lines and not title:
        plain = re.fullmatch(r"\s*[\d,\s-]*", found["options"])
        return found[0] if plain else f"{found['fence']}{found['lang']}"
    marks = spread(next(filter(None, lines.groups()), "")) if lines else ""
    return (
        writing.fence("", found["lang"], lines=marks, title=title[1] if title else "")
        .split("\n")[1]
        .replace("```", found["fence"], 1)
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


def language(find_page: Find) -> Language:
    def ref(args: str) -> str | None:
        return find_page(first(args, "path"))

    return Language(TAG, INLINE | {"ref": ref, "relref": ref}, BLOCK)


def figure(args: str) -> str | None:
    listed, named = arguments(args)
    src = named.get("src") or (listed[0] if listed else "")
    if not src:
        return None
    caption = " ".join(filter(None, (named.get("title"), named.get("caption"))))
    if named.get("attr"):
        source = writing.link(named["attr"], named["attrlink"]) if named.get("attrlink") else named["attr"]
        return figure_with_source(src, named.get("alt") or caption, caption, source)
    image = writing.picture(src, named.get("alt") or caption, caption)
    return f"[{image}]({writing.address(named['link'])})" if named.get("link") else image


def figure_with_source(src: str, alt: str, caption: str, source: str) -> str:
    return f"{writing.picture(src, alt)}\n*{caption}* {source}"


def highlight(args: str, code: str) -> str:
    listed, named = arguments(args)
    options = " ".join(listed[1:])
    lines = re.search(r"hl_lines\s*=\s*\[?([\d ,\"-]+)", options)
    marks = spread(lines[1]) if lines else spread(named.get("hl_lines", ""))
    return writing.fence(code, listed[0] if listed else named.get("lang", ""), lines=marks)


def youtube(args: str) -> str | None:
    return writing.youtube(first(args, "id"))


def bilibili(args: str) -> str | None:
    return writing.bilibili(first(args, "id", "bvid", "bv", "aid"))


def gist(args: str) -> str | None:
    listed, _ = arguments(args)
    return writing.elsewhere("https://gist.github.com/", *listed[:2]) if len(listed) >= 2 else None


def tweet(args: str) -> str | None:
    listed, named = arguments(args)
    user, number = named.get("user", "i"), named.get("id") or (listed[0] if listed else "")
    return writing.elsewhere("https://x.com/", user, "status", number) if number.isdecimal() else None


def note(kind: str):
    def render(args: str, text: str) -> str:
        listed, named = arguments(args)
        title = named.get("title") or (listed[1] if len(listed) > 1 and not named else "")
        author = named.get("author", "")
        return writing.quoted(text, title=title, footer=f"— **{author}**" if author else "")

    render.__name__ = kind
    return render


def details(args: str, text: str) -> str:
    return f"\n<details><summary>{first(args, 'summary', 'title') or '…'}</summary>\n\n{text.strip()}\n\n</details>\n"


def formula(_args: str, text: str) -> str:
    text = text.strip()
    return f"\n$$\n{text}\n$$\n" if "\n" in text else f"${text}$"


def same(_args: str, text: str) -> str:
    return text


INLINE = {
    "figure": figure,
    "img": figure,
    "image": figure,
    "youtube": youtube,
    "youtube_simple": youtube,
    "vimeo": lambda args: writing.vimeo(first(args, "id")),
    "vimeo_simple": lambda args: writing.vimeo(first(args, "id")),
    "bilibili": bilibili,
    "gist": gist,
    "tweet": tweet,
    "twitter": tweet,
    "twitter_simple": tweet,
    "x": tweet,
    "br": lambda _args: "<br>",
}
BLOCK = {
    "highlight": highlight,
    "code": highlight,
    "math": formula,
    "katex": formula,
    "raw": same,
    "rawhtml": same,
    "center": same,
    "details": details,
    "expand": details,
    **{kind: note(kind) for kind in NOTES},
}
