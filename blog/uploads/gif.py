"""GIF taken apart and put together again, so that only pictures, palettes and times are left of it.

Pillow would bring frames with palettes of their own to other colours; here the colours stay what they were. Each
frame's pixels are decoded and encoded anew; comments, programs' blocks and whatever hangs on the end fall away.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from PIL import GifImagePlugin, Image

TRAILER = b"\x3b"
EXTENSION, FRAME = 0x21, 0x2C
CONTROL, APPLICATION = 0xF9, 0xFF
LOOP = b"NETSCAPE2.0"
HAS_TABLE, INTERLACED = 0x80, 0x40


class Broken(ValueError):
    pass


@dataclass(frozen=True, slots=True)
class Frame:
    left: int
    top: int
    width: int
    height: int
    table: bytes
    """Its own palette, empty where it uses the common one."""
    is_interlaced: bool
    control: bytes
    """Time, transparent colour and disposal: four bytes, or none."""
    pixels: bytes
    """Compressed, with the first byte that says how."""


@dataclass(frozen=True, slots=True)
class Gif:
    width: int
    height: int
    background: int
    table: bytes
    loops: int | None
    frames: tuple[Frame, ...]

    @property
    def n_pixels(self) -> int:
        """What is decoded to show all of it once."""
        return sum(max(self.width * self.height, frame.width * frame.height) for frame in self.frames)


class Reader:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, n: int) -> bytes:
        found = self.data[self.at : self.at + n]
        if len(found) < n:
            raise Broken
        self.at += n
        return found

    def byte(self) -> int:
        return self.take(1)[0]

    def blocks(self) -> Iterator[bytes]:
        while n := self.byte():
            yield self.take(n)

    def table(self, flags: int) -> bytes:
        return self.take(3 << ((flags & 7) + 1)) if flags & HAS_TABLE else b""


def read(data: bytes, most_frames: int) -> Gif:
    """No pixel is decoded, and of more frames than `most_frames` only one more is read."""
    reader = Reader(data)
    if reader.take(6) not in (b"GIF87a", b"GIF89a"):
        raise Broken
    width, height, flags, background, _ratio = struct.unpack("<HHBBB", reader.take(7))
    table = reader.table(flags)
    frames: list[Frame] = []
    loops, control = None, b""
    while len(frames) <= most_frames:
        # Old programs leave out the end; what is not there hurts nobody once a frame is whole.
        if frames and reader.at >= len(data):
            break
        match reader.byte():
            case 0x3B:
                break
            case 0x21:
                label, blocks = reader.byte(), list(reader.blocks())
                if label == CONTROL and blocks and len(blocks[0]) == 4:
                    control = blocks[0]
                elif label == APPLICATION and len(blocks) > 1 and blocks[0] == LOOP and len(blocks[1]) == 3:
                    loops = int.from_bytes(blocks[1][1:], "little")
            case 0x2C:
                frames.append(frame(reader, control))
                control = b""
            case 0x00:
                pass  # between blocks some programs leave one too many
            case _:
                raise Broken
    if not frames or not width or not height:
        raise Broken
    return Gif(width, height, background, table, loops, tuple(frames))


def frame(reader: Reader, control: bytes) -> Frame:
    left, top, width, height, flags = struct.unpack("<HHHHB", reader.take(9))
    table = reader.table(flags)
    size = reader.take(1)
    return Frame(
        left, top, width, height, table, bool(flags & INTERLACED), control, size + b"".join(packed(reader.blocks()))
    )


def packed(blocks: Iterator[bytes]) -> Iterator[bytes]:
    for block in blocks:
        yield bytes([len(block)]) + block
    yield b"\0"


def write(gif: Gif) -> bytes:
    """Raises Broken where a frame's pixels are not all there."""
    out = bytearray(b"GIF89a")
    out += struct.pack("<HHBBB", gif.width, gif.height, flags_of(gif.table) | 0x70, gif.background, 0) + gif.table
    if gif.loops is not None:
        out += b"\x21\xff\x0b" + LOOP + b"\x03\x01" + gif.loops.to_bytes(2, "little") + b"\0"
    for each in gif.frames:
        if not (each.width and each.height and (each.table or gif.table)):
            raise Broken
        if each.control:
            out += b"\x21\xf9\x04" + bytes([each.control[0] & 0x1F]) + each.control[1:] + b"\0"
        out += struct.pack("<BHHHHB", FRAME, each.left, each.top, each.width, each.height, flags_of(each.table))
        out += each.table + encoded(each)
    return bytes(out + TRAILER)


def flags_of(table: bytes) -> int:
    return HAS_TABLE | ((len(table) // 3).bit_length() - 2) if table else 0


GREY = bytes(value for level in range(256) for value in (level, level, level))


def encoded(frame: Frame) -> bytes:
    """The same pixels, compressed by Pillow: whatever else stood among them is gone."""
    alone = b"GIF89a" + struct.pack("<HHBBB", frame.width, frame.height, 0xF7, 0, 0) + GREY
    flags = INTERLACED if frame.is_interlaced else 0
    alone += struct.pack("<BHHHHB", FRAME, 0, 0, frame.width, frame.height, flags) + frame.pixels + TRAILER
    with Image.open(BytesIO(alone), formats=["GIF"]) as image:
        image.load()
        levels = Image.frombytes("L", image.size, image.tobytes())
    # One image descriptor comes first; ours has the place and the palette.
    _descriptor, *pixels = GifImagePlugin.getdata(levels, interlace=0)
    return b"".join(pixels)
