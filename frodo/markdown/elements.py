"""A picture with a title, alone in its paragraph, becomes a figure with that title below it."""

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
