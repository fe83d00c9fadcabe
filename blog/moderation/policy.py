"""Rules, blocks, the current spam wave and the filter's totals, kept in memory for checks of new comments."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from django.utils import timezone

from accounts.models import User
from blog.moderation.models import SNAPSHOT, Block, Rule, SpamWave, Token
from frodo.snapshots import Snapshot

ALL = ""
"""The token of every comment: how many the filter was trained with."""


@dataclass(frozen=True, slots=True)
class Policy:
    rules: list[Rule]
    by_user: dict[int, list[Block]]
    by_visitor: dict[str, list[Block]]
    by_network: list[tuple[IPv4Network | IPv6Network, Block]]
    spam_waves: list[SpamWave]
    n_spam: int
    n_good: int

    @property
    def spam_wave(self) -> SpamWave | None:
        """The current spam wave, if any."""
        now = timezone.now()
        return next((spam_wave for spam_wave in self.spam_waves if spam_wave.until > now), None)

    def block_on(self, user: User | None, visitor: str, network: str) -> Block | None:
        """The block with the latest end that applies to any of them."""
        found = [block for block in self.blocks_on(user, visitor, network) if block.holds]
        return max(found, key=end_of, default=None)

    def blocks_on(self, user: User | None, visitor: str, network: str) -> Iterator[Block]:
        yield from self.by_user.get(user.pk, ()) if user is not None else ()
        yield from self.by_visitor.get(visitor, ()) if visitor else ()
        if self.by_network:
            try:
                address = ip_address(network.partition("/")[0])
            except ValueError:  # a local socket has no address
                return
            yield from (block for blocked, block in self.by_network if address in blocked)


def end_of(block: Block) -> float:
    return block.until.timestamp() if block.until else float("inf")


def load() -> Policy:
    by_user: dict[int, list[Block]] = {}
    by_visitor: dict[str, list[Block]] = {}
    by_network = []
    for block in Block.objects.in_force():
        if block.user_id:
            by_user.setdefault(block.user_id, []).append(block)
        if block.visitor:
            by_visitor.setdefault(block.visitor, []).append(block)
        if block.network:
            by_network.append((ip_network(block.network, strict=False), block))
    rules = list(Rule.objects.filter(is_active=True))
    spam_waves = list(SpamWave.objects.filter(until__gt=timezone.now(), ended_at=None))
    n_spam, n_good = Token.objects.filter(token=ALL).values_list("n_spam", "n_good").first() or (0, 0)
    return Policy(rules, by_user, by_visitor, by_network, spam_waves, n_spam, n_good)


policy = Snapshot(SNAPSHOT, load)


def policy_changed(**signal: Any) -> None:
    policy.changed()
