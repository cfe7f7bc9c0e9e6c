"""Arithmetic of returns: what a unit is worth, what comes off, how it is spread. Amounts are minor units."""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from hashlib import sha256
from json import dumps
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from core.hours import Mode, calendar_deadline
from core.money import allocate
from returns.terms import Terms

__all__ = ["allocate"]

BASIS_POINTS = 10_000


def half_up(numerator: int, denominator: int) -> int:
    """numerator / denominator rounded half up; both not negative."""
    return (2 * numerator + denominator) // (2 * denominator)


def line_refund(paid: int, quantity: int, refunded_quantity: int, returning: int) -> int:
    """What `returning` units of a line bring, when `refunded_quantity` of its `quantity` came back before.

    Cumulative half up, so that any order of partial returns adds up to exactly `paid` (domain M3, E5).
    """
    if refunded_quantity < 0 or returning < 0 or refunded_quantity + returning > quantity:
        raise ValueError(f"{refunded_quantity} + {returning} units do not fit into {quantity}")
    return half_up(paid * (refunded_quantity + returning), quantity) - half_up(
        paid * refunded_quantity, quantity
    )


def units_value(paid: int, quantity: int, units: Iterable[int]) -> int:
    """What some units of a line were paid. All its places (0 .. quantity - 1) add up to exactly `paid`."""
    return sum(line_refund(paid, quantity, unit, 1) for unit in units)


def free_units(quantity: int, taken: Collection[int], elsewhere: int) -> list[int]:
    """Places of a line that no case holds; the first `elsewhere` of them came back outside of any case."""
    return [unit for unit in range(quantity) if unit not in taken][elsewhere:]


def resettle(paid: int, kept_price: int, refunded: int) -> tuple[int, int]:
    """Settle anew at the price of what is kept: (refund, customer_owes), one of them 0.

    `kept_price` is what the kept goods cost on the terms of the purchase, a broken promotion gone
    (七日无理由退货暂行办法 art. 17; domain E6).
    """
    balance = paid - kept_price - refunded
    return max(0, balance), max(0, -balance)


def exchange_difference(paid: int, price: int, *, same_variant: bool) -> int:
    """What the customer pays more (or, below 0, gets back) for a replacement that costs `price` (domain E18).

    `paid` is what the goods given back were paid. The same variant is an even exchange at any price.
    """
    return 0 if same_variant else price - paid


def window_end(delivered_at: datetime, terms: Terms, holidays: Collection[date] = ()) -> datetime:
    """The instant at which the right to return ends, counted from `delivered_at`."""
    return calendar_deadline(delivered_at, terms.window_days, terms.window_mode, terms.zone, holidays)


@dataclass(frozen=True)
class Period:
    """A period of `days` counted from `start`, and how it comes to its end.

    `first_day` and `last_day` are the first and the last counted day on the wall calendar of `zone`.
    `moved_over` are the days the end gave way over, each with "weekend" or "holiday".
    """

    start: datetime
    days: int
    mode: Mode
    zone: str
    first_day: date
    last_day: date
    moved_over: tuple[tuple[date, str], ...]
    until: datetime


def period(
    start: datetime, days: int, mode: Mode, zone: str, holidays: Callable[..., Collection[date]]
) -> Period:
    """A period and its end; `holidays` knows the public holidays of the years it is asked about."""
    wall = ZoneInfo(zone)
    begins = start.astimezone(wall).date()
    nominal = begins + timedelta(days=days)
    closed = holidays(nominal.year, nominal.year + 1) if mode == "eu" else ()
    until = calendar_deadline(start, days, mode, zone, closed)
    last_day = (until - TICK).astimezone(wall).date()
    over = (last_day - nominal).days if mode == "eu" else 0
    given_way = [nominal + timedelta(days=n) for n in range(over)]
    return Period(
        start,
        days,
        mode,
        zone,
        first_day=begins if mode == "elapsed" else begins + timedelta(days=1),
        last_day=last_day,
        moved_over=tuple((day, "holiday" if day in closed else "weekend") for day in given_way),
        until=until,
    )


TICK = timedelta(microseconds=1)


STRICTER = ("", "file", "photo")
"""What may be asked to be shown, from nothing to the most."""


def stricter_evidence(first: str, second: str) -> str:
    """The one of two demands that asks for more."""
    return max(first, second, key=STRICTER.index)


def exchanged(amount: int, rate: Decimal, places: int) -> int:
    """An amount of another currency in ours, rounded down so that no limit is ever overstepped.

    `rate` is in units of the other currency for one of ours; `places` is how many decimals it has more.
    """
    return int((Decimal(amount).scaleb(-places) / rate).to_integral_value(ROUND_DOWN))


@dataclass(frozen=True)
class Breakdown:
    """What makes up a refund: goods and postage given back, and what comes off. All amounts are positive.

    Where a promotion was settled anew, `resettled` is how much more (or less, negative) the goods bring for
    it, and `customer_owes` what is left over; it is shown and never taken.
    """

    goods: int
    shipping: int = 0
    restocking_fee: int = 0
    return_label: int = 0
    lost_free_shipping: int = 0
    gifts_kept: int = 0
    resettled: int = 0
    customer_owes: int = 0

    @property
    def gross(self) -> int:
        """Before anything comes off; no refund is ever more."""
        return self.goods + self.shipping

    @property
    def fees(self) -> int:
        """All that comes off, never more than the refund (domain M8)."""
        off = self.restocking_fee + self.return_label + self.lost_free_shipping + self.gifts_kept
        return min(self.gross, off)

    @property
    def total(self) -> int:
        return self.gross - self.fees


