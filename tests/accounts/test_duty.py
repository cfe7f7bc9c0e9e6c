"""Who is on duty at an instant: shifts in the member's own zone, absences, and until when it holds."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.rules import checked_shifts, duty, hours_text, read_hours
from accounts.states import Presence

OFFICE = {str(day): [["09:00", "12:00"], ["13:00", "18:00"]] for day in range(5)}
NIGHT = {"0": [["22:00", "24:00"]], "1": [["00:00", "06:00"]]}
ON, OFF, AWAY = Presence.ON_DUTY, Presence.OFF_SHIFT, Presence.AWAY


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    """In November 2026 (the 23rd is a Monday), in UTC."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("weekly", "zone", "moment", "presence", "until"),
    [
        ({}, "UTC", at(23, 3), ON, None),
        ({"0": []}, "UTC", at(24, 3), ON, None),
        (OFFICE, "Asia/Shanghai", at(23, 2), ON, at(23, 4)),
        (OFFICE, "Asia/Shanghai", at(23, 4), OFF, at(23, 5)),
        (OFFICE, "Asia/Shanghai", at(23, 5), ON, at(23, 10)),
        (OFFICE, "Asia/Shanghai", at(23, 10), OFF, at(24, 1)),
        (OFFICE, "Asia/Shanghai", at(27, 11), OFF, at(30, 1)),
        (OFFICE, "Europe/Berlin", at(23, 2), OFF, at(23, 8)),
        (OFFICE, "Europe/Berlin", at(23, 8), ON, at(23, 11)),
        (OFFICE, "Europe/Berlin", at(6, 7, month=7), ON, at(6, 10, month=7)),
        (NIGHT, "UTC", at(23, 23), ON, at(24, 6)),
        (NIGHT, "UTC", at(24, 6), OFF, at(30, 22)),
        ({str(day): [["00:00", "24:00"]] for day in range(7)}, "UTC", at(23, 3), ON, None),
    ],
)  # fmt: skip
def test_on_shift_or_not_and_until_when(
    weekly: dict[str, list[list[str]]],
    zone: str,
    moment: datetime,
    presence: Presence,
    until: datetime | None,
) -> None:
    found = duty(weekly, zone, [], moment)
    assert (found.presence, found.until) == (presence, until)
    assert found.is_on == (presence == ON)


@pytest.mark.parametrize(
    ("absences", "presence", "until"),
    [
        ([(at(23, 2), at(23, 3))], AWAY, at(23, 3)),
        ([(at(20, 0), None)], AWAY, None),
        ([(at(20, 0), at(23, 2))], ON, at(23, 4)),
        ([(at(23, 3), at(25, 0))], ON, at(23, 3)),
        ([(at(20, 0), at(23, 3)), (at(23, 3), at(24, 0))], AWAY, at(24, 0)),
        ([(at(20, 0), at(23, 3)), (at(23, 5), at(24, 0))], AWAY, at(23, 3)),
    ],
)
def test_being_away_counts_more_than_a_shift(
    absences: list[tuple[datetime, datetime | None]], presence: Presence, until: datetime | None
) -> None:
    found = duty(OFFICE, "Asia/Shanghai", absences, at(23, 2))
    assert (found.presence, found.until) == (presence, until)


def test_what_is_told_holds_until_then_and_not_after() -> None:
    moment = at(1, 0)
    while moment < at(20, 0):
        found = duty(OFFICE, "America/New_York", [], moment)
        assert found.until is not None
        before, after = found.until - timedelta(seconds=1), found.until
        assert duty(OFFICE, "America/New_York", [], before).presence == found.presence
        assert duty(OFFICE, "America/New_York", [], after).presence != found.presence
        moment += timedelta(hours=5, minutes=7)


@pytest.mark.parametrize(
    ("typed", "hours"),
    [
        ("", []),
        ("9:00-12:00", [["09:00", "12:00"]]),
        ("13:00–18:00，09:00至12:00", [["09:00", "12:00"], ["13:00", "18:00"]]),
        ("00:00 - 24:00", [["00:00", "24:00"]]),
    ],
)  # fmt: skip
def test_hours_are_read_as_people_type_them(typed: str, hours: list[list[str]]) -> None:
    assert read_hours(typed) == hours
    assert read_hours(hours_text(hours)) == hours


@pytest.mark.parametrize(
    "typed", ["nine to five", "09:00", "25:00-26:00", "09:60-10:00", "22:00-06:00", "9:00-9:00"]
)
def test_other_hours_are_named(typed: str) -> None:
    with pytest.raises(ValueError, match=r"\d|nine"):
        read_hours(typed)


@pytest.mark.parametrize(
    "weekly",
    [
        [],
        "9-5",
        {"7": []},
        {"0": "9-5"},
        {"0": [["09:00"]]},
        {"0": [[9, 17]]},
        {"0": [["18:00", "09:00"]]},
        {"0": [7]},
    ],
)
def test_a_week_that_is_none_is_refused(weekly: object) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        checked_shifts(weekly)
