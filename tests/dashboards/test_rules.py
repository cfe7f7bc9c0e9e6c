"""Shares, targets, sums over splits, and which days to add up next."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards import rules
from dashboards.rules import NO_DATA, Cell, Figure
from dashboards.states import ALL_SPLITS, Better, Split

HIGHER, LOWER = Better.HIGHER, Better.LOWER
DAY = date(2026, 11, 23)


def test_nothing_below_the_line_is_no_data() -> None:
    assert NO_DATA.share is None
    assert Figure(0, 4).share == 0


def test_fractions_are_added_not_shares() -> None:
    assert rules.total([Figure(1, 1), Figure(0, 9), NO_DATA]) == Figure(1, 10)


@pytest.mark.parametrize(
    ("share", "better", "shown"),
    [("94.99", HIGHER, "94.9"), ("95", HIGHER, "95.0"), ("3.01", LOWER, "3.1"), ("3", LOWER, "3.0")],
)
def test_rounding_never_flatters(share: str, better: Better, shown: str) -> None:
    assert str(rules.rounded(Decimal(share), better)) == shown


@given(st.integers(0, 500), st.integers(1, 500), st.integers(0, 1000), st.sampled_from(Better))
def test_what_is_shown_and_what_is_judged_agree(hits: int, counts: int, tenths: int, better: Better) -> None:
    """With a target of one decimal, the rounded share keeps it exactly when the share does."""
    share, target = Figure(min(hits, counts), counts).share, Decimal(tenths) / 10
    assert share is not None
    assert rules.is_met(rules.rounded(share, better), target, better) == rules.is_met(share, target, better)


@pytest.mark.parametrize(
    ("share", "target", "better", "tone"),
    [
        ("95", 95, HIGHER, "good"),
        ("94.9", 95, HIGHER, "attention"),
        ("90", 95, HIGHER, "attention"),
        ("89.9", 95, HIGHER, "urgent"),
        ("3", 3, LOWER, "good"),
        ("6", 3, LOWER, "attention"),
        ("6.1", 3, LOWER, "urgent"),
        ("98", 100, HIGHER, "attention"),
        ("97.9", 100, HIGHER, "urgent"),
        (None, 95, HIGHER, "neutral"),
    ],
)
def test_how_far_off_a_figure_is(share: str | None, target: int, better: Better, tone: str) -> None:
    assert rules.tone(Decimal(share) if share else None, Decimal(target), better) == tone


@given(st.integers(0, 100), st.integers(1, 100), st.integers(0, 100), st.sampled_from(Better))
def test_good_means_kept(hits: int, counts: int, target: int, better: Better) -> None:
    share = Figure(min(hits, counts), counts).share
    assert share is not None
    is_good = rules.tone(share, Decimal(target), better) == "good"
    assert is_good == rules.is_met(share, Decimal(target), better)


def test_change_needs_two_periods_with_data() -> None:
    assert rules.change(Figure(3, 4), Figure(1, 2)) == 25
    assert rules.change(Figure(3, 4), NO_DATA) is None
    assert rules.change(NO_DATA, Figure(1, 2)) is None


# --- sums over splits -----------------------------------------------------------------------------------

cells = st.builds(
    Cell,
    st.sampled_from([DAY, DAY + timedelta(days=1)]),
    st.just(ALL_SPLITS),
    st.sampled_from([None, 1, 2]),
    st.sampled_from(["email", "chat"]),
    st.sampled_from([None, 7]),
)
figures = st.builds(Figure, st.integers(0, 9), st.integers(0, 9))


@given(st.dictionaries(cells, figures))
def test_every_way_of_splitting_adds_up_to_the_same(finest: dict[Cell, Figure]) -> None:
    sums = rules.cube(finest, ALL_SPLITS)
    for split in rules.ways_of(ALL_SPLITS):
        assert rules.total(sums[cell] for cell in sums if cell.split == split) == rules.total(finest.values())
    assert {cell: sums[cell] for cell in sums if cell.split == ALL_SPLITS} == finest


def test_a_figure_is_only_split_by_what_it_knows() -> None:
    assert rules.ways_of(Split.SHOP) == [Split.NOTHING, Split.SHOP]
    assert len(rules.ways_of(ALL_SPLITS)) == 8


# --- which days to add up next --------------------------------------------------------------------------

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def days_ago(*ages: int) -> list[date]:
    return [DAY - timedelta(days=age) for age in ages]


def test_today_is_always_added_up_and_what_is_missing_newest_first() -> None:
    assert rules.days_to_refresh(DAY - timedelta(days=9), DAY, {}, NOON, 3) == days_ago(0, 1, 2)


@pytest.mark.parametrize(
    ("age", "minutes"), [(0, 0), (1, 2), (7, 10), (8, 60), (120, 60), (121, 24 * 60), (900, 24 * 60)]
)
def test_older_days_rest_longer(age: int, minutes: int) -> None:
    assert rules.refresh_after(age) == timedelta(minutes=minutes)


def test_the_stalest_comes_next() -> None:
    added_up = {
        DAY: NOON,
        DAY - timedelta(days=1): NOON - timedelta(minutes=1),
        DAY - timedelta(days=2): NOON - timedelta(minutes=11),
        DAY - timedelta(days=3): NOON - timedelta(minutes=30),
    }
    assert rules.days_to_refresh(DAY - timedelta(days=3), DAY, added_up, NOON, 9) == days_ago(0, 3, 2)


@given(st.sets(st.integers(0, 60).map(lambda age: DAY - timedelta(days=age))), st.integers(1, 9))
def test_runs_hold_every_day_once_and_are_not_too_long(days: set[date], longest: int) -> None:
    found = list(rules.runs(days, longest))
    held = [first + timedelta(days=i) for first, last in found for i in range((last - first).days + 1)]
    assert sorted(held) == sorted(days)
    assert len(held) == len(set(held))
    assert all((last - first).days < longest for first, last in found)
