"""What others wrote for `markdown` works beside ours, as far as it reads no grammar of its own."""

from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from frodo.markdown.extension import CommonMark
from tests.markdown.plain import fold


class Dates(Preprocessor):
    def run(self, lines):
        return [line.replace("{{year}}", "*2026*") for line in lines]


class Quotes(Treeprocessor):
    def run(self, root):
        for element in root.iter("blockquote"):
            element.set("class", "q")


class Signs(Postprocessor):
    def run(self, text):
        return text.replace("(c)", "©")


class Strange(Extension):
    def extendMarkdown(self, md):
        md.preprocessors.register(Dates(md), "dates", 25)
        md.treeprocessors.register(Quotes(md), "quotes", 10)
        md.postprocessors.register(Signs(md), "signs", 10)


def html(text: str, *others) -> str:
    return fold(Markdown(extensions=[CommonMark(), *others]).convert(text))


def test_their_preprocessors_run():
    assert html("In {{year}}", Strange()) == "<p>In <em>2026</em></p>"


def test_their_tree_and_post_processors_run():
    assert html("> (c)", Strange()) == '<blockquote class="q"><p>©</p></blockquote>'


def test_the_packages_own_extensions_still_load():
    out = html("# A {: #b }\n\n[TOC]", "attr_list", "toc", "smarty", "md_in_html", "admonition", "wikilinks", "meta")

    assert '<h1 id="b">A</h1>' in out
    assert '<li><a href="#b">A</a></li>' in out


def test_one_instance_renders_many_texts():
    md = Markdown(extensions=[CommonMark(notes=True)])

    first = md.reset().convert("[a][b]\n\n[b]: /c")
    second = md.reset().convert("[a][b]")

    assert 'href="/c"' in first
    assert second == "<p>[a][b]</p>"
