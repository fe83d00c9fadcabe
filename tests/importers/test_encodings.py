import pytest

from blog.importers.errors import NotText
from blog.importers.files import decode

CHINESE = "标题：茶经\n茶者，南方之嘉木也。一尺、二尺乃至数十尺。"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (CHINESE.encode(), "utf-8"),
        (CHINESE.encode("utf-8-sig"), "utf-8"),
        (CHINESE.encode("utf-16"), "utf-16-le"),
        (b"\xfe\xff" + CHINESE.encode("utf-16-be"), "utf-16-be"),
        (CHINESE.encode("utf-32"), "utf-32-le"),
        (CHINESE.encode("gbk"), "gb18030"),
    ],
)
def test_chinese_is_read_in_any_encoding(data, encoding):
    assert decode(data) == (CHINESE, encoding)


def test_traditional_chinese_in_big5_is_read():
    text = "茶經：茶者，南方之嘉木也，其樹如瓜蘆，葉如梔子，花如白薔薇。"

    assert decode(text.encode("big5")) == (text, "big5hkscs")


def test_a_file_with_one_broken_character_keeps_the_others():
    text = "茶者，南方之嘉木也。" * 20

    assert decode(text.encode() + b"\xff\n")[0] == text + "\ufffd\n"
    assert decode(text.encode("gbk") + b"\xff\n")[0] == text + "\ufffd\n"


def test_latin_of_windows_is_read():
    assert decode("Café “crème”".encode("cp1252")) == ("Café “crème”", "cp1252")


def test_utf_16_without_a_mark_is_read():
    assert decode("title: Tea\n".encode("utf-16-le")) == ("title: Tea\n", "utf-16-le")


def test_newlines_of_all_systems_become_ours():
    assert decode(b"a\r\nb\rc\n")[0] == "a\nb\nc\n"


def test_control_characters_are_dropped():
    assert decode(b"a\x01b\x1bc\td")[0] == "abc\td"


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", bytes(range(256)) * 4, b"MZ\x90\0\3\0\0\0\4"])
def test_a_binary_file_is_no_text(data):
    with pytest.raises(NotText):
        decode(data)
