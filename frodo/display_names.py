"""Clean display names, and compare them as people see them."""

import re
import unicodedata
from html import unescape

from django.utils.html import strip_tags

KEPT = {"\u200c", "\u200d"}
"""Joiners: Persian words and family emoji are written with them."""


def clean(name: str) -> str:
    """One line, without invisible characters and changes of text direction."""
    name = "".join(" " if c.isspace() else c for c in name)
    name = "".join(c for c in name if c in KEPT or unicodedata.category(c) not in {"Cc", "Cf", "Co", "Cn", "Cs"})
    return re.sub(" +", " ", name).strip(" \u200c\u200d")


def can_be_seen(text: str) -> bool:
    return any(unicodedata.category(c)[0] in "LNSP" and c not in BLANK for c in text)


PICTURES = re.compile(r"<(?:img|video|audio|iframe|object)\b")


def is_blank_html(html: str) -> bool:
    """Whether rendered text shows nothing: no visible character, no picture and no player."""
    return not PICTURES.search(html) and not can_be_seen(unescape(strip_tags(html)))


BLANK = {"\u3164", "\u115f", "\u1160", "\uffa0", "\u2800"}
"""Letters without a glyph."""


def folded(name: str) -> str:
    """Without case, width, spaces and invisible characters."""
    return unicodedata.normalize("NFKC", visible(name).casefold())


OPTIONAL_MARKS = re.compile(
    "[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]"
)
"""What may stand on any letter, and the vowels of Hebrew and Arabic. Those of Hindi or Thai tell names apart."""


def visible(name: str) -> str:
    """The visible characters of a name in their own case: no width, spaces or invisible characters."""
    name = OPTIONAL_MARKS.sub("", unicodedata.normalize("NFKC", name))
    return "".join(c for c in name if unicodedata.category(c)[0] in "LMNSP" and c not in BLANK)


def key(name: str) -> str:
    """Equal for spellings of one name: ignores composition, width, case and invisible characters."""
    name = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return " ".join("".join(c for c in name if not is_unseen(c)).split())


def is_unseen(c: str) -> bool:
    """Control and format characters, and selectors of a variant of the letter before."""
    is_sign = unicodedata.category(c) in {"Cc", "Cf", "Co", "Cn", "Cs"} and not c.isspace()
    return is_sign or c in BLANK or 0xFE00 <= ord(c) <= 0xFE0F


LOOK_ALIKE = {
    "A": "ΑАᎪᗅꓮ",
    "B": "ꞴΒВᏴᗷꓐ",
    "C": "ⲤСᏟꓚ",
    "D": "Ꭰᗞᗪꓓ",
    "E": "ΕЕⴹᎬꓰ",
    "F": "ꞘϜᖴꓝ",
    "G": "ԌᏀᏳꓖ",
    "H": "ΗⲎНᎻᕼꓧ",
    "J": "ꞲͿЈᎫᒍꓙ",
    "K": "ΚⲔКᏦᛕꓗ",
    "L": "ⳐᏞᒪꓡ",
    "M": "ΜϺⲘМᎷᗰᛖꓟ",
    "N": "ΝⲚꓠ",
    "O": "০୦〇ΟⲞОՕⵔዐଠꓳ0",
    "P": "ΡⲢРᏢᑭꓑ",
    "Q": "ⵕ",
    "R": "ƦᎡᏒᖇꓣ",
    "S": "ЅՏᏕᏚꓢ",
    "T": "ΤⲦТᎢꓔ",
    "U": "Սሀᑌꓴ",
    "V": "۷ѴⴸᏙᐯꛟꓦ",
    "W": "ԜᎳᏔꓪ",
    "X": "ꞳΧⲬХⵝᚷꓫ",
    "Y": "ΥⲨУҮᎩᎽꓬ",
    "Z": "ΖᏃꓜ",
    "a": "ɑαа",
    "b": "ƄЬᏏᑲᖯ",
    "c": "ᴄⲥсꮯ",
    "d": "ԁᏧᑯꓒ",
    "e": "ꬲеҽ",
    "f": "ꬵꞙẝք",
    "g": "ɡᶃƍց",
    "h": "һհᏂ",
    "i": "ıɪɩιіꙇӏꭵᎥ",
    "j": "ϳј",
    "l": "۱ƖǀΙⲒІӀⵏᛁꓲI1|",
    "n": "ոռ",
    "o": "०੦૦௦౦೦൦๐໐၀۵ᴏᴑꬽοσⲟоჿօഠဝ",
    "p": "ρⲣр",
    "q": "ԛգզ",
    "r": "ꭇꭈᴦⲅгꮁ",
    "s": "ꜱƽѕꮪ",
    "u": "ꞟᴜꭎꭒʋυս",
    "v": "ᴠνѵꮩ",
    "w": "ɯᴡѡԝաꮃ",
    "x": "хᕁᕽ",
    "y": "ɣᶌʏỿꭚγуүყ",
    "z": "ᴢꮓ",
}
"""Letters and digits that Unicode's confusables.txt (UTS #39, version 15.1) takes for an ASCII letter, of those that
NFKC leaves as they are."""
SKELETON = {ord(c): letter for letter, others in LOOK_ALIKE.items() for c in others}


def look_alike(one: str, other: str) -> bool:
    """Whether one name may be mistaken for the other.

    Compared twice: a capital may look like another letter (`I`, `l`) than its small form does.
    """
    one, other = visible(one), visible(other)
    return one.casefold().translate(SKELETON) == other.casefold().translate(SKELETON) or (
        one.translate(SKELETON).casefold() == other.translate(SKELETON).casefold()
    )
