"""Files that are not what they seem, and what becomes of them."""

import contextlib
import re
import struct
import tracemalloc
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from blog.media.errors import BrokenImage, NotAnImage, TooManyFrames, TooManyPixels
from blog.media.services import store
from blog.models import Upload
from tests.media.sample_images import animation, bomb, chunk, noise, opened, picture, png_of, saved, tiny_gif
from tests.server import ROOT

pytestmark = pytest.mark.django_db

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(document.cookie)</script></svg>'
SCRIPT = b"<script>alert(1)</script>"
PHP = b"<?php system($_GET['c']); ?>"


def kept(data: bytes, ann) -> bytes:
    with store(data, user=ann).file.open() as file:
        return file.read()


def zip_tail() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("evil.html", SCRIPT)
    return out.getvalue()


@pytest.mark.parametrize("name", ["x.svg", "x.png", "x.jpg", "x.svg.png"])
@pytest.mark.parametrize("head", [b"", b'<?xml version="1.0"?>\n', b"\xef\xbb\xbf", b"<!-- GIF89a -->", b"\x89PNG"])
def test_a_drawing_with_a_script_is_none_whatever_its_name(ann, name, head):
    with pytest.raises(NotAnImage):
        store(head + SVG, user=ann, name=name)


@pytest.mark.parametrize("kind", ["jpeg", "png", "gif", "webp", "avif"])
@pytest.mark.parametrize("tail", [SCRIPT, PHP, zip_tail(), b"%PDF-1.4 evil"], ids=["html", "php", "zip", "pdf"])
def test_what_hangs_on_the_end_falls_away(ann, kind, tail):
    data = kept(picture(kind) + tail, ann)

    assert tail not in data
    assert not zipfile.is_zipfile(BytesIO(data))
    assert opened(data).size == (40, 30)


@pytest.mark.parametrize("kind", ["gif", "webp", "png"])
def test_what_hangs_on_an_animation_falls_away(ann, kind):
    assert PHP not in kept(animation(kind) + PHP, ann)


def test_a_gif_that_is_a_script_too(ann):
    """`GIF89a/*...*/=1;alert(1)` runs where it is taken for JavaScript."""
    gif = bytearray(saved(Image.new("P", (0x2A2F, 1)), "gif"))
    assert gif[6:8] == b"/*"
    evil = b"*/=1;alert(1);/*"
    comment = b"\x21\xfe" + bytes([len(evil)]) + evil + b"\0"
    at = 13 + (3 << ((gif[10] & 7) + 1) if gif[10] & 0x80 else 0)
    program = b"\x21\xff\x0bXMP DataXMP" + bytes([len(evil)]) + evil + b"\0"

    data = kept(bytes(gif[:at]) + comment + program + bytes(gif[at:]) + b"*/=1;alert(1);", ann)

    assert b"alert" not in data
    assert b"*/" not in data


def test_what_hides_among_a_gifs_pixels(ann):
    gif = saved(noise(20, 20).quantize(16), "gif")
    end = gif.rindex(b"\0\x3b")
    hidden = gif[:end] + bytes([len(PHP)]) + PHP + gif[end:]
    assert opened(hidden)

    assert PHP not in kept(hidden, ann)


def test_pngs_with_words_of_their_own(ann):
    head = picture("png")
    at = 8 + 25  # behind IHDR
    words = chunk(b"tEXt", b"Comment\0" + PHP) + chunk(b"zTXt", b"c\0\0" + zlib.compress(PHP))
    words += chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + SCRIPT) + chunk(b"evIl", SCRIPT)

    data = kept(head[:at] + words + head[at:], ann)

    assert {data[m.start() : m.end()] for m in re.finditer(rb"tEXt|zTXt|iTXt|evIl|eXIf|iCCP|tIME", data)} == set()
    assert PHP not in data


def test_jpegs_with_words_of_their_own(ann):
    jpeg = picture("jpeg")
    marker = b"\xff\xfe" + struct.pack(">H", len(PHP) + 2) + PHP
    marker += b"\xff\xed" + struct.pack(">H", len(SCRIPT) + 2) + SCRIPT

    data = kept(jpeg[:2] + marker + jpeg[2:], ann)

    assert PHP not in data
    assert SCRIPT not in data


