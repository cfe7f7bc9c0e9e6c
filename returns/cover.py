"""Whether something is covered, and until when: arithmetic of warranties without a database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Generic, Literal, Protocol, TypeVar, cast
from zoneinfo import ZoneInfo

from core.hours import month_add
from returns.warranty_states import AfterRepair, WarrantyKind, WarrantyStatus

Why = Literal["covered", "pending", "not_begun", "ended", "void", "none"]


class Promise(Protocol):
    """A warranty, as far as the question of cover goes."""

    @property
    def kind(self) -> str: ...

    @property
    def status(self) -> str: ...

    @property
    def zone(self) -> str: ...

    @property
    def starts_on(self) -> date: ...

    @property
    def ends_on(self) -> date: ...


P = TypeVar("P")
"""Something with all that a `Promise` has."""


@dataclass(frozen=True)
class Cover(Generic[P]):
    """The answer: the warranty that covers, or the one that comes nearest, and why.

    `why` is "covered", or "pending" (not verified yet), "not_begun", "ended", "void", "none" (no warranty).
    """

    why: Why
    warranty: P | None = None

    @property
    def is_covered(self) -> bool:
        return self.why == "covered"

    @property
    def until(self) -> date | None:
        """The last day of the warranty that is spoken of."""
        return cast(Promise, self.warranty).ends_on if self.warranty is not None else None


_NEAREST: tuple[Why, ...] = ("covered", "pending", "not_begun", "ended", "void")
# Of several that cover, the law comes first: it costs the customer nothing and cannot be bargained away.
_KINDS = (WarrantyKind.STATUTORY, WarrantyKind.MANUFACTURER, WarrantyKind.EXTENDED)


def cover(warranties: Iterable[P], at: datetime) -> Cover[P]:
    """Which of the warranties covers a fault that shows at an instant; else the nearest to it, and why not.

    Of several that cover, the law's own before the manufacturer's before a bought one, then the longest.
    """
    judged = [(_why(cast(Promise, warranty), at), warranty) for warranty in warranties]
    if not judged:
        return Cover("none")
    return min((Cover(why, warranty) for why, warranty in judged), key=_rank)


def _why(warranty: Promise, at: datetime) -> Why:
    day = at.astimezone(ZoneInfo(warranty.zone)).date()
    if warranty.status == WarrantyStatus.VOID:
        return "void"
    if day > warranty.ends_on:
        return "ended"
    if warranty.status == WarrantyStatus.PENDING:
        return "pending"
    return "not_begun" if day < warranty.starts_on else "covered"


def _rank(answer: Cover[P]) -> tuple[int, int, int]:
    promise = cast(Promise, answer.warranty)
    kind = _KINDS.index(WarrantyKind(promise.kind)) if answer.is_covered else 0
    return _NEAREST.index(answer.why), kind, -promise.ends_on.toordinal()


def last_day(starts_on: date, months: int, *, suspended_days: int = 0) -> date:
    """The last covered day: the same day of the month `months` later, or that month's last, plus the days.

    A later start never ends earlier (domain E28, T2). ValueError for less than a month or negative days.
    """
    if months < 1 or suspended_days < 0:
        raise ValueError(f"No warranty lasts {months} months and {suspended_days} days.")
    return month_add(starts_on, months) + timedelta(days=suspended_days)


@dataclass(frozen=True)
class Length:
    """What makes up the length of a warranty."""

    months: int
    suspended_days: int = 0
    extended_months: int = 0

    def last_day(self, starts_on: date) -> date:
        """The last covered day from a start."""
        return last_day(starts_on, self.months + self.extended_months, suspended_days=self.suspended_days)


@dataclass(frozen=True)
class RepairTerms:
    """What a repair does to a warranty under its rule; `contracts_from` None: whatever the contract's day."""

    effect: str = AfterRepair.NOTHING
    months: int = 0
    contracts_from: date | None = None

    def reaches(self, contract_on: date | None) -> bool:
        """Whether they hold for a contract of this day; an unknown day is in the customer's favour."""
        return self.contracts_from is None or contract_on is None or contract_on >= self.contracts_from


def extend_for_repair(length: Length, terms: RepairTerms, *, contract_on: date | None) -> Length:
    """The length after a repair under the warranty: with months added, once, or as before."""
    if terms.effect != AfterRepair.MONTHS_ONCE or length.extended_months or not terms.reaches(contract_on):
        return length
    return Length(length.months, length.suspended_days, terms.months)


def suspend_for_repair(length: Length, terms: RepairTerms, *, days: int) -> Length:
    """The length after `days` in repair, where the days are added (China); as before elsewhere.

    Raises ValueError for negative days.
    """
    if days < 0:
        raise ValueError(f"A repair cannot take {days} days.")
    if terms.effect != AfterRepair.REPAIR_DAYS:
        return length
    return Length(length.months, length.suspended_days + days, length.extended_months)
