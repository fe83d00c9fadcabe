"""WXR 1.2, the file that WordPress exports and imports: posts, pages, activities, comments, media, terms, authors.

Written as wp-admin/includes/export.php of WordPress 6 writes it: one element to a line, because the importer's fallback
parser (parsers/class-wxr-parser-regex.php) reads lines.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import count
from pathlib import Path
from typing import TextIO
from urllib.parse import urljoin
from xml.sax.saxutils import escape

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from blog.exporters.documents import Document, documents, posts
from blog.exporters.generators import site_url
from blog.models import Comment, Page, Post, Tag, Topic, Upload
from frodo.progress import Progress
from frodo.site_settings import site
from frodo.site_urls import absolute_html
from frodo.text import clean_text

NAMESPACES = {
    "excerpt": "http://wordpress.org/export/1.2/excerpt/",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "wp": "http://wordpress.org/export/1.2/",
}
STATUS = {
    Post.Status.DRAFT: "draft",
    Post.Status.PENDING: "pending",
    Post.Status.SCHEDULED: "future",
    Post.Status.PUBLISHED: "publish",
}
APPROVED = {Comment.State.VISIBLE: "1", Comment.State.PENDING: "0", Comment.State.REMOVED: "trash"}
NO_DATE = "0000-00-00 00:00:00"


def cdata(text: object) -> str:
    return "<![CDATA[" + clean_text(str(text)).replace("]]>", "]]]]><![CDATA[>") + "]]>"


def element(name: str, text: object, attributes: str = "", *, as_cdata: bool = True) -> str:
    content = cdata(text) if as_cdata else escape(clean_text(str(text)))
    return f"<{name}{attributes}>{content}</{name}>\n"


def local(moment: datetime | None) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M:%S") if moment else NO_DATE


def gmt(moment: datetime | None) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if moment else NO_DATE


class Writer:
    def __init__(self, file: TextIO) -> None:
        self.file, self.ids = file, count(1)
        self.attachments: dict[str, int] = {}
        """Ids by the name in media."""
        self.n = self.n_comments = 0

    def write(self, *parts: str) -> None:
        self.file.writelines(parts)

    def channel(self) -> None:
        names = "".join(f'\n\txmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
        self.write('<?xml version="1.0" encoding="UTF-8" ?>\n', f'<rss version="2.0"{names}\n>\n<channel>\n')
        for name, text in (
            ("title", site.SITE_NAME),
            ("link", site_url()),
            ("description", site.SITE_DESCRIPTION),
            ("pubDate", format_datetime(timezone.now())),
            ("language", site.LANGUAGE_CODE),
            ("wp:wxr_version", "1.2"),
            ("wp:base_site_url", site_url()),
            ("wp:base_blog_url", site_url()),
        ):
            self.write(element(name, text, as_cdata=False))
        for user in User.objects.exclude(posts=None).order_by("pk"):
            of_author = {"login": user.username, "email": user.email, "display_name": user.name}
            of_author |= {"first_name": user.first_name, "last_name": user.last_name}
            self.line("wp:author", author_id=user.pk, **{f"author_{key}": value for key, value in of_author.items()})
        for topic in Topic.objects.order_by("pk"):
            fields = {"cat_name": topic.name, "category_description": topic.description}
            number = next(self.ids)
            self.line("wp:category", term_id=number, category_nicename=topic.slug, category_parent="", **fields)
        for tag in Tag.objects.order_by("pk"):
            fields = {"tag_slug": tag.slug, "tag_name": tag.name, "tag_description": tag.description}
            self.line("wp:tag", term_id=next(self.ids), **fields)
        self.write("<generator>https://wordpress.org/?v=6.4</generator>\n")

    def line(self, name: str, **fields: object) -> None:
        """An element with others in it in one line."""
        inner = (element(f"wp:{key}", " ".join(str(value).split())).strip() for key, value in fields.items())
        self.write(f"<{name}>", *inner, f"</{name}>\n")

    def item(self, document: Document) -> None:
        row = document.row
        post = row if isinstance(row, Post) else None
        is_activity = post is not None and post.kind == Post.Kind.ACTIVITY
        url = urljoin(site_url(), row.url)
        status = STATUS[Post.Status(post.status)] if post else "draft" if document.is_draft else "publish"
        if status == "publish" and document.visibility in (Post.Visibility.PRIVATE, Post.Visibility.UNLISTED):
            status = "private"  # WordPress has nothing that is unlisted
        is_protected = document.visibility == Post.Visibility.PASSWORD
        published = None if post and post.published_at is None else document.date
        self.write("<item>\n", element("title", "" if is_activity else row.title))
        self.write(element("link", url, as_cdata=False))
        self.write(element("pubDate", format_datetime(document.date), as_cdata=False))
        self.write(element("dc:creator", post.author.username if post else default_author()))
        self.write(element("guid", url, ' isPermaLink="false"', as_cdata=False), "<description></description>\n")
        self.write(element("content:encoded", absolute_html(document.html, url)))
        self.write(element("excerpt:encoded", post.summary if post else ""))
        self.fields(
            post_id=next(self.ids),
            post_date=local(published or row.created_at),
            post_date_gmt=gmt(published),
            post_modified=local(row.updated_at),
            post_modified_gmt=gmt(row.updated_at),
            comment_status="open" if post and post.comments_open else "closed",
            ping_status="closed",
            post_name=f"activity-{row.pk}" if is_activity else row.slug,
            status=status,
            post_parent=0,
            menu_order=row.menu_order if isinstance(row, Page) else 0,
            post_type="post" if post else "page",
            post_password=post.password if post and is_protected else "",
            is_sticky=int(bool(post and post.pinned)),
        )
        if post:
            self.terms(post, is_activity=is_activity)
            if post.cover and post.cover.name in self.attachments:
                self.meta("_thumbnail_id", self.attachments[post.cover.name])
        for name, value in (
            ("title", row.seo_title),
            ("metadesc", row.seo_description),
            ("canonical", row.canonical_url),
        ):
            if value:
                self.meta(f"_yoast_wpseo_{name}", value)
        for comment in document.comments:
            self.comment(comment)
        self.write("</item>\n")
        self.n += 1

    def fields(self, **fields: object) -> None:
        for name, value in fields.items():
            self.write(element(f"wp:{name}", value, as_cdata=not isinstance(value, int)))

    def terms(self, post: Post, *, is_activity: bool) -> None:
        if post.topic:
            self.write(element("category", post.topic.name, f' domain="category" nicename="{post.topic.slug}"'))
        for tag in sorted(post.tags.all(), key=lambda tag: tag.pk):
            self.write(element("category", tag.name, f' domain="post_tag" nicename="{tag.slug}"'))
        if is_activity:
            self.write(element("category", "Status", ' domain="post_format" nicename="post-format-status"'))

    def meta(self, key: str, value: object) -> None:
        self.write("<wp:postmeta>\n", element("wp:meta_key", key), element("wp:meta_value", value), "</wp:postmeta>\n")

    def comment(self, comment: Comment) -> None:
        self.write("<wp:comment>\n")
        self.fields(
            comment_id=comment.pk,
            comment_author=comment.name,
            comment_author_email=comment.email or (comment.user.email if comment.user else ""),
            comment_author_url=comment.user.url if comment.user else "",
            comment_author_IP="",
            comment_date=local(comment.created_at),
            comment_date_gmt=gmt(comment.created_at),
            comment_content=comment.html,
            comment_approved=APPROVED[Comment.State(comment.state)],
            comment_type="comment",
            comment_parent=comment.parent_id or 0,
            comment_user_id=0,
        )
        self.write("</wp:comment>\n")
        self.n_comments += 1

    def attachment(self, name: str, url: str, moment: datetime, alt: str = "") -> None:
        """WordPress's importer downloads it from `attachment_url`, so the site must still be there."""
        self.attachments[name] = number = next(self.ids)
        title = name.rpartition("/")[2]
        absolute = urljoin(site_url(), url)
        self.write("<item>\n", element("title", title), element("link", absolute, as_cdata=False))
        self.write(element("pubDate", format_datetime(moment), as_cdata=False))
        self.write(element("dc:creator", default_author()))
        self.write(element("guid", absolute, ' isPermaLink="false"', as_cdata=False), "<description></description>\n")
        self.write(element("content:encoded", ""), element("excerpt:encoded", ""))
        self.fields(
            post_id=number,
            post_date=local(moment),
            post_date_gmt=gmt(moment),
            comment_status="closed",
            ping_status="closed",
            post_name=title.rpartition(".")[0],
            status="inherit",
            post_parent=0,
            menu_order=0,
            post_type="attachment",
            post_password="",
            is_sticky=0,
            attachment_url=absolute,
        )
        if alt:
            self.meta("_wp_attachment_image_alt", alt)
        self.write("</item>\n")

    def media(self) -> None:
        for upload in Upload.objects.order_by("pk").iterator(500):
            self.attachment(str(upload.file.name), upload.file.url, upload.created_at, upload.alt)
        for post in Post.threads.exclude(cover="").only("cover", "created_at").order_by("pk").iterator(500):
            if post.cover.name not in self.attachments:
                self.attachment(str(post.cover.name), post.cover.url, post.created_at)


def default_author() -> str:
    user = User.objects.filter(is_staff=True).order_by("pk").first() or User.objects.order_by("pk").first()
    return user.username if user else ""


def all_documents() -> Iterator[Document]:
    yield from documents(all_comments=True)
    rows = Post.threads.filter(kind=Post.Kind.ACTIVITY).select_related("author", "topic")
    yield from posts(rows.prefetch_related("tags", "redirects"), all_comments=True)


def export_wxr(path: Path, progress: Progress) -> str:
    """Write a WXR file. Raises OSError."""
    part = path.with_name(f".{path.name}.part")
    total = Post.threads.count()
    try:
        with part.open("w", encoding="utf-8") as file:
            part.chmod(0o600)  # it has the e-mail addresses of commenters
            writer = Writer(file)
            writer.channel()
            writer.media()
            for document in all_documents():
                progress(_("posts"), writer.n, max(total, writer.n))
                writer.item(document)
            writer.write("</channel>\n</rss>\n")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    numbers = {"n": writer.n, "comments": writer.n_comments, "media": len(writer.attachments)}
    return _("Posts, pages and activities: %(n)d. Comments: %(comments)d. Media files: %(media)d.") % numbers
