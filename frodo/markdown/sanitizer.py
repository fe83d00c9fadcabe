"""What HTML may leave: a wide list for the author, a narrow one for strangers. Both through nh3.

`style` attributes and scripts never pass, so the pages can forbid both by their Content-Security-Policy.
"""

import re
from collections import Counter
from urllib.parse import urlsplit

import nh3

from frodo.embeds import PLAYERS
from frodo.markdown.headings import RESERVED
from frodo.text import clean_text

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
    "label",
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
    "span": {"data-n"},
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

DEEPEST = 500
"""Elements inside one another; tags beyond are shown as text. A parser's time grows with the square of the depth."""
TAG_START = re.compile(r"<(/?)(!--|[!?]|[a-zA-Z][^\s/<>]*)")
# Elements that hold nothing, or that the next of their kind closes.
NO_DEPTH = frozenset(
    "area base br col dd dt embed hr img input li link meta optgroup option p param rb rp rt rtc source tbody td tfoot "
    "th thead tr track wbr".split()
)
# GitHub's tagfilter, and others whose content a browser does not read as HTML. Left alone, one of them in a sentence
# swallows the rest of the text.
RAW_TEXT = frozenset(
    "iframe noembed noframes noscript plaintext script select style template textarea title xmp".split()
)
HTML_TAGS = (
    AUTHOR_TAGS
    | RAW_TEXT
    | NO_DEPTH
    | set(
        "acronym applet basefont bgsound big blink body button canvas command content data datalist dialog dir element "
        "fieldset figure font form frame frameset head hgroup html image isindex keygen label legend main map marquee "
        "math menu menuitem meter multicol nextid nobr object output portal progress search shadow slot spacer "
        "svg".split()
    )
)
"""All that HTML ever had. Other names in angle brackets are words of the author's, such as `List<String>`."""
HIDDEN = frozenset(("math", "noscript", "script", "style", "svg"))
"""What the sanitizer drops with its content, if it is closed; there are no scripts, so `<noscript>` is shown."""
PLAYER = re.compile(
    r"<iframe\b(?:[^<>\"']++|\"[^\"]{0,4000}+\"|'[^']{0,4000}+')*+>[^<>]{0,4000}+</iframe\s*+>", re.IGNORECASE
)


CLOSING = re.compile(rf"</({'|'.join(sorted(HIDDEN))})\b[^<>]*>|-->", re.IGNORECASE)


def escape_tags(raw: str) -> str:
    """Show as text what looks like a tag and is none, or would take the rest of the text with it."""
    out: list[str] = []
    done = 0
    opened: Counter[str] = Counter()
    closings: dict[str, list[re.Match[str]]] = {}
    for match in reversed(list(CLOSING.finditer(raw))):
        closings.setdefault((match[1] or "!--").lower(), []).append(match)

    for match in TAG_START.finditer(raw):
        at, closing, name = match.start(), match[1], match[2].lower()
        if at < done:
            continue
        if name == "iframe" and (player := PLAYER.match(raw, at)):
            out.append(raw[done : player.end()])
            done = player.end()
            continue
        if not closing and name in closings and (name not in ("script", "style") or raw[at - 1 : at] in ("", "\n")):
            ends = closings[name]
            while ends and ends[-1].end() < at + 5:
                ends.pop()
            if ends:  # the sanitizer would drop it, too
                out.append(raw[done:at])
                done = ends[-1].end()
                inside = raw[at : ends[-1].start()].partition(">")[2]
                if name == "noscript" and inside.count("<") == inside.count(">"):
                    out.append(escape_tags(inside))
                continue
        if closing and opened[name]:
            opened[name] -= 1
        elif name in RAW_TEXT or name in HIDDEN or (name not in HTML_TAGS and ":" not in name):
            out += raw[done:at], "&lt;"
            done = at + 1
        elif not closing and name not in NO_DEPTH:
            if opened.total() < DEEPEST:
                opened[name] += 1
            else:
                out += raw[done:at], "&lt;"
                done = at + 1
    return "".join([*out, raw[done:]]) if out else raw


# What nh3 writes is regular: lower case, double quotes, "<" and '"' escaped.
TAG = re.compile(r'<(/?picture|a|img|video|audio)((?: [^\s=>"]+="[^"]*")*)>')
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
    elif name == "id":
        return None if RESERVED.fullmatch(value) else value
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


def sanitize(cleaner: nh3.Cleaner, raw: str) -> str:
    """Safe HTML. An entity may have brought a character that no format can carry."""
    return clean_text(cleaner.clean(raw))


def parts(attributes: str) -> dict[str, str]:
    return dict(ATTRIBUTE.findall(attributes))


def opening(tag: str, attributes: dict[str, str]) -> str:
    return f"<{tag}" + "".join(f' {name}="{value}"' for name, value in attributes.items()) + ">"
