"""What others wrote for `markdown` works beside ours."""

from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor, SimpleTagInlineProcessor
from markdown.postprocessors import Postprocessor
from markdown.treeprocessors import Treeprocessor

from frodo.markdown.extension import CommonMark

from .plain import fold


class Mention(InlineProcessor):
    def handleMatch(self, m, data):
        link = Element("a", href="/u/" + m[1])
        link.text = "*" + m[1] + "*"
        return link, m.start(0), m.end(0)


class Note(BlockProcessor):
    def test(self, parent, block):
        return block.startswith("!note ")

    def run(self, parent, blocks):
        aside = Element("aside")
        parent.append(aside)
        self.parser.parseChunk(aside, blocks.pop(0).removeprefix("!note "))


class Quotes(Treeprocessor):
    def run(self, root):
        for element in root.iter("blockquote"):
            element.set("class", "q")


class Signs(Postprocessor):
    def run(self, text):
        return text.replace("(c)", "©")


class Strange(Extension):
    def extendMarkdown(self, md):
        md.inlinePatterns.register(Mention(r"@(\w+)", md), "mention", 75)
        md.inlinePatterns.register(SimpleTagInlineProcessor(r"(\+\+)(.+?)\+\+", "ins"), "ins", 70)
        md.parser.blockprocessors.register(Note(md.parser), "note", 75)
        md.treeprocessors.register(Quotes(md), "quotes", 10)
        md.postprocessors.register(Signs(md), "signs", 10)


def html(text: str, *others) -> str:
    return fold(Markdown(extensions=[CommonMark(), *others]).convert(text))


def test_a_pattern_of_theirs_takes_part():
    assert html("- hi @ann, `@bob` ++x++", Strange()) == (
        '<ul><li>hi <a href="/u/ann"><em>ann</em></a>, <code>@bob</code> <ins>x</ins></li></ul>'
    )


def test_a_block_processor_of_theirs_is_offered_paragraphs():
    assert html("a\n\n!note *b*\n\nc", Strange()) == "<p>a</p><aside><p><em>b</em></p></aside><p>c</p>"


def test_their_tree_and_post_processors_run():
    assert html("> (c)", Strange()) == '<blockquote class="q"><p>©</p></blockquote>'


def test_the_packages_own_extensions_still_load():
    out = html(
        "# A {#b}\n\nThe HTML of it\n\n*[HTML]: Hyper Text",
        "attr_list",
        "abbr",
        "toc",
        "smarty",
        "md_in_html",
        "admonition",
        "wikilinks",
        "meta",
    )

    assert '<h1 id="b">A</h1>' in out
    assert '<abbr title="Hyper Text">HTML</abbr>' in out


def test_one_instance_renders_many_texts():
    md = Markdown(extensions=[CommonMark(notes=True)])

    first = md.reset().convert("[a][b]\n\n[b]: /c")
    second = md.reset().convert("[a][b]")

    assert 'href="/c"' in first
    assert second == "<p>[a][b]</p>"
