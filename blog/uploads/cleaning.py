"""A file of anybody's becomes a picture and nothing but a picture.

What it is, its content says. Its size is asked of its head, before a pixel is decoded. Then all pixels are decoded
and encoded anew, turned as the camera was held and brought to sRGB: places, names, comments, profiles, and whatever
hid in the file, are left behind.
"""

import contextlib
import struct
import threading
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from tempfile import TemporaryFile

from django.conf import settings
from PIL import Image, ImageCms, ImageFile, ImageOps, ImageSequence, JpegImagePlugin

from blog.uploads import gif
from blog.uploads.refusals import BrokenImage, Busy, NotAnImage, TooManyFrames, TooManyPixels

ENDINGS = {"jpeg": "jpg", "png": "png", "webp": "webp", "gif": "gif", "avif": "avif"}
"""The kinds of pictures there are, and how names of their files end."""

PATIENCE = 10.0
"""Seconds one picture waits for another: decoded they are a hundred times as large as their files."""
one_at_a_time = threading.Lock()

BROKEN = (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, AttributeError, OverflowError)
"""What Pillow raises on files that are not as they should be; whatever else it is, is ours to mend."""
BROKEN += (zlib.error, struct.error, ArithmeticError, RuntimeError)
BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError)

SCAN, MOST_SCANS = b"\xff\xda", 200
"""A JPEG that comes into view step by step has ten or so. Each goes over all pixels: thousands are a bomb, too."""
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
WEBP_QUALITY, AVIF_QUALITY = 90, 80
JPEG_QUALITY = 92
"""Where a file does not say how it was compressed itself, which JPEGs do."""


@dataclass(frozen=True, slots=True)
class Clean:
    kind: str
    data: bytes
    width: int
    height: int
    n_frames: int = 1

    @property
    def ending(self) -> str:
        return ENDINGS[self.kind]


def kind_of(head: bytes) -> str | None:
    """By the first bytes of a file."""
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


def clean(data: bytes) -> Clean:
    kind = kind_of(data[:16])
    if kind is None:
        raise NotAnImage
    if not one_at_a_time.acquire(timeout=PATIENCE):
        raise Busy
    try:
        return clean_gif(data) if kind == "gif" else clean_other(kind, data)
    except BOMB as error:
        raise TooManyPixels from error
    except BROKEN as error:
        raise BrokenImage from error
    finally:
        one_at_a_time.release()


def look_at_size(width: int, height: int) -> None:
    if width * height > settings.UPLOAD_MAX_MEGAPIXELS * 10**6 or max(width, height) > settings.UPLOAD_MAX_SIDE:
        raise TooManyPixels


def look_at_frames(n_frames: int, n_pixels: int, *, all_at_once: bool = False) -> None:
    """`all_at_once`: they lie in memory together while they are encoded."""
    most = settings.UPLOAD_MAX_MEGAPIXELS if all_at_once else settings.UPLOAD_MAX_ANIMATION_MEGAPIXELS
    if n_frames > settings.UPLOAD_MAX_FRAMES or n_pixels > most * 10**6:
        raise TooManyFrames(most)


def clean_gif(data: bytes) -> Clean:
    found = gif.read(data, settings.UPLOAD_MAX_FRAMES)
    look_at_size(found.width, found.height)
    for frame in found.frames:
        look_at_size(frame.width, frame.height)
    look_at_frames(len(found.frames), found.n_pixels)
    return Clean("gif", gif.write(found), found.width, found.height, len(found.frames))


def clean_other(kind: str, data: bytes) -> Clean:
    if kind == "webp":
        look_at_size(*webp_size(data))  # older Pillows make room for all of it when they open one
    if data.count(SCAN) > MOST_SCANS and kind == "jpeg":
        raise BrokenImage
    with open_as(kind, data) as image:
        look_at_size(*image.size)
        n_frames = 1 if kind == "jpeg" else getattr(image, "n_frames", 1)  # a telephone's JPEG brings along others
        if n_frames > 1:
            look_at_frames(n_frames, n_frames * image.width * image.height, all_at_once=kind == "png")
            return clean_animation(kind, image, OPTIONS[kind](image, data))
        image.load()
        return encode(kind, image, OPTIONS[kind](image, data))


@contextlib.contextmanager
def open_as(kind: str, data: bytes) -> Iterator[ImageFile.ImageFile]:
    """By the decoder of this kind and by no other, whatever the bytes make believe."""
    with Image.open(BytesIO(data), formats=[kind.upper()]) as image:
        yield image


