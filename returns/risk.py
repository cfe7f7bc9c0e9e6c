"""Signs that a customer's returns deserve a closer look. Arithmetic only; a sign never refuses a right."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from django.db import models
from django.utils.translation import gettext_lazy as _

HIGHEST = 100


class RiskFlag(models.TextChoices):
    RETURN_RATE = "return_rate", _("Returns a large share of orders")
    NOT_RECEIVED = "not_received", _("Often says that nothing arrived")
    VALUE = "value", _("Returns far more than others")
    WRONG_ITEM = "wrong_item", _("Sent back empty parcels or other items")
    SHARED_ADDRESS = "shared_address", _("Several accounts at one address")


class Watch(Protocol):
    """A configured rule: from which `limit` on, of at least `minimum`, and how much it weighs."""

    @property
    def flag(self) -> str: ...

    @property
    def limit(self) -> Decimal: ...

    @property
    def minimum(self) -> int: ...

    @property
    def points(self) -> int: ...


@dataclass(frozen=True)
class History:
    """A customer's past as the rules look at it; each figure covers the days its rule looks back.

    `value` is what the customer asked for in returns and `median` what a returning customer usually does,
    both minor units of `currency`; `compared` says how many customers the median is of. `accounts` counts
    the customers, this one included, whose orders went to the address.
    """

    orders: int = 0
    returned: int = 0
    not_received: int = 0
    value: int = 0
    median: int = 0
    compared: int = 0
    currency: str = ""
    wrong_items: int = 0
    accounts: int = 1


@dataclass(frozen=True)
class Sign:
    """A flag that is up, its weight, and the figures that raised it."""

    flag: str
    points: int
    facts: Mapping[str, Any]


def signs(history: History, watches: Collection[Watch]) -> list[Sign]:
    """The flags that are up, in the order of the rules."""
    return [
        Sign(watch.flag, watch.points, facts)
        for watch in watches
        if (facts := LOOKS[RiskFlag(watch.flag)](history, watch)) is not None
    ]


def score(found: Sequence[Sign]) -> int:
    """What the signs weigh together, at most 100."""
    return min(HIGHEST, sum(sign.points for sign in found))


Facts = Mapping[str, Any] | None


def _return_rate(history: History, watch: Watch) -> Facts:
    """Returned orders of delivered ones, in percent."""
    if history.orders < max(1, watch.minimum) or 100 * history.returned < watch.limit * history.orders:
        return None
    return {"returned": history.returned, "orders": history.orders}


def _not_received(history: History, watch: Watch) -> Facts:
    return {"count": history.not_received} if _reaches(history.not_received, watch) else None


def _value(history: History, watch: Watch) -> Facts:
    """More than `limit` times what others return; few others are no measure."""
    if history.compared < max(1, watch.minimum) or not history.value > watch.limit * history.median:
        return None
    return {"value": history.value, "median": history.median, "currency": history.currency}


def _wrong_item(history: History, watch: Watch) -> Facts:
    return {"count": history.wrong_items} if _reaches(history.wrong_items, watch) else None


def _shared_address(history: History, watch: Watch) -> Facts:
    return {"count": history.accounts} if _reaches(history.accounts, watch) else None


def _reaches(count: int, watch: Watch) -> bool:
    return count > 0 and count >= watch.limit


LOOKS: Mapping[RiskFlag, Callable[[History, Watch], Facts]] = {
    RiskFlag.RETURN_RATE: _return_rate,
    RiskFlag.NOT_RECEIVED: _not_received,
    RiskFlag.VALUE: _value,
    RiskFlag.WRONG_ITEM: _wrong_item,
    RiskFlag.SHARED_ADDRESS: _shared_address,
}
