"""GitHub's callouts: a quote that begins with a line `[!NOTE]`. A title of its own may follow the mark."""

import re
from xml.etree.ElementTree import Element

TITLES = {
    "en": {"note": "Note", "tip": "Tip", "important": "Important", "warning": "Warning", "caution": "Caution"},
    "zh": {"note": "说明", "tip": "提示", "important": "重要", "warning": "警告", "caution": "注意"},
}
"""By the language of the text, not of the reader: they are part of it, in feeds too."""
MARK = re.compile(r"\s*\[!(note|tip|important|warning|caution)\][ \t]*([^\n]*)(?:\n|$)", re.IGNORECASE)


def make_callouts(root: Element, language: str) -> None:
    titles = TITLES.get(language.partition("-")[0], TITLES["en"])
    for quote in root.iter("blockquote"):
        first = quote[0] if len(quote) else None
        if first is None or first.tag != "p" or not (match := MARK.match(first.text or "")):
            continue
        kind, words = match[1].lower(), match[2].strip()
        rest = (first.text or "")[match.end() :]
        if len(first) and match.end() == len(first.text or "") and not (first.text or "").endswith("\n"):
            words, rest = "", words  # what follows on the line is more than plain text: it stays where it is
        title = Element("p", {"class": "callout-title"})
        title.text, title.tail = words or titles[kind], "\n"
        first.text = rest
        if not rest.strip() and not len(first):
            quote.remove(first)
        quote.insert(0, title)
        quote.tag = "div"
        quote.set("class", f"callout callout-{kind}")
