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
