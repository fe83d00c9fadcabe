"""Notes at a post's end, numbered as the text refers to them."""

from xml.etree.ElementTree import Element, SubElement

from markdown.util import AtomicString

from .headings import slug

BACK = "↩"


class Footnotes:
    """One document's notes: defined by the blocks, numbered by the inline step."""

    def __init__(self):
        self.notes: dict[str, Element] = {}
        self.numbers: dict[str, int] = {}
        self.references: dict[str, int] = {}
        self.section: Element | None = None

    def define(self, notes: dict[str, Element]) -> None:
        for label, item in notes.items():
            self.notes.setdefault(label, item)

    def append(self, root: Element) -> None:
        """Put the notes where the inline step will find them."""
        if self.notes:
            self.section = SubElement(root, "section", {"class": "footnotes"})
            self.section.text = self.section.tail = "\n"
            self.section.extend(self.notes.values())

    def refer(self, label: str) -> Element | None:
        """A reference in the text; None when there is no such note."""
        if label not in self.notes:
            return None
        number = self.numbers.setdefault(label, len(self.numbers) + 1)
        nth = self.references[label] = self.references.get(label, 0) + 1
        mark = Element("sup", {"class": "footnote-ref", "id": reference_id(label, nth)})
        link = SubElement(mark, "a", {"href": "#" + note_id(label)})
        link.text = AtomicString(str(number))
        return mark

    def finish(self) -> None:
        """Order the notes by number, leave out those nobody refers to, add the ways back."""
        if self.section is None:
            return
        self.section[:] = []
        if not self.numbers:
            self.section.tag, self.section.attrib = "div", {}
            return
        items = SubElement(self.section, "ol")
        items.text = items.tail = "\n"
        for label in self.numbers:
            item = self.notes[label]
            item.set("id", note_id(label))
            item.tail = "\n"
            last = item[-1] if len(item) and item[-1].tag == "p" else SubElement(item, "p")
            for nth in range(1, self.references[label] + 1):
                fallen = last[-1] if len(last) else None
                if fallen is None:
                    last.text = (last.text or "") + " "
                else:
                    fallen.tail = (fallen.tail or "") + " "
                back = SubElement(last, "a", {"class": "footnote-back", "href": "#" + reference_id(label, nth)})
                back.text = AtomicString(BACK)
            items.append(item)


def note_id(label: str) -> str:
    return "fn-" + slug(label)


def reference_id(label: str, nth: int) -> str:
    return f"fnref-{slug(label)}" + (f"-{nth}" if nth > 1 else "")