def webp_size(data: bytes) -> tuple[int, int]:
    match data[12:16]:
        case b"VP8X":
            return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
        case b"VP8L":
            bits = int.from_bytes(data[21:25], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 ":
            return int.from_bytes(data[26:28], "little") & 0x3FFF, int.from_bytes(data[28:30], "little") & 0x3FFF
    raise BrokenImage


def encode(kind: str, image: Image.Image, options: dict) -> Clean:
    with contextlib.suppress(*BROKEN):  # a note that cannot be read says nothing about how the camera was held
        ImageOps.exif_transpose(image, in_place=True)
    picture = only_pixels(image)
    if kind == "jpeg" and picture.mode not in ("L", "RGB"):
        picture = picture.convert("RGB")
    # A JPEG is written at one go: into memory, while every other thread waits; into a file, while they run.
    with TemporaryFile() if kind == "jpeg" else BytesIO() as out:
        picture.save(out, kind.upper(), **options)
        out.seek(0)
        return Clean(kind, out.read(), *picture.size)


def jpeg_options(image: Image.Image, data: bytes) -> dict:
    """As it was compressed before: no second loss that could be seen, and no growth."""
    tables = getattr(image, "quantization", None)
    options = {"optimize": True, "progressive": True}
    if not tables or image.mode not in ("L", "RGB") or max(map(max, tables.values())) > 255:
        return options | {"quality": JPEG_QUALITY}
    sampling = JpegImagePlugin.get_sampling(image)
    return options | {"qtables": tables} | ({"subsampling": sampling} if sampling >= 0 else {})


def png_options(image: Image.Image, data: bytes) -> dict:
    return {"compress_level": 4 if is_large(image) else 6}


def webp_options(image: Image.Image, data: bytes) -> dict:
    if b"VP8L" not in webp_chunks(data):
        return {"quality": WEBP_QUALITY, "method": 4}
    return {"lossless": True, **({"method": 1, "quality": 20} if is_large(image) else {"method": 4})}


def avif_options(image: Image.Image, data: bytes) -> dict:
    return {"quality": AVIF_QUALITY, "speed": 8 if is_large(image) else 6, "max_threads": 1}


def is_large(image: Image.Image) -> bool:
    """Somebody waits. Of 12 megapixels, PNG takes 1.5 s so instead of 5, lossless WebP 1.7 instead of 11, AVIF 1.1
    instead of 3.3; the files of photographs grow by 0 to 8 %, and only drawings would lose more.
    """
    return image.width * image.height > 4_000_000


def webp_chunks(data: bytes) -> Iterator[bytes]:
    """Their names; of an animation, those of its frames' outsides."""
    at = 12
    while len(data) > at + 8:
        yield data[at : at + 4]
        at += 8 + (int.from_bytes(data[at + 4 : at + 8], "little") + 1 & ~1)


OPTIONS = {"jpeg": jpeg_options, "png": png_options, "webp": webp_options, "avif": avif_options}


def only_pixels(image: Image.Image) -> Image.Image:
    """In sRGB, and knowing nothing of where it comes from but which colour of a palette is none."""
    profile = image.info.get("icc_profile")
    kept = {name: image.info[name] for name in ("transparency",) if name in image.info}
    image.info = kept
    return in_srgb(image, profile) if profile else image


def in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """A profile that cannot be read, or does not fit the pixels, says nothing about them."""
    mode = image.mode
    if mode in ("P", "RGB", "PA", "LA"):
        mode = "RGBA" if image.has_transparency_data else "RGB"
    if mode not in ("L", "RGB", "RGBA", "CMYK"):
        return image
    try:
        found = ImageCms.ImageCmsProfile(BytesIO(profile))
        if "srgb" in ImageCms.getProfileDescription(found).lower():
            return image
        source = image if image.mode == mode else image.convert(mode)
        become = "RGBA" if mode == "RGBA" else "RGB"
        turned = ImageCms.profileToProfile(source, found, SRGB, outputMode=become)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image
    turned.info.pop("icc_profile", None)
    return turned.convert("L") if mode == "L" else turned


def clean_animation(kind: str, image: ImageFile.ImageFile, options: dict) -> Clean:
    durations = []
    for frame in ImageSequence.Iterator(image):
        frame.load()
        durations.append(max(0, int(frame.info.get("duration", 0))))
    out = BytesIO()
    options = {"loop": image.info.get("loop", 0), "icc_profile": None, **ANIMATED.get(kind, {}), **options}
    image.save(out, kind.upper(), save_all=True, duration=durations, **options)
    return Clean(kind, out.getvalue(), *image.size, n_frames=len(durations))


ANIMATED = {"png": {"default_image": False, "disposal": 0, "blend": 0}}
"""As Pillow gives the frames: each one whole."""
