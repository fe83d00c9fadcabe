"""Images that other sites show with a link to a post without a cover (`og:image`): its title in the site's colours.

Background jobs draw them. The file's name depends on all that is drawn, so a changed title gets a new URL.
"""

import hashlib
import logging
import re
import time
import unicodedata
from bisect import bisect_right
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from PIL import Image, ImageDraw, ImageFont

from blog.cache_purging import purge_pages
from blog.posts.models import Post
from blog.posts.querysets import UNPUBLISHED
from frodo import jobs
from frodo.site_settings import colors, site

logger = logging.getLogger(__name__)

SIZE = WIDTH, HEIGHT = 1200, 630
MARGIN = 90
LINE = WIDTH - 2 * MARGIN
SIZES = range(92, 43, -6)
MAX_LINES = 5
DESIGN = 2
"""Version of the drawing."""
ACCENT = "#1d6b45"
"""`--accent` of static/css/site.css."""
MAX_POSTS = 500
"""Posts that one run updates, the newest first."""
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts", "/Library/Fonts")
HAN_FONTS = (
    *("NotoSansCJK-Bold", "NotoSansCJKsc-Bold", "SourceHanSansSC-Bold", "SourceHanSansCN-Bold", "NotoSansSC-Bold"),
    *("NotoSansCJK-Medium", "NotoSansCJK-Regular", "NotoSansSC", "NotoSerifCJK-Bold", "PingFang", "Hiragino Sans GB"),
    *("msyhbd", "wqy-microhei", "wqy-zenhei", "DroidSansFallbackFull", "DroidSansFallback"),
)
HAN = re.compile(r"[\u2e80-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]")
WORD = re.compile(rf"\s+|{HAN.pattern}|[^\s{HAN.pattern[1:-1]}]+")
NEVER_FIRST = "，。、；：？！）】》」』”’…—,.;:?!)]}"
"""Punctuation that must not begin a line."""

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def post_saved(instance: Post, **signal: Any) -> None:
    if is_outdated(instance):
        jobs.enqueue("draw_share_image", instance.pk, post=instance.pk)


def settings_saved(**signal: Any) -> None:
    jobs.enqueue("draw_share_images", "")


def post_deleted(instance: Post, **signal: Any) -> None:
    if name := instance.share_image:
        transaction.on_commit(lambda: default_storage.delete(name))


def name_for(post: Post) -> str:
    """File name of the image; empty for a post with a cover, and for one that not everyone may read, since whoever
    guesses its title can compute the name.
    """
    if post.kind != Post.Kind.POST or post.status in UNPUBLISHED or not post.is_open or post.cover or post.cover_link:
        return ""
    drawn = "\n".join((str(DESIGN), post.title, site.SITE_NAME, site.ACCENT_COLOR))
    return f"share/{post.pk}-{hashlib.sha256(drawn.encode()).hexdigest()[:16]}.png"


def is_outdated(post: Post) -> bool:
    return post.share_image != name_for(post)


def draw_share_image(post: int) -> None:
    row = Post.threads.filter(pk=post).defer("text", "html", "plain").first()
    if row is not None and is_outdated(row):
        update_image(row)


def draw_share_images() -> None:
    for post in Post.objects.published().newest().for_list()[:MAX_POSTS]:
        if is_outdated(post):
            began = time.monotonic()
            update_image(post)
            time.sleep(time.monotonic() - began)  # the same process answers readers meanwhile


def update_image(post: Post) -> None:
    """Draw the image, or none for a post with a cover; then delete the old one."""
    old, name = post.share_image, name_for(post)
    if name:
        image = draw(post.title, site.SITE_NAME, site.ACCENT_COLOR or ACCENT)
        if image is None:
            return
        if not default_storage.exists(name):
            default_storage.save(name, ContentFile(image))
    with transaction.atomic():
        Post.threads.filter(pk=post.pk, share_image=old).update(share_image=name)
        purge_pages(post.pk)
    if old:
        default_storage.delete(old)


