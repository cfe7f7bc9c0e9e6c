"""What is said about a figure: kept or not, better or worse, how its last step stands."""

from datetime import date
from decimal import Decimal

import pytest

from dashboards.kpis import CSAT, RETURN_RATE, Kpi
from dashboards.periods import Period
from dashboards.readings import Point, Reading
from dashboards.rules import NO_DATA, Figure

DAYS = [Period(date(2026, 11, day), date(2026, 11, day)) for day in (21, 22, 23)]


def reading(kpi: Kpi, figure: Figure, before: Figure = NO_DATA, steps: tuple[Figure, ...] = ()) -> Reading:
    points = [Point(day, step, kpi.target) for day, step in zip(DAYS, steps, strict=False)]
    return Reading(kpi, Period(DAYS[0].first, DAYS[-1].last), figure, before, kpi.target, points)


@pytest.mark.parametrize(
    ("kpi", "now", "before", "is_met", "is_better"),
    [
        (CSAT, Figure(96, 100), Figure(90, 100), True, True),
        (CSAT, Figure(90, 100), Figure(96, 100), False, False),
        (RETURN_RATE, Figure(4, 100), Figure(5, 100), False, True),
        (RETURN_RATE, Figure(3, 100), Figure(2, 100), True, False),
        (CSAT, Figure(95, 100), Figure(95, 100), True, None),
        (CSAT, Figure(95, 100), NO_DATA, True, None),
        (CSAT, NO_DATA, Figure(95, 100), None, None),
    ],
)
def test_up_is_not_always_better(
    kpi: Kpi, now: Figure, before: Figure, is_met: bool | None, is_better: bool | None
) -> None:
    told = reading(kpi, now, before)
    assert (told.is_met, told.is_better) == (is_met, is_better)


def test_the_last_step_is_the_last_one_with_data() -> None:
    told = reading(CSAT, Figure(96, 100), steps=(Figure(9, 9), Figure(1, 5), NO_DATA))
    assert (told.tone, told.last_tone) == ("good", "urgent")
    assert reading(CSAT, NO_DATA, steps=(NO_DATA,)).last_tone == "neutral"


def test_change_is_in_points() -> None:
    assert reading(CSAT, Figure(3, 4), Figure(1, 2)).change == Decimal(25)
