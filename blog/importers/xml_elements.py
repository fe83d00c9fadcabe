"""The elements of a large XML file, one at a time, in bounded memory.

No entity is expanded and no DTD is read, so there is nothing to blow up and nothing to fetch (CWE-611, CWE-776).
"""

from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from django.utils.translation import gettext as _

from blog.importers.errors import BrokenFile

CHUNK = 1 << 16
MAX_ELEMENT = 40_000_000
"""Characters of one element with all that is in it."""
MAX_DEPTH = 100
CONTROL = bytes(n for n in range(32) if n not in (9, 10, 13))
"""What XML 1.0 cannot hold and WordPress writes all the same (https://core.trac.wordpress.org/ticket/41574)."""


class Elements:
    """Iterates over (element, line) for each element in `wanted`, such as {"item"}; outer ones are not kept.

    Names are as they are written, with their prefix (`wp:post_id`): exporters always write the usual prefixes, and some
    forget to declare them. Raises BrokenFile.
    """

    def __init__(self, path: Path, wanted: frozenset[str]) -> None:
        self.path, self.wanted = path, wanted
        self.depth = self.size = self.started = self.n_bytes = 0
        self.builder: TreeBuilder | None = None
        self.inner = 0
        self.done: list[tuple[Element, int]] = []
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.data
        self.parser.StartDoctypeDeclHandler = self.doctype

    def __iter__(self) -> Iterator[tuple[Element, int]]:
        with self.path.open("rb") as file:
            wide = file.read(2) in (b"\xff\xfe", b"\xfe\xff")
            file.seek(0)
            while chunk := file.read(CHUNK):
                self.feed(chunk if wide else chunk.translate(None, CONTROL), last=False)
                yield from self.done
                self.done.clear()
        self.feed(b"", last=True)
        yield from self.done

    def feed(self, data: bytes, *, last: bool) -> None:
        try:
            self.parser.Parse(data, last)
        except expat.ExpatError as error:
            raise self.broken(explanation(error.code, self.depth), error.lineno) from error
        except (ValueError, LookupError) as error:  # an encoding of several bytes such as GBK, or an unknown one
            problem = _("Its first line names an encoding that cannot be read. Save it as UTF-8, and name UTF-8 there.")
            raise self.broken(problem) from error
        self.n_bytes += len(data)
        if self.n_bytes - self.parser.CurrentByteIndex > MAX_ELEMENT:  # a tag that does not end
            raise self.too_long()

    def too_long(self) -> BrokenFile:
        problem = _("One entry has more than %(n)d million characters. Remove it from the file.")
        return self.broken(problem % {"n": MAX_ELEMENT // 1_000_000})

    def broken(self, problem: str, line: int | None = None) -> BrokenFile:
        return BrokenFile(self.path.name, self.parser.CurrentLineNumber if line is None else line, problem)

    def doctype(self, *_declaration: object) -> None:
        raise self.broken(_("It has a document type declaration, which no export has. Export the site again."))

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.broken(_("Elements are nested too deeply. Export the site again."))
        if self.builder is None and name in self.wanted:
            self.builder, self.inner, self.size = TreeBuilder(), 0, 0
            self.started = self.parser.CurrentLineNumber
        if self.builder is not None:
            self.inner += 1
            self.builder.start(name, attributes)

    def data(self, text: str) -> None:
        if self.builder is not None:
            self.size += len(text)
            if self.size > MAX_ELEMENT:
                raise self.too_long()
            self.builder.data(text)

    def end(self, name: str) -> None:
        self.depth -= 1
        if self.builder is not None:
            self.inner -= 1
            self.builder.end(name)
            if self.inner == 0:
                self.done.append((self.builder.close(), self.started))
                self.builder = None


def explanation(code: int, depth: int) -> str:
    if code == expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS] and depth == 0:
        return _("The file is empty. Export the site again.")
    cut_off = {
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
    }
    if code in {expat.errors.codes[name] for name in cut_off}:
        return _("The file ends too early: it was cut off on its way here. Copy it again, or export the site again.")
    if code == expat.errors.codes[expat.errors.XML_ERROR_INVALID_TOKEN]:
        return _(
            "A character does not belong there, such as & in place of &amp;, or is not UTF-8. "
            "Fix that line, or export the site again."
        )
    if code == expat.errors.codes[expat.errors.XML_ERROR_UNDEFINED_ENTITY]:
        return _("An entity is not defined. Fix that line, or export the site again.")
    return _("This is not well-formed XML (%(problem)s). Fix that line, or export the site again.") % {
        "problem": expat.errors.messages[code]
    }


def text_of(element: Element, name: str) -> str:
    """The text of a child, without the spaces around it; empty where there is none."""
    return (element.findtext(name) or "").strip()
