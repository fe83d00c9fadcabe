"""Figures, tasks with labels and callouts, made of the elements that Markdown gives.

A picture with a title, alone in its paragraph, becomes a figure with that title below it. GitHub's callout is a quote
that begins with a line `[!NOTE]`; a title of its own may follow the mark.
"""

import re
from xml.etree.ElementTree import Element, SubElement


def frame(root: Element) -> None:
    for paragraph in root.iter("p"):
        if len(paragraph) != 1 or (paragraph.text or "").strip():
            continue
        child = paragraph[0]
        image = child[0] if child.tag == "a" and len(child) == 1 and not (child.text or "").strip() else child
        if image.tag != "img" or not image.get("title") or (child.tail or "").strip() or (image.tail or "").strip():
            continue
        paragraph.tag = "figure"
        caption = SubElement(paragraph, "figcaption")
        caption.text = image.attrib.pop("title")


PHRASING = frozenset(("a", "br", "code", "del", "em", "img", "kbd", "math", "span", "strong", "sup"))


def label_tasks(root: Element) -> None:
    for item in root.iter("li"):
        if item.get("class") == "task" and len(item) and item[0].tag == "input":
            label_task(item)


def label_task(item: Element) -> None:
    box = item[0]
    if len(item) > 1 and item[1].tag == "p" and not (box.tail or "").strip():  # the list is loose
        paragraph = item[1]
        item.remove(box)
        box.tail, paragraph.text = " " + (paragraph.text or ""), None
        wrap(paragraph, [box, *paragraph])
        return
    end = next((n for n, child in enumerate(item) if child is not box and child.tag not in PHRASING), len(item))
    wrap(item, list(item[:end]))


def wrap(parent: Element, children: list[Element]) -> None:
    """Put the children, which are the parent's first, into a label."""
    label = Element("label")
    rest = [child for child in parent if child not in children]
    label[:], parent[:] = children, [label, *rest]


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
