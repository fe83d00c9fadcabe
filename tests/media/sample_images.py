"""Pictures for tests, made when they are asked for."""

import random
import struct
import zlib
from io import BytesIO

from PIL import Image


def noise(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """Soft clouds: compresses about as a photograph does."""
    bands = len(Image.new(mode, (1, 1)).getbands())
    small = (max(2, width // 8), max(2, height // 8))
    dice = random.Random(7)
    image = Image.frombytes(mode, small, dice.randbytes(small[0] * small[1] * bands))
    return image.resize((width, height), Image.Resampling.BICUBIC)


def saved(image: Image.Image, kind: str, **options) -> bytes:
    out = BytesIO()
    image.save(out, kind.upper(), **options)
    return out.getvalue()


def picture(kind: str = "png", width: int = 40, height: int = 30, **options) -> bytes:
    return saved(noise(width, height), kind, **options)


def animation(kind: str, n: int = 3, width: int = 20, height: int = 10) -> bytes:
    colours = [(200, 30, 30), (30, 200, 30), (30, 30, 200), (200, 200, 30)]
    frames = [Image.new("RGB", (width, height), colours[i % 4]) for i in range(n)]
    return saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=70, loop=2)


def opened(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_of(width: int, height: int, packed: bytes = b"") -> bytes:
    """Its head says so, whatever the pixels are."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """A whole and valid PNG of black alone: 2.7 GB when decoded, in 2.6 MB."""
    n, step = height * (1 + width * 3), 1 << 20
    packer = zlib.compressobj(9, wbits=-15)
    block = packer.compress(bytes(step)) + packer.flush(zlib.Z_FULL_FLUSH)
    last = zlib.compressobj(9, wbits=-15)
    rest = last.compress(bytes(n % step)) + last.flush()
    checksum = struct.pack(">I", (n % 65521) << 16 | 1)
    return png_of(width, height, packed=b"\x78\xda" + block * (n // step) + rest + checksum)


def tiny_gif(n_frames: int) -> bytes:
    """Of one pixel each."""
    head = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    frame = b"\x21\xf9\x04\x00\x01\x00\x00\x00" + b"\x2c\0\0\0\0\x01\0\x01\0\0" + b"\x02\x02\x44\x01\x00"
    return head + frame * n_frames + b"\x3b"


def exif_with_place(orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = "Taken at home by Ann"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 12.0, 33.0), 3: "E", 4: (13.0, 24.0, 11.0)})
    exif.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0secret comment"
    return exif.tobytes()


def wide_profile() -> bytes:
    """An ICC profile of Display P3's colours: what is plain red there, sRGB has not."""

    def xyz(*values: float) -> bytes:
        return b"XYZ \0\0\0\0" + struct.pack(">iii", *(round(value * 65536) for value in values))

    text = b"Wide colours\0"
    gamma = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(2.2 * 256)) + b"\0\0"
    described = b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + bytes(78)
    tags = {
        b"desc": described + bytes(-len(described) % 4),
        b"wtpt": xyz(0.9642, 1, 0.8249),
        b"rXYZ": xyz(0.5151, 0.2412, -0.0011),
        b"gXYZ": xyz(0.2919, 0.6922, 0.0419),
        b"bXYZ": xyz(0.1572, 0.0666, 0.7841),
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), gamma),
    }
    at, table, body = 128 + 4 + 12 * len(tags), b"", b""
    for name, data in tags.items():
        table += name + struct.pack(">II", at + len(body), len(data))
        body += data
    head = struct.pack(">I4sI4s4s4s", at + len(body), b"lcms", 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    head += struct.pack(">6H4s", 2026, 1, 1, 0, 0, 0, b"acsp")
    head = head.ljust(68, b"\0") + struct.pack(">iii", 63190, 65536, 54061)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body
