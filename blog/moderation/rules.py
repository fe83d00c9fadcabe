"""The author's rules, matched against a comment."""

import re
import unicodedata
from collections.abc import Iterable
from html import unescape
from urllib.parse import urlsplit

from blog.comments.models import Comment
from blog.moderation.models import Rule
from blog.moderation.text_matching import folded, has, shown_text
from frodo.errors import ServiceError
from frodo.text import MARKS

LINKS = re.compile(r'<(?:a|img)\b[^>]*?\b(?:href|src)="([^"]*)"')
TEXT_HOST = re.compile(
    rf"(?<![\w{MARKS}.-])[\w{MARKS}-]{{1,63}}(?:\.[\w{MARKS}-]{{1,63}})+"
)  # bounded: texts are hostile


class AgainstTheRules(ServiceError):
    code = "against_the_rules"
    status = 403

    def __init__(self, message: str) -> None:
        super().__init__()
        self.message = message


def broken(comment: Comment, rules: list[Rule]) -> Iterable[tuple[Rule, str]]:
    """The rules that match, each with what was found."""
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


def text_of(comment: Comment) -> str:
    """The source text and the visible text, folded: `vi**ag**ra` is one word to readers."""
    return f"{folded(comment.text)}\n{folded(shown_text(comment.html))}"


def links_of(comment: Comment) -> set[str]:
    """URLs that the rendered comment links to or shows."""
    found = {unescape(link) for link in LINKS.findall(comment.html)}
    return {link for link in found if link.lower().startswith(("http:", "https:", "//", "ftp:"))}


def host_of(link: str) -> str:
    try:
        return plain_host(urlsplit(link).hostname or "")
    except ValueError:  # such as a wrong IPv6 address
        return ""


def plain_host(host: str) -> str:
    """The host as in DNS: 例子.中国 and xn--fsqu00a.xn--fiqs8s are equal."""
    host = unicodedata.normalize("NFKC", host).lower().rstrip(".")
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host


def is_below(host: str, domain: str) -> bool:
    domain = plain_host(domain)
    return host == domain or host.endswith("." + domain)


def email_hosts(comment: Comment) -> list[str]:
    emails = [comment.email, comment.user.email if comment.user else ""]
    return [plain_host(email.rpartition("@")[2]) for email in emails if email]
