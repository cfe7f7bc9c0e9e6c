"""Arithmetic of figures: shares, targets, sums over splits, which days to add up next."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import NamedTuple

from dashboards.states import Better, Split

TENTH = Decimal("0.1")
HUNDRED = Decimal(100)
LEEWAY = Decimal(2)
"""So many points beside a target that allows no miss at all is close, not far off."""


@dataclass(frozen=True)
class Figure:
    """A fraction as it was counted. Nothing below the line is no data, not nought."""

    numerator: int = 0
    denominator: int = 0

    def __add__(self, other: "Figure") -> "Figure":
        return Figure(self.numerator + other.numerator, self.denominator + other.denominator)

    @property
    def rest(self) -> int:
        return self.denominator - self.numerator

    @property
    def share(self) -> Decimal | None:
        """In percent, exact; None without data."""
        return HUNDRED * self.numerator / self.denominator if self.denominator else None


NO_DATA = Figure()


def total(figures: Iterable[Figure]) -> Figure:
    """Fractions added up: numerators and denominators, never shares."""
    return sum(figures, NO_DATA)


def rounded(share: Decimal, better: Better) -> Decimal:
    """To one place, never in our own favour: what reads 95.0 % has reached 95 %."""
    return share.quantize(TENTH, ROUND_FLOOR if better == Better.HIGHER else ROUND_CEILING)


def is_met(share: Decimal, target: Decimal, better: Better) -> bool:
    """Whether a share keeps its target."""
    return share >= target if better == Better.HIGHER else share <= target


def tone(share: Decimal | None, target: Decimal, better: Better) -> str:
    """good: kept; attention: up to twice the misses the target allows; urgent: more; neutral: no data."""
    if share is None:
        return "neutral"
    missed, allowed = (share, target) if better == Better.LOWER else (HUNDRED - share, HUNDRED - target)
    if missed <= allowed:
        return "good"
    return "attention" if missed <= max(2 * allowed, allowed + LEEWAY) else "urgent"


def change(now: Figure, before: Figure) -> Decimal | None:
    """Points between two periods; None when one of them has no data."""
    if now.share is None or before.share is None:
        return None
    return now.share - before.share


# --- sums over splits -----------------------------------------------------------------------------------


class Cell(NamedTuple):
    """Where a figure stands: its day, by what it is split, and the values of the splits (else None)."""

    day: date
    split: Split
    team: int | None
    channel: str
    shop: int | None


def cube(finest: Mapping[Cell, Figure], splits: Split) -> dict[Cell, Figure]:
    """Figures split by everything, added up for every way of splitting by less.

    Any filter then reads one row a day, whichever it is.
    """
    sums: dict[Cell, Figure] = {}
    for split in ways_of(splits):
        for cell, figure in finest.items():
            place = coarser(cell, split)
            sums[place] = sums.get(place, NO_DATA) + figure
    return sums


def ways_of(splits: Split) -> list[Split]:
    """Every combination of some splits, none included."""
    return [Split(bits) for bits in range(splits + 1) if Split(bits) in splits]


def coarser(cell: Cell, split: Split) -> Cell:
    """The cell that a cell belongs to when figures are split by less."""
    return Cell(
        cell.day,
        split,
        cell.team if Split.TEAM in split else None,
        cell.channel if Split.CHANNEL in split else "",
        cell.shop if Split.SHOP in split else None,
    )


# --- which days to add up next --------------------------------------------------------------------------

REFRESH_AFTER: Sequence[tuple[int, timedelta]] = (
    (0, timedelta(0)),
    (1, timedelta(minutes=2)),
    (7, timedelta(minutes=10)),
    (120, timedelta(hours=1)),
)
"""Days of up to so many days ago are added up again after so long: the younger, the more still changes."""

REFRESH_OLD_AFTER = timedelta(days=1)


def refresh_after(age: int) -> timedelta:
    """How long the sums of a day `age` days ago hold."""
    return next((pause for days, pause in REFRESH_AFTER if age <= days), REFRESH_OLD_AFTER)


def days_to_refresh(
    first: date, today: date, added_up: Mapping[date, datetime], at: datetime, most: int
) -> list[date]:
    """Up to `most` days whose sums are missing or too old: newest first among the missing, then the stalest.

    Today always comes first.
    """
    days = [today - timedelta(days=age) for age in range((today - first).days + 1)]
    missing = [day for day in days if day not in added_up]
    stale = {day: _overdue(day, today, added_up[day], at) for day in days if day in added_up}
    ripe = sorted(
        (day for day in stale if stale[day] >= timedelta(0)), key=lambda day: stale[day], reverse=True
    )
    return [today, *(day for day in [*missing, *ripe] if day != today)][:most]


def _overdue(day: date, today: date, added_up_at: datetime, at: datetime) -> timedelta:
    return at - added_up_at - refresh_after((today - day).days)


def runs(days: Iterable[date], longest: int) -> Iterator[tuple[date, date]]:
    """Days as spans without gaps, first and last of each, none longer than `longest`; newest first."""
    first = last = None
    for day in sorted(days, reverse=True):
        if first is not None and last is not None:
            if day == first - timedelta(days=1) and (last - day).days < longest:
                first = day
                continue
            yield first, last
        first = last = day
    if first is not None and last is not None:
        yield first, last