@dataclass(frozen=True)
class Basket:
    """The rest of an order at the moment of a return. `kept` is what the goods that stay were paid.

    `gifts_kept` is the worth of gifts that should have come back with their goods and did not.
    """

    shipping: int = 0
    shipping_refunded: int = 0
    kept: int = 0
    everything_back: bool = True
    gifts_kept: int = 0


def breakdown(
    goods: int, restocking_fee: int, basket: Basket, terms: Terms, *, shop_bears: bool
) -> Breakdown:
    """Goods, postage and fees under the terms of a case.

    `shop_bears`: the goods were wrong or broken, or the policy says so; then nothing comes off, and postage
    goes back in full once everything is back (domain E9, E10, E12, E18e).
    """
    left = max(0, basket.shipping - basket.shipping_refunded)
    if shop_bears:
        return Breakdown(goods, shipping=left if basket.everything_back else 0)
    standard = min(left, terms.standard_shipping or left)
    return Breakdown(
        goods,
        shipping=standard if terms.refunds_shipping and basket.everything_back else 0,
        restocking_fee=restocking_fee,
        return_label=terms.label_fee,
        lost_free_shipping=_lost_free_shipping(basket, terms),
        gifts_kept=basket.gifts_kept,
    )


def _lost_free_shipping(basket: Basket, terms: Terms) -> int:
    """Postage that was free only because of what now goes back (domain E9)."""
    was_free = basket.shipping == 0 and not basket.everything_back
    return terms.standard_shipping if was_free and basket.kept < terms.free_shipping_from else 0


def restocking_fee(goods: int, basis_points: int) -> int:
    """The share of the goods kept for putting them back on the shelf."""
    return half_up(goods * basis_points, BASIS_POINTS)


def final_amount(approved: int, quoted: int, now: int, deduction: int) -> int:
    """What is paid in the end, when `now` is what the accepted units come to.

    `quoted` is what all approved units would have come to. Was another amount approved, it counts in
    proportion to what came back (domain M6, E16); an agreed deduction for lost value comes off last.
    """
    kept = now if approved == quoted else half_up(approved * now, quoted) if quoted else 0
    return max(0, kept - deduction)


def share_refund(total: int, goods: Sequence[int], shipping: int) -> tuple[list[int], int]:
    """Spread a refund over lines worth `goods` and the postage; fees come off the goods first.

    No line gets more than it is worth. Raises ValueError when `total` is more than all of it.
    """
    if total > sum(goods) + shipping:
        raise ValueError(f"{total} is more than {sum(goods)} + {shipping}")
    for_shipping = min(shipping, total)
    return allocate(total - for_shipping, goods), for_shipping


@dataclass(frozen=True)
class Pot:
    """What one payment received and has given back, or is about to."""

    captured: int
    refunded: int = 0

    @property
    def left(self) -> int:
        return self.captured - self.refunded


def pro_rata(total: int, pots: Sequence[Pot]) -> list[int]:
    """Spread `total` over payments by what they captured, so that all refunds together are in proportion.

    Largest remainder over the sum of all refunds, then less what was refunded before; no payment gives more
    than it has left. Raises ValueError when they have too little left.
    """
    if total > sum(pot.left for pot in pots):
        raise ValueError(f"{total} is more than is left")
    refunded = sum(pot.refunded for pot in pots)
    targets = allocate(total + refunded, [pot.captured for pot in pots])
    shares = [min(pot.left, max(0, target - pot.refunded)) for pot, target in zip(pots, targets, strict=True)]
    # One payment may have given more than its part before, another less.
    excess = sum(shares) - total
    if excess > 0:
        return [share - cut for share, cut in zip(shares, allocate(excess, shares), strict=True)]
    rooms = [pot.left - share for pot, share in zip(pots, shares, strict=True)]
    return [share + more for share, more in zip(shares, allocate(-excess, rooms), strict=True)]


def points_back(units: int, pot: Pot, amount: int, given_back: int) -> int:
    """How many of `units` points go back with `amount`, when `given_back` of them did before.

    Rounded down until all is back, so that the points of a payment are never exceeded and end up complete.
    """
    return max(0, units * (pot.refunded + amount) // pot.captured - given_back)


Part = TypeVar("Part", bound=Hashable)
Purse = TypeVar("Purse", bound=Hashable)


def spread(parts: Mapping[Part, int], purses: Mapping[Purse, int]) -> dict[Purse, dict[Part, int]]:
    """Pay `parts` out of `purses` (what each payment can still give back), the first ones first.

    Raises ValueError when the purses do not hold enough.
    """
    left, payouts = dict(purses), {purse: dict[Part, int]() for purse in purses}
    for part, amount in parts.items():
        unpaid = amount
        for purse in purses:
            share = min(unpaid, left[purse])
            if share > 0:
                payouts[purse][part] = share
                left[purse] -= share
                unpaid -= share
        if unpaid:
            raise ValueError(f"{unpaid} of {part!r} cannot be paid")
    return {purse: payout for purse, payout in payouts.items() if payout}


def request_hash(body: Mapping[str, Any]) -> str:
    """The fingerprint of a refund request: the same key with another one is refused (domain M9)."""
    return sha256(dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
