"""The author's own rules, looked up in a comment."""

import re
import unicodedata
from collections.abc import Iterable
from html import unescape
from urllib.parse import urlsplit

from blog.discussion.models import Comment
from blog.moderation.models import Rule
from blog.moderation.words import folded, has, shown_text
from frodo.errors import Refused

LINKS = re.compile(r'<(?:a|img)\b[^>]*?\b(?:href|src)="([^"]*)"')
TEXT_HOST = re.compile(r"(?<![\w.-])[\w-]{1,63}(?:\.[\w-]{1,63})+")  # bounded: texts are hostile


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


def text_of(comment: Comment) -> str:
    """What is typed and what is read, folded: `vi**ag**ra` is one word to a reader."""
    return f"{folded(comment.text)}\n{folded(shown_text(comment.html))}"


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
