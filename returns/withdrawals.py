"""Whether an order can be withdrawn from, until when, and which units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from core.hours import Mode, calendar_deadline
from orders.models import Order, OrderLine
from orders.states import OrderStatus
from returns import policies
from returns.models import Withdrawal, WithdrawalRight
from tickets.holidays import COUNTRIES, public_holidays

GRACE = timedelta(hours=24)
"""For the second button: whoever made the statement in time may still confirm it so much later."""


@dataclass(frozen=True)
class Chance:
    """What an order's customer can do. `blocked` is "" or why not: the end of a refusal's code.

    `left` is the units by position that can still be withdrawn from; `until` is empty before delivery.
    """

    right: WithdrawalRight | None = None
    until: datetime | None = None
    left: Mapping[int, int] = field(default_factory=dict)
    blocked: str = ""


def rights_in_force() -> list[WithdrawalRight]:
    """All rights that are switched on, read once for a page or a request."""
    return list(WithdrawalRight.objects.filter(is_active=True))


def right_for(order: Order, at: datetime, rights: Sequence[WithdrawalRight]) -> WithdrawalRight | None:
    """The right that the country of the delivery gives on this day; the newest of several."""
    country, day = policies.country_of(order), _day(at, policies.zone_of(order))
    fitting = [
        right
        for right in rights
        if country in right.countries
        and right.valid_from <= day
        and (right.valid_to is None or day <= right.valid_to)
    ]
    return max(fitting, key=lambda right: (right.valid_from, right.pk), default=None)


def window_end(order: Order, right: WithdrawalRight) -> datetime | None:
    """The end of the period, counted from the last parcel; None while it has not begun to run."""
    if order.delivered_at is None:
        return None
    zone = policies.zone_of(order)
    mode: Mode = right.mode  # type: ignore[assignment]  # the choices of the column are the modes
    closed = _holidays(policies.country_of(order), order.delivered_at, right) if mode == "eu" else ()
    return calendar_deadline(order.delivered_at, right.days, mode, zone, closed)


def _holidays(country: str, since: datetime, right: WithdrawalRight) -> list[date]:
    """Public holidays on which the period does not end; none where they are not known."""
    if country not in COUNTRIES:
        return []
    years = {since.year, (since + timedelta(days=right.days + 14)).year}
    return [date.fromisoformat(day) for day in public_holidays(country, years).days]


def _day(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def chance(order: Order, at: datetime, rights: Sequence[WithdrawalRight] | None = None) -> Chance:
    """What the customer can withdraw from at an instant: also what has not been delivered yet."""
    right = right_for(order, at, rights_in_force() if rights is None else rights)
    if right is None:
        return Chance(blocked="not_offered")
    until, left = window_end(order, right), units_left(order, right)
    if until is not None and at >= until:
        return Chance(right, until, left, "window_closed")
    if order.status == OrderStatus.CANCELLED:
        return Chance(right, until, left, "order_cancelled")
    return Chance(right, until, left, "" if left else "nothing_left")


def units_left(order: Order, right: WithdrawalRight) -> dict[int, int]:
    """Units by position that are in no return and no withdrawal, goods without the right left out."""
    exempt = {category.casefold() for category in right.exempt_categories}
    taken = units_withdrawn(order)
    free = {
        line.position: line.quantity
        - line.quantity_open
        - line.quantity_returned
        - taken.get(line.position, 0)
        for line in order.lines.all()
        if line.category.casefold() not in exempt or not line.category
    }
    return {position: units for position, units in free.items() if units > 0}


def units_withdrawn(order: Order) -> dict[int, int]:
    """Units in withdrawals whose return is not open yet, or was settled without one."""
    taken: dict[int, int] = {}
    for row in Withdrawal.objects.confirmed().filter(order=order, case=None):
        for position, units in row.units.items():
            taken[position] = taken.get(position, 0) + units
    return taken


def lines_of(withdrawal: Withdrawal) -> list[tuple[OrderLine, int]]:
    """What the customer withdraws from: order lines with their units, in the order of the order."""
    return [
        (line, withdrawal.units[line.position])
        for line in withdrawal.order.lines.all()
        if line.position in withdrawal.units
    ]


def is_whole(withdrawal: Withdrawal) -> bool:
    """Whether it is about everything that was ordered."""
    return all(line.quantity == withdrawal.units.get(line.position) for line in withdrawal.order.lines.all())
