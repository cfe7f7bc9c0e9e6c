"""Where the marks of a chart stand."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards import charts

D = Decimal
shares = st.decimals(0, 100, places=2)


def test_a_line_runs_through_the_middle_of_its_steps() -> None:
    place = charts.Scale(D(0), D(100), (D(0), D(100)))
    line = charts.line([D(0), D(100)], [D(50), D(50)], place)
    assert line.path == "M250 100L750 0"
    assert line.target == "M0 50H500L500 50H1000"
    assert line.last == "M750 0h0"
    assert line.area == "M250 100L750 0L750 100L250 100Z"


def test_no_data_is_a_gap_and_a_lonely_value_a_dot() -> None:
    place = charts.Scale(D(0), D(100), (D(0), D(100)))
    line = charts.line([D(10), None, D(30), D(40)], [], place)
    assert (line.path, line.dots) == ("M625 70L875 60", "M125 90h0")
    assert line.area.count("Z") == 1


def test_nothing_is_drawn_without_data() -> None:
    line = charts.line([None, None], [D(95), D(95)])
    assert (line.path, line.dots, line.area, line.last) == ("", "", "", "")


@pytest.mark.parametrize(
    ("values", "marks"),
    [
        (["92", "100", "95"], ["91", "92", "93"]),
        (["0", "2", "3"], ["0"]),
    ],
)
def test_marks_are_round(values: list[str], marks: list[str]) -> None:
    found = charts.scale_of_shares([D(value) for value in values]).marks
    assert all(mark == mark.quantize(D("0.5")) for mark in found)
    assert len(marks) <= len(found) <= 7


@given(st.lists(shares, max_size=9))
def test_a_scale_holds_all_values_within_what_is_possible(values: list[Decimal]) -> None:
    place = charts.scale_of_shares(values)
    assert 0 <= place.low < place.high <= 100
    assert all(place.low <= value <= place.high for value in values)
    assert list(place.marks) == sorted(set(place.marks))
    assert (place.marks[0], place.marks[-1]) == (place.low, place.high)
    assert len(place.marks) <= 7


@given(st.lists(st.integers(0, 10**7), max_size=9))
def test_counts_stand_on_the_ground(values: list[int]) -> None:
    place = charts.scale_of_counts(values)
    assert place.low == 0
    assert place.high >= max(values, default=0)
    for bar in charts.bars(values, place):
        assert D(bar.y) + D(bar.height) == pytest.approx(charts.HEIGHT, abs=D("0.02"))


@given(st.lists(st.one_of(st.none(), shares), max_size=12))
def test_everything_stands_inside_the_drawing(values: list[Decimal | None]) -> None:
    line = charts.line(values, [D(95)] * len(values))
    for x, y in re.findall(r"([\d.]+) ([\d.]+)", line.path + line.dots):
        assert 0 <= D(x) <= charts.WIDTH
        assert 0 <= D(y) <= charts.HEIGHT


def test_two_bars_of_a_step_stand_beside_each_other() -> None:
    place = charts.scale_of_counts([10])
    (left,), (right,) = charts.bars([10], place, 0, 2), charts.bars([5], place, 1, 2)
    assert D(left.x) + D(left.width) == D(right.x)
    assert D(right.height) == 50