def test_other_pictures_behind_a_telephones_picture(ann):
    second = noise(8, 8)
    before = saved(noise(40, 30), "mpo", save_all=True, append_images=[second])

    upload = store(before, user=ann)

    assert (upload.kind, upload.n_frames) == ("jpeg", 1)
    with upload.file.open() as file:
        assert file.read().count(b"\xff\xd8\xff") == 1


def test_a_bomb_is_refused_before_it_goes_off(ann):
    data = bomb()
    assert len(data) < 4_000_000
    assert len(opened(bomb(300, 5000)).tobytes()) == 300 * 5000 * 3  # it is a true picture

    tracemalloc.start()
    try:
        with pytest.raises(TooManyPixels, match="50 million"):
            store(data, user=ann)
        assert tracemalloc.get_traced_memory()[1] < 3 * len(data)
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("kind", ["jpeg", "png", "gif", "webp", "avif"])
def test_no_pixel_of_too_many_is_decoded(ann, settings, monkeypatch, kind):
    data = picture(kind, 1200, 900)
    settings.UPLOAD_MAX_MEGAPIXELS = 1
    decoded = []
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda image: decoded.append(image))

    with pytest.raises(TooManyPixels):
        store(data, user=ann)
    assert not decoded


def test_the_decode_trap_does_catch(ann, monkeypatch):
    decoded = []
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda image: decoded.append(image) or 1 / 0)

    with pytest.raises(BrokenImage):
        store(picture(), user=ann)
    assert decoded


@pytest.mark.parametrize(
    "size", [(30_000, 30_000), (2**31 - 1, 2**31 - 1), (60_000, 1), (1, 60_000), (7072, 7072), (16_001, 1)]
)
def test_sizes_that_only_the_head_claims(ann, size):
    with pytest.raises(TooManyPixels):
        store(png_of(*size), user=ann)


def test_a_webp_that_claims_all_that_can_be_claimed(ann):
    webp = picture("webp", lossless=True)
    body = b"VP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + b"\xff\xff\xff" * 2 + webp[12:]

    with pytest.raises(TooManyPixels):
        store(b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body, user=ann)


def test_a_jpeg_of_endless_scans(ann, monkeypatch):
    jpeg = picture("jpeg", 300, 200, progressive=True)
    last = jpeg.rindex(b"\xff\xda")
    whole = jpeg[:-2] + jpeg[last:-2] * 5 + jpeg[-2:]
    assert opened(kept(whole, ann)).size == (300, 200)
    monkeypatch.setattr("PIL.Image.open", lambda *args, **options: pytest.fail("A decoder was asked."))

    with pytest.raises(BrokenImage):
        store(jpeg[:-2] + jpeg[last:-2] * 1000 + jpeg[-2:], user=ann)


def test_a_head_without_pixels_is_broken(ann):
    with pytest.raises(BrokenImage):
        store(png_of(100, 100), user=ann)


@pytest.mark.parametrize("n", [2001, 10_000])
def test_a_film_is_no_picture(ann, n):
    with pytest.raises(TooManyFrames, match="2000 frames"):
        store(tiny_gif(n), user=ann)


def test_frames_count_together(ann, settings):
    settings.UPLOAD_MAX_ANIMATION_MEGAPIXELS = 1
    with pytest.raises(TooManyFrames, match="1 million"):
        store(animation("webp", n=3, width=1000, height=400), user=ann)


@pytest.mark.parametrize("kind", ["gif", "png"])
def test_frames_that_are_encoded_in_memory_together(ann, settings, kind):
    settings.UPLOAD_MAX_MEGAPIXELS = 1

    with pytest.raises(TooManyFrames, match="1 million"):
        store(animation(kind, n=3, width=1000, height=400), user=ann)


def test_a_frame_larger_than_its_gif(ann):
    head = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    frame = b"\x2c" + struct.pack("<HHHH", 0, 0, 65_535, 65_535) + b"\0" + b"\x02\x02\x44\x01\x00"

    with pytest.raises(TooManyPixels):
        store(head + frame + b"\x3b", user=ann)