def draw(title: str, site_name: str, color: str) -> bytes | None:
    """A PNG; None where no font of this system has the title's characters."""
    title, site_name = without_symbols(title), without_symbols(site_name)
    if HAN.search(title + site_name) and han_font() is None:
        logger.warning("Share images: no font with Chinese characters was found; set SHARE_IMAGE_FONT.")
        return None
    image = Image.new("RGB", SIZE, color)
    canvas, ink = ImageDraw.Draw(image), colors.text_on(color)
    for size in SIZES:
        font = load_font(size, title)
        lines = wrap_text(title, font)
        if len(lines) <= MAX_LINES and len(lines) * size * 1.3 <= HEIGHT - 2 * MARGIN - 80:
            break
    max_lines = int((HEIGHT - 2 * MARGIN - 80) / (size * 1.3))
    if len(lines) > max_lines:
        lines = [*lines[: max_lines - 1], lines[max_lines - 1][:-1] + "…"]
    for n, line in enumerate(lines):
        canvas.text((MARGIN, MARGIN - 12 + n * size * 1.3), line, font=font, fill=ink)
    canvas.line((MARGIN, HEIGHT - MARGIN - 56, MARGIN + 96, HEIGHT - MARGIN - 56), fill=ink, width=6)
    font = load_font(34, site_name)
    if font.getlength(site_name) > LINE:
        site_name = site_name[: n_fitting(site_name, font) - 2].rstrip() + "…"
    canvas.text((MARGIN, HEIGHT - MARGIN - 36), site_name, font=font, fill=ink)
    file = BytesIO()
    image.quantize(64).save(file, "PNG", optimize=True)
    return file.getvalue()


def without_symbols(text: str) -> str:
    """Without emoji and other symbols, which text fonts do not have."""
    return " ".join("".join(c for c in text if unicodedata.category(c) not in ("So", "Cs", "Co", "Cn", "Mn")).split())


def wrap_text(text: str, font: Font) -> list[str]:
    """Break into lines between words and between Chinese characters, and a word that is longer than a line within."""
    lines = [""]
    for word in WORD.findall(text):
        if font.getlength(lines[-1] + word) <= LINE or word in NEVER_FIRST:
            lines[-1] += word
            continue
        lines[-1] = lines[-1].rstrip()
        lines.append(word.lstrip())
        while font.getlength(lines[-1]) > LINE:
            n = n_fitting(lines[-1], font)
            lines[-1:] = [lines[-1][:n], lines[-1][n:]]
    return [line for line in lines if line] or [""]


def n_fitting(text: str, font: Font) -> int:
    """How many characters fit into a line, at least one."""
    return max(1, bisect_right(range(1, len(text) + 1), float(LINE), key=lambda n: float(font.getlength(text[:n]))))


def load_font(size: int, text: str) -> Font:
    path = han_font()
    if path is None:
        return ImageFont.load_default(size)  # Latin letters, part of Pillow
    return open_font(path, size)


@lru_cache(maxsize=32)
def open_font(path: str, size: int) -> ImageFont.FreeTypeFont:
    """Open a font; of a collection, the one for simplified Chinese."""
    fonts = []
    for index in range(12):
        try:
            fonts.append(ImageFont.truetype(path, size, index))
        except OSError:
            break
    return next((font for font in fonts if (font.getname()[0] or "").endswith("SC")), fonts[0])


@lru_cache(maxsize=1)
def han_font() -> str | None:
    if settings.SHARE_IMAGE_FONT:
        return settings.SHARE_IMAGE_FONT
    folders = [Path(folder).expanduser() for folder in FONT_FOLDERS]
    files = [path for folder in folders if folder.is_dir() for path in folder.rglob("*.[to]t[fc]")]
    by_name = {path.stem: str(path) for path in files}
    return next((by_name[name] for name in HAN_FONTS if name in by_name), None)
