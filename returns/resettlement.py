"""Settling an order anew after a partial return: what stays costs what it would have cost alone.

七日无理由退货暂行办法 art. 17: when a return breaks the terms of a promotion, the goods that stay count
on the terms of the purchase and the difference is given back (domain E6). Amounts are minor units.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.money import allocate
from orders.rules import tier_off
from returns.rules import half_up, resettle

Tiers = Sequence[Sequence[int]]


@dataclass(frozen=True)
class Bought:
    """A line as it was bought: `shares` are its parts of the discounts, by number; 0 is the line's own."""

    quantity: int
    unit_price: int
    tax: int = 0
    shares: Mapping[int, int] = field(default_factory=dict)

    def part(self, amount: int, units: int) -> int:
        """The part of an amount of the whole line that falls on some of its units."""
        return half_up(amount * units, self.quantity)


def kept_price(lines: Sequence[Bought], kept: Sequence[int], tiers: Mapping[int, Tiers]) -> int:
    """What `kept` units of each line cost on the terms of the purchase. All of them cost what was paid.

    A discount with tiers counts as far as the kept goods reach them, others by unit; each in its turn.
    """
    left = [line.unit_price * units for line, units in zip(lines, kept, strict=True)]
    for number in sorted({number for line in lines for number in line.shares}):
        cuts = [line.part(line.shares.get(number, 0), n) for line, n in zip(lines, kept, strict=True)]
        if number in tiers:
            eligible = [
                price if number in line.shares else 0 for price, line in zip(left, lines, strict=True)
            ]
            cuts = _tiered(eligible, tiers[number])
        left = [max(0, price - cut) for price, cut in zip(left, cuts, strict=True)]
    taxes = [line.part(line.tax, units) for line, units in zip(lines, kept, strict=True)]
    return sum(left) + sum(taxes)


def _tiered(eligible: Sequence[int], tiers: Tiers) -> list[int]:
    """What a promotion takes off the kept goods it applies to, shared by what is left to pay for each."""
    spent = sum(eligible)
    return allocate(min(spent, tier_off(tiers, spent)), eligible)


def settle(paid: int, before: Sequence[int], now: int, refunded: int) -> tuple[int, int]:
    """What the goods that go back now bring, and what the customer owes instead (shown, never taken).

    `before` are the prices of what was kept after each earlier return, in their order, `now` that after this
    one, `refunded` what was really refunded for goods. What earlier returns brought, less their fees, is not
    given back again, even where the price of what stays has risen since.
    """
    back = max([0, refunded, *(paid - price for price in before)])
    return resettle(paid, now, back)


@dataclass(frozen=True)
class Gift:
    """A gift: units given and taken back, worth `value` each, with `goods` of which so many were bought."""

    quantity: int
    value: int
    bought: int

    def kept(self, goods_back: int, gifts_back: int) -> int:
        """Units that should have come back with the goods and did not."""
        return max(0, self.quantity * goods_back // self.bought - gifts_back)

    def charge(self, goods: tuple[int, int], gifts: tuple[int, int]) -> int:
        """What is deducted now, when so many goods and gifts are back (before, after) (domain E17)."""
        return self.value * max(0, self.kept(goods[1], gifts[1]) - self.kept(goods[0], gifts[0]))
