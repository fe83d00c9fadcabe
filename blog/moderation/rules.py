"""The author's own rules, looked up in a comment. Words are compared as eyes read them."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from html import unescape
from urllib.parse import urlsplit

from django.utils.html import strip_tags

from blog.discussion.models import Comment
from blog.moderation.models import Rule
from frodo import names
from frodo.errors import Refused

CJK = "\u2e80-\u303f\u3040-\u30ff\u3130-\u318f\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\U00020000-\U0003ffff"
UNSEEN = {"Cf", "Cn", "Co", "Cs"}
OTHER_LETTER = f"[^\\W_{CJK}]"
BLOCKS = re.compile(r"</(p|li|h\d|td|th|pre|blockquote|dd|dt)>|<br\b")
LINKS = re.compile(r'<(?:a|img)\b[^>]*?\b(?:href|src)="([^"]*)"')
TEXT_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+")


class AgainstTheRules(Refused):
    code = "against_the_rules"
    status = 403

    def __init__(self, message: str) -> None:
        super().__init__()
        self.message = message


def broken(comment: Comment) -> Iterable[tuple[Rule, str]]:
    """The rules that speak against it, each with what was found."""
    rules = list(Rule.objects.filter(is_active=True))
    if not rules:
        return
    words = text_of(comment)
    links = links_of(comment)
    hosts = {host for link in links if (host := host_of(link))} | {
        plain_host(found) for found in TEXT_HOST.findall(comment.text)
    }
    for rule in rules:
        match rule.kind:
            case Rule.Kind.WORD:
                found = rule.value if has(words, rule.value) else ""
            case Rule.Kind.LINKS:
                found = str(len(links)) if len(links) > int(rule.value) else ""
            case Rule.Kind.HOST:
                found = next((host for host in sorted(hosts) if is_below(host, rule.value)), "")
            case Rule.Kind.NAME:
                found = comment.name if has(folded(comment.name), rule.value) else ""
            case Rule.Kind.EMAIL:
                found = next((host for host in email_hosts(comment) if is_below(host, rule.value)), "")
        if found:
            yield rule, found


# Words


def text_of(comment: Comment) -> str:
    """What is typed and what is read, folded: `vi**ag**ra` is one word to a reader."""
    return f"{folded(comment.text)}\n{folded(shown_text(comment.html))}"


def shown_text(html: str) -> str:
    return unescape(strip_tags(BLOCKS.sub(" \\g<0>", html)))


def folded(text: str) -> str:
    """Case, width, accents of Latin letters, soft hyphens and what has no width make no difference."""
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    if text.isascii():
        return text
    text = "".join(c for c in text if unicodedata.category(c) not in UNSEEN and c not in names.BLANK)
    bare = re.sub(r"([a-z])[\u0300-\u036f]+", r"\1", unicodedata.normalize("NFD", text))
    return unicodedata.normalize("NFC", bare)


def has(words: str, looked_for: str) -> bool:
    return pattern(looked_for).search(words) is not None


@lru_cache(maxsize=2000)
def pattern(looked_for: str) -> re.Pattern:
    """Latin words stand for themselves; between Chinese characters anything that is no letter may be put."""
    text = re.sub(r"\s+", " ", folded(looked_for).strip())
    out = []
    for n, char in enumerate(text):
        if char == " ":
            out.append(r"\s+")
            continue
        if n and is_cjk(char) and is_cjk(text[n - 1]):
            out.append(r"[\W_]{0,3}")
        out.append(re.escape(char))
    begin = f"(?<!{OTHER_LETTER})" if is_word(text[:1]) else ""
    end = f"(?!{OTHER_LETTER})" if is_word(text[-1:]) else ""
    return re.compile(begin + "".join(out) + end)


def is_cjk(char: str) -> bool:
    return re.match(f"[{CJK}]", char) is not None


def is_word(char: str) -> bool:
    return bool(char) and char.isalnum() and not is_cjk(char)


# Links and hosts


def links_of(comment: Comment) -> set[str]:
    """Addresses that the rendered comment leads to or shows."""
    found = {unescape(link) for link in LINKS.findall(comment.html)}
    return {link for link in found if link.lower().startswith(("http:", "https:", "//", "ftp:"))}


def host_of(link: str) -> str:
    try:
        return plain_host(urlsplit(link).hostname or "")
    except ValueError:  # such as a wrong IPv6 address
        return ""


def plain_host(host: str) -> str:
    """As it is asked of the DNS: 例子.中国 and xn--fsqu00a.xn--fiqs8s are one."""
    host = unicodedata.normalize("NFKC", host).lower().rstrip(".")
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host


def is_below(host: str, domain: str) -> bool:
    domain = plain_host(domain)
    return host == domain or host.endswith("." + domain)


def email_hosts(comment: Comment) -> list[str]:
    emails = [comment.email, comment.user.email if comment.user_id else ""]
    return [plain_host(email.rpartition("@")[2]) for email in emails if email]
