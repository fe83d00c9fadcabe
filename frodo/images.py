"""The kinds of images that are accepted, and how a file is recognised as one."""

EXTENSIONS = {"jpeg": "jpg", "png": "png", "webp": "webp", "gif": "gif", "avif": "avif"}
MEDIA_TYPES = tuple(f"image/{kind}" for kind in EXTENSIONS)


def kind_of(head: bytes) -> str | None:
    """A key of EXTENSIONS by the first 12 bytes of a file (WHATWG MIME Sniffing, section 6.1), or None."""
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp" and head[8:12] in (b"avif", b"avis", b"mif1", b"msf1"):
        return "avif"
    return None
