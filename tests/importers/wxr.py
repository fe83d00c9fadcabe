"""WordPress export files, written for one test."""

from pathlib import Path
from xml.sax.saxutils import escape

HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
  xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>Tea</title><link>https://tea.example.org</link>
<wp:wxr_version>1.2</wp:wxr_version><wp:base_blog_url>https://tea.example.org</wp:base_blog_url>
<wp:author><wp:author_id>7</wp:author_id><wp:author_login>luyu</wp:author_login>
<wp:author_email>lu@example.org</wp:author_email><wp:author_display_name>陆羽</wp:author_display_name></wp:author>
"""


def category(slug: str, name: str, parent: str = "") -> str:
    return (
        f"<wp:category><wp:category_nicename>{slug}</wp:category_nicename><wp:category_parent>{parent}"
        f"</wp:category_parent><wp:cat_name><![CDATA[{name}]]></wp:cat_name></wp:category>"
    )


def item(text: str = "", inside: str = "", *, number: int = 12, title: str = "Green tea", **fields) -> str:
    """`fields` are elements in `wp:`; `creator` and `link` are those of RSS, `excerpt` its own."""
    fields = {"post_type": "post", "status": "publish", "post_date_gmt": "2019-01-02 03:04:05"} | fields
    creator, link = fields.pop("creator", "luyu"), fields.pop("link", f"https://tea.example.org/2019/01/tea-{number}/")
    excerpt = fields.pop("excerpt", "")
    wp = "".join(f"<wp:{name}><![CDATA[{value}]]></wp:{name}>" for name, value in fields.items())
    return (
        f"<item><title>{escape(title)}</title><link>{escape(link)}</link><dc:creator>{creator}</dc:creator>"
        f"<content:encoded><![CDATA[{text}]]></content:encoded><excerpt:encoded><![CDATA[{excerpt}]]></excerpt:encoded>"
        f"<wp:post_id>{number}</wp:post_id>{wp}{inside}</item>"
    )


def meta(key: str, value: str) -> str:
    return f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value>{value}</wp:meta_value></wp:postmeta>"


def attachment(number: int, url: str, alt: str = "") -> str:
    return item(
        "",
        meta("_wp_attachment_image_alt", alt),
        number=number,
        post_type="attachment",
        status="inherit",
        attachment_url=url,
        post_parent=12,
    )


def comment(number: int, text: str = "Lovely.", **fields) -> str:
    fields = {
        "comment_id": number,
        "comment_author": "Bob",
        "comment_author_email": "bob@example.org",
        "comment_date_gmt": f"2019-02-03 04:{number % 60:02}:00",
        "comment_approved": 1,
        "comment_parent": 0,
        "comment_user_id": 0,
    } | fields
    rows = "".join(f"<wp:{name}>{value}</wp:{name}>" for name, value in fields.items())
    return f"<wp:comment>{rows}<wp:comment_content><![CDATA[{text}]]></wp:comment_content></wp:comment>"


def export(folder: Path, *parts: str, name: str = "tea.xml") -> Path:
    path = folder / name
    path.write_text(HEAD + "".join(parts) + "</channel></rss>", encoding="utf-8")
    return path
