"""The picture that stands for a post, under the many names that themes give it."""

from blog.transfer import fields
from blog.transfer.pictures import NAME, Frame, urlsplit_path

KEYS = (
    "cover", "cover_image", "coverimage", "featured_image", "featuredimage", "feature_image", "featureimage",
    "image", "images", "thumbnail", "banner", "banner_img", "index_img", "header_img", "headerimg", "top_img", "img",
    "photo", "og_image", "header",
)  # fmt: skip
INSIDE = ("image", "path", "src", "url", "relative_path", "teaser", "overlay_image", "feature")


def cover_of(data: dict, frame: Frame) -> tuple[str, str]:
    """A name in media, or else an address on another host."""
    link = ""
    for address in named(data):
        if address.startswith("//"):
            address = "https:" + address
        if address.startswith(("http://", "https://")):
            link = link or (address if len(address) <= 500 and not set(address) & set(" <>\"'") else "")
        elif name := frame.name(address):
            return name, ""
    return "", link


def named(data: dict):
    for key in KEYS:
        value = fields.first(data, key)
        if isinstance(value, dict):
            value = fields.first(value, *INSIDE)
        if isinstance(value, list):
            value = next((item for item in value if isinstance(item, str)), None)
        if isinstance(value, str) and (NAME.search(urlsplit_path(value)) or value.startswith(("http", "//", "/"))):
            yield value.strip()
