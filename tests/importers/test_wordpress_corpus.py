"""Real exports of WordPress, counted by another reader."""

import pytest
from django.core.management import CommandError
from lxml import etree

from blog.models import Comment, Page, Post
from tests.importers.test_corpus import CORPUS

FILES = sorted(path for path in (CORPUS / "wxr").rglob("*") if path.suffix in (".xml", ".wxr"))
BROKEN = {
    "wxr_malformed.xml",
    "sample.xml",
    "sample-no-slug.xml",
    "attachments-only.xml",
    "wxr_attachment_variants.xml",
    "wxr_code_pre_blockquote.xml",
    "wxr_image_caption_gallery.xml",
}
"""Not well-formed, with `&` in a URL or a title, or a CDATA section that does not end."""


def counted(path) -> tuple[int, int, int]:
    """Posts, pages and comments, as lxml sees them; prefixes that the file forgets to declare are a part of names."""
    parser = etree.XMLParser(recover=path.name not in BROKEN, resolve_entities=False)
    root = etree.fromstring(path.read_bytes(), parser)

    def text_of(element, name):
        found = element.xpath(f"*[local-name()='{name}' or local-name()='wp:{name}']/text()")
        return "".join(found).strip()

    items = [item for item in root.iter("item") if text_of(item, "status") not in ("trash", "auto-draft")]
    kinds = [text_of(item, "post_type") or "post" for item in items]
    shown = [item for item, kind in zip(items, kinds, strict=True) if kind in ("post", "page")]
    comments = [
        comment
        for item in shown
        for comment in item.xpath("*[local-name()='comment']")
        if text_of(comment, "comment_type") in ("", "comment") and text_of(comment, "comment_approved") != "spam"
    ]
    return kinds.count("post"), kinds.count("page"), len(comments)


SLOW = {"wxr_many_small.xml"}
PARAMETERS = [pytest.param(path, marks=pytest.mark.quality if path.name in SLOW else ()) for path in FILES]


@pytest.mark.parametrize("path", PARAMETERS, ids=lambda path: path.name)
def test_every_export_is_imported_whole_or_refused_with_its_line(run, client, path):
    if path.name in BROKEN:
        with pytest.raises(etree.XMLSyntaxError):
            counted(path)
        with pytest.raises(CommandError, match=rf"{path.name}, line \d+: "):
            run(path)
        assert not Post.objects.exists()
        return
    dry = run(path, "--dry-run")

    output = run(path)

    assert dry.replace("Dry run: nothing has been changed.\n", "") == output
    assert (Post.objects.count(), Page.objects.count(), Comment.objects.count()) == counted(path)
    assert output["created"] == output["posts and pages found"] == Post.objects.count() + Page.objects.count()
    for entry in (*Post.objects.published()[:20], *Page.objects.published()):
        assert client.get(entry.url).status_code == 200, entry.origin
    again = run(path)
    assert (again["unchanged"], again["created"], again["updated"]) == (output["created"], 0, 0)