@pytest.mark.parametrize(
    "words",
    [
        chunk(b"zTXt", b"bomb\0\0" + zlib.compress(bytes(60_000_000), 9)),
        chunk(b"iCCP", b"bomb\0\0" + zlib.compress(bytes(60_000_000), 9)),
        chunk(b"iTXt", b"bomb\0\1\0\0\0" + zlib.compress(bytes(60_000_000), 9)),
        chunk(b"zTXt", b"bomb\0\0" + zlib.compress(bytes(900_000), 9)) * 200,
    ],
    ids=["zTXt", "iCCP", "iTXt", "many"],
)
def test_words_that_swell_when_unpacked(ann, words):
    data = picture("png")
    data = data[:33] + words + data[33:]

    tracemalloc.start()
    try:
        try:
            store(data, user=ann)
        except BrokenImage:
            assert not Upload.objects.exists()
        assert tracemalloc.get_traced_memory()[1] < 90_000_000
    finally:
        tracemalloc.stop()


OTHERS = {
    "tiff": lambda: saved(noise(9, 9), "tiff"),
    "bmp": lambda: saved(noise(9, 9), "bmp"),
    "ico": lambda: saved(noise(16, 16), "ico"),
    "eps": lambda: saved(noise(9, 9), "eps"),
    "pdf": lambda: saved(noise(9, 9), "pdf"),
    "jp2": lambda: b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(99),
    "psd": lambda: b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, 9, 9, 8, 3) + bytes(99),
    "ppm": lambda: saved(noise(9, 9), "ppm"),
    "tga": lambda: saved(noise(9, 9), "tga"),
    "dds": lambda: b"DDS |\0\0\0" + bytes(124),
    "fli": lambda: struct.pack("<IHHHHHH", 128, 0xAF11, 1, 9, 9, 8, 3) + bytes(112),
    "icns": lambda: b"icns" + bytes(99),
    "heic": lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(99),
    "mp4": lambda: b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(99),
}


@pytest.mark.parametrize("kind", OTHERS)
def test_other_kinds_meet_no_decoder(ann, monkeypatch, kind):
    data = OTHERS[kind]()
    monkeypatch.setattr("PIL.Image.open", lambda *args, **options: pytest.fail("A decoder was asked."))

    for name in (f"x.{kind}", "x.png"):
        with pytest.raises(NotAnImage):
            store(data, user=ann, name=name)


@pytest.mark.parametrize("kind", ["tiff", "bmp", "eps", "ppm"])
@pytest.mark.parametrize(
    "head", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"RIFF\0\0\0\0WEBP", b"\0\0\0\x18ftypavif"]
)
def test_another_kind_behind_a_head_of_ours_meets_only_that_decoder(ann, head, kind):
    with pytest.raises((BrokenImage, TooManyPixels)):
        store(head + OTHERS[kind](), user=ann)


def test_only_known_decoders_are_ever_asked(ann, monkeypatch):
    asked = []
    real = Image.open
    monkeypatch.setattr(
        "PIL.Image.open", lambda file, formats=None: asked.append(formats) or real(file, formats=formats)
    )

    for kind in ("jpeg", "png", "gif", "webp", "avif"):
        store(picture(kind), user=ann)

    assert asked == [["JPEG"], ["PNG"], ["GIF"], ["WEBP"], ["AVIF"]]


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow tells what is odd
def test_bytes_that_are_turned_at_random_do_no_harm(ann):
    """No file, however broken, ends in anything but a picture or a clear no."""
    import random

    dice = random.Random(11)
    for kind in ("jpeg", "png", "gif", "webp", "avif"):
        whole = animation(kind) if kind in ("gif", "webp") else picture(kind, exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0")
        for _ in range(40):
            data = bytearray(whole)
            for _ in range(dice.randint(1, 6)):
                data[dice.randrange(12, len(data))] = dice.randrange(256)
            with contextlib.suppress(BrokenImage, NotAnImage, TooManyPixels):
                store(bytes(data), user=ann)


XSS = ROOT.parent / "shared" / "corpus" / "xss"


@pytest.mark.skipif(not XSS.is_dir(), reason="the corpus of attacks is not here")
def test_no_file_of_the_corpus_is_taken_for_a_picture(ann):
    files = [path for path in XSS.rglob("*") if path.is_file()]
    assert files
    for path in files:
        with pytest.raises((NotAnImage, BrokenImage)):
            store(Path(path).read_bytes()[:1_000_000], user=ann, name=path.name)
