"""What HTML may leave: a wide list for the author, a narrow one for strangers. Both through nh3.

`style` attributes and scripts never pass, so the pages can forbid both by their Content-Security-Policy.
"""

import re
from urllib.parse import urlsplit

import nh3

AUTHOR_TAGS = {
    "a",
    "abbr",
    "address",
    "article",
    "aside",
    "audio",
    "b",
    "bdi",
    "bdo",
    "blockquote",
    "br",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "i",
    "iframe",
    "img",
    "input",
    "ins",
    "kbd",
    "li",
    "mark",
    "nav",
    "ol",
    "p",
    "picture",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "section",
    "small",
    "source",
    "span",
    "strike",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "track",
    "tt",
    "u",
    "ul",
    "var",
    "video",
    "wbr",
}
AUTHOR_ATTRIBUTES = {
    "*": {"class", "dir", "id", "lang", "title"},
    "a": {"href", "hreflang", "name", "rel", "target", "download"},
    "abbr": {"title"},
    "audio": {"controls", "loop", "muted", "preload", "src"},
    "bdo": {"dir"},
    "blockquote": {"cite"},
    "col": {"align", "span"},
    "colgroup": {"align", "span"},
    "del": {"cite", "datetime"},
    "details": {"name", "open"},
    "div": {"align", "data-lang"},
    "iframe": {"allowfullscreen", "height", "src", "title", "width"},
    "img": {"align", "alt", "decoding", "height", "loading", "sizes", "src", "srcset", "width"},
    "input": {"checked"},
    "ins": {"cite", "datetime"},
    "li": {"value"},
    "ol": {"reversed", "start", "type"},
    "p": {"align"},
    "q": {"cite"},
    "source": {"height", "media", "sizes", "src", "srcset", "type", "width"},
    "table": {"align"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan", "scope"},
    "time": {"datetime"},
    "tr": {"align"},
    "track": {"default", "kind", "label", "src", "srclang"},
    "video": {"controls", "height", "loop", "muted", "playsinline", "poster", "preload", "src", "width"},
}
COMMENT_TAGS = {
    "a",
    "blockquote",
    "br",
    "code",
    "del",
    "div",
    "em",
    "li",
    "ol",
    "p",
    "pre",
    "span",
    "strong",
    "ul",
}
COMMENT_ATTRIBUTES = {"a": {"href", "title"}, "div": {"class", "data-lang"}, "ol": {"start"}, "span": {"class"}}

SCHEMES = {"http", "https", "mailto"}
DATA_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp)[;,]", re.IGNORECASE)
PLAYERS = {
    "www.youtube.com": "/embed/",
    "www.youtube-nocookie.com": "/embed/",
    "player.vimeo.com": "/video/",
    "player.bilibili.com": "/player.html",
}

DEEPEST = 500
ANY_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)")
# Elements that hold nothing, or that the next of their kind closes.
EMPTY = {"area", "br", "col", "hr", "img", "input", "li", "p", "source", "td", "th", "tr", "track", "wbr"}

# What nh3 writes is regular: lower case, double quotes, "<" and '"' escaped.
TAG = re.compile(r'<(/?picture|a|img|iframe|video|audio|source|track)((?: [^\s=>"]+="[^"]*")*)>')
ATTRIBUTE = re.compile(r' ([^\s=>"]+)="([^"]*)"')


def author_filter(tag: str, name: str, value: str) -> str | None:
    """Decide on one attribute: frames only from known players, `data:` only for pictures."""
    if name in ("src", "href", "cite", "poster"):
        if tag == "iframe":
            return player(value)
        if value.strip().lower().startswith("data:"):
            return value if tag == "img" and DATA_PICTURE.match(value) else None
    elif name == "srcset" and "data:" in value.lower():
        return None
    elif name == "target":
        return value if value == "_blank" else None
    return value


def player(url: str) -> str | None:
    try:
        parts = urlsplit("https:" + url if url.startswith("//") else url)
    except ValueError:
        return None
    begins = PLAYERS.get(parts.netloc.lower())
    known = begins and parts.scheme in ("https", "http") and parts.path.startswith(begins)
    return parts._replace(scheme="https").geturl() if known else None


AUTHOR = nh3.Cleaner(
    tags=AUTHOR_TAGS,
    attributes=AUTHOR_ATTRIBUTES,
    attribute_filter=author_filter,
    url_schemes=SCHEMES | {"tel", "data"},
    set_tag_attribute_values={"input": {"type": "checkbox", "disabled": ""}},
    link_rel=None,
)
COMMENT = nh3.Cleaner(
    tags=COMMENT_TAGS, attributes=COMMENT_ATTRIBUTES, url_schemes=SCHEMES, link_rel="nofollow ugc noopener"
)
TEXT = nh3.Cleaner(tags=set())


def is_too_deep(raw: str) -> bool:
    """Whether elements lie deeper than any page needs: a parser's time grows with the square of that."""
    if raw.count("<") < DEEPEST:
        return False
    depth = 0
    for match in ANY_TAG.finditer(raw):
        if match[1]:
            depth = max(0, depth - 1)
        elif match[2].lower() not in EMPTY:
            depth += 1
            if depth > DEEPEST:
                return True
    return False


def parts(attributes: str) -> dict[str, str]:
    return dict(ATTRIBUTE.findall(attributes))


def opening(tag: str, attributes: dict[str, str]) -> str:
    return f"<{tag}" + "".join(f' {name}="{value}"' for name, value in attributes.items()) + ">"
