"""Re-encode an uploaded file, so that it is an image and nothing else.

The format is detected by content, the size read from the header before decoding. All pixels are decoded and encoded
anew, rotated by EXIF orientation and converted to sRGB. Metadata (location, names, comments, profiles) is dropped.
"""

import contextlib
import struct
import threading
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from tempfile import TemporaryFile
from typing import Any

from django.conf import settings
from PIL import Image, ImageCms, ImageFile, ImageOps, ImageSequence, JpegImagePlugin

from blog.media.errors import BrokenImage, Busy, NotAnImage, TooManyFrames, TooManyPixels
from frodo.images import EXTENSIONS, kind_of

PATIENCE = 10.0
"""Seconds one image waits for another: decoded they need a hundred times the file size."""
one_at_a_time = threading.Lock()

BROKEN: tuple[type[Exception], ...] = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    AttributeError,
    OverflowError,
)
"""What Pillow raises for broken files."""
BROKEN += (zlib.error, struct.error, ArithmeticError, RuntimeError)
BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError)

SCAN, MOST_SCANS = b"\xff\xda", 200
"""Maximum scans of a progressive JPEG; usual files have about ten, thousands are a bomb."""
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
WEBP_QUALITY, AVIF_QUALITY = 90, 80
JPEG_QUALITY = 92
"""Quality if the file does not tell its own, as JPEG does."""


@dataclass(frozen=True, slots=True)
class Clean:
    kind: str
    data: bytes
    width: int
    height: int
    n_frames: int = 1

    @property
    def ending(self) -> str:
        return EXTENSIONS[self.kind]


def clean(data: bytes) -> Clean:
    kind = kind_of(data[:16])
    if kind is None:
        raise NotAnImage
    if not one_at_a_time.acquire(timeout=PATIENCE):
        raise Busy
    try:
        return encode_anew(kind, data)
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
    """`all_at_once`: frames are in memory together during encoding."""
    most = settings.UPLOAD_MAX_MEGAPIXELS if all_at_once else settings.UPLOAD_MAX_ANIMATION_MEGAPIXELS
    if n_frames > settings.UPLOAD_MAX_FRAMES or n_pixels > most * 10**6:
        raise TooManyFrames(most)


def encode_anew(kind: str, data: bytes) -> Clean:
    if kind == "webp":
        look_at_size(*webp_size(data))  # older Pillows make room for all of it when they open one
    if data.count(SCAN) > MOST_SCANS and kind == "jpeg":
        raise BrokenImage
    with open_as(kind, data) as image:
        look_at_size(*image.size)
        n_frames = 1 if kind == "jpeg" else getattr(image, "n_frames", 1)  # a telephone's JPEG brings along others
        if n_frames > 1:
            look_at_frames(n_frames, n_frames * image.width * image.height, all_at_once=kind in ("png", "gif"))
            return clean_animation(kind, image, OPTIONS[kind](image, data))
        image.load()
        return encode(kind, image, OPTIONS[kind](image, data))


@contextlib.contextmanager
def open_as(kind: str, data: bytes) -> Iterator[ImageFile.ImageFile]:
    """Open with the decoder of this format only."""
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
    """Same compression as before: no visible second loss, no growth."""
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
    """Fast settings, since the uploader waits. For 12 megapixels PNG takes 1.5 s instead of 5, lossless WebP 1.7
    instead of 11, AVIF 1.1 instead of 3.3; photographs grow by 0 to 8 %.
    """
    return image.width * image.height > 4_000_000


def webp_chunks(data: bytes) -> Iterator[bytes]:
    """Their names; of an animation, those of its frames' outsides."""
    at = 12
    while len(data) > at + 8:
        yield data[at : at + 4]
        at += 8 + (int.from_bytes(data[at + 4 : at + 8], "little") + 1 & ~1)


def gif_options(image: Image.Image, data: bytes) -> dict:
    return {"optimize": False, "comment": b""}


OPTIONS = {"gif": gif_options, "jpeg": jpeg_options, "png": png_options, "webp": webp_options, "avif": avif_options}


def only_pixels(image: Image.Image) -> Image.Image:
    """Convert to sRGB and drop all metadata except a palette's transparency."""
    profile = image.info.get("icc_profile")
    kept: dict[str | tuple[int, int], Any] = {
        name: image.info[name] for name in ("transparency",) if name in image.info
    }
    image.info = kept
    return in_srgb(image, profile) if profile else image


def in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Ignore a profile that is unreadable or does not fit the pixels."""
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
    if turned is None:  # Pillow's answer for a change in place, which was not asked for
        return image
    turned.info.pop("icc_profile", None)
    return turned.convert("L") if mode == "L" else turned


def clean_animation(kind: str, image: ImageFile.ImageFile, options: dict) -> Clean:
    durations = []
    for frame in ImageSequence.Iterator(image):
        frame.load()
        durations.append(max(0, int(frame.info.get("duration", 0))))
    out = BytesIO()
    loop = {"loop": image.info["loop"]} if "loop" in image.info else {}
    options = {**loop, "icc_profile": None, **ANIMATED.get(kind, {}), **options}
    image.save(out, kind.upper(), save_all=True, duration=durations, **options)
    return Clean(kind, out.getvalue(), *image.size, n_frames=len(durations))


ANIMATED = {"png": {"default_image": False, "disposal": 0, "blend": 0}}
"""As Pillow gives the frames: each one whole."""
