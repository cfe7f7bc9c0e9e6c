"""The arithmetic of warranties: last days, repairs, and which of several covers a fault."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from returns.cover import Length, RepairTerms, cover, extend_for_repair, last_day, suspend_for_repair
from returns.warranty_states import AfterRepair, WarrantyKind, WarrantyStatus

EU = RepairTerms(AfterRepair.MONTHS_ONCE, 12, date(2026, 7, 31))
CN = RepairTerms(AfterRepair.REPAIR_DAYS)

days = st.dates(date(2000, 1, 1), date(2090, 1, 1))
months = st.integers(1, 120)
lengths = st.builds(Length, months, st.integers(0, 400), st.sampled_from([0, 12]))


@dataclass(frozen=True)
class Paper:
    """A warranty as far as cover goes."""

    starts_on: date
    ends_on: date
    kind: str = WarrantyKind.MANUFACTURER
    status: str = WarrantyStatus.ACTIVE
    zone: str = "Europe/Berlin"


@pytest.mark.parametrize(
    ("starts_on", "months", "suspended", "ends_on"),
    [
        (date(2025, 1, 31), 1, 0, date(2025, 2, 28)),
        (date(2024, 2, 29), 12, 0, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, 0, date(2028, 2, 29)),
        (date(2026, 3, 1), 24, 0, date(2028, 3, 1)),
        (date(2026, 3, 1), 12, 9, date(2027, 3, 10)),
    ],
)
def test_months_end_on_the_same_day_or_the_last_of_the_month(
    starts_on: date, months: int, suspended: int, ends_on: date
) -> None:
    assert last_day(starts_on, months, suspended_days=suspended) == ends_on


@pytest.mark.parametrize(("months", "suspended"), [(0, 0), (-1, 0), (12, -1)])
def test_no_warranty_lasts_no_time(months: int, suspended: int) -> None:
    with pytest.raises(ValueError, match="lasts"):
        last_day(date(2026, 3, 1), months, suspended_days=suspended)


@given(days, days, lengths)
def test_a_later_start_never_ends_earlier(one: date, other: date, length: Length) -> None:
    first, second = sorted((one, other))
    assert length.last_day(first) <= length.last_day(second)
    assert length.last_day(first) > first


@given(days, lengths, st.sampled_from([EU, CN, RepairTerms()]), st.integers(0, 60), st.none() | days)
def test_a_repair_never_shortens(
    start: date, length: Length, terms: RepairTerms, days_in_repair: int, contract_on: date | None
) -> None:
    suspended = suspend_for_repair(length, terms, days=days_in_repair)
    longer = extend_for_repair(suspended, terms, contract_on=contract_on)
    assert longer.last_day(start) >= suspended.last_day(start) >= length.last_day(start)


@given(lengths, st.none() | days)
def test_months_are_added_once_however_many_repairs_there_are(
    length: Length, contract_on: date | None
) -> None:
    once = extend_for_repair(length, EU, contract_on=contract_on)
    assert extend_for_repair(once, EU, contract_on=contract_on) == once
    assert once.extended_months in (0, 12)


@pytest.mark.parametrize(
    ("contract_on", "added"), [(date(2026, 7, 30), 0), (date(2026, 7, 31), 12), (None, 12)]
)
def test_only_contracts_of_the_new_law_are_extended(contract_on: date | None, added: int) -> None:
    assert extend_for_repair(Length(24), EU, contract_on=contract_on).extended_months == added


def test_days_in_repair_add_up_in_china_only() -> None:
    twice = suspend_for_repair(suspend_for_repair(Length(12), CN, days=9), CN, days=5)
    assert twice == Length(12, suspended_days=14)
    assert suspend_for_repair(Length(24), EU, days=9) == Length(24)
    with pytest.raises(ValueError, match="-1 days"):
        suspend_for_repair(Length(12), CN, days=-1)


def test_the_last_day_is_covered_to_its_end_on_the_customer_s_clock() -> None:
    paper = Paper(date(2026, 3, 1), date(2027, 3, 1))
    assert cover([paper], datetime(2027, 3, 1, 22, 59, tzinfo=UTC)).is_covered
    assert cover([paper], datetime(2027, 3, 1, 23, 0, tzinfo=UTC)).why == "ended"
    assert cover([paper], datetime(2026, 2, 28, 22, 59, tzinfo=UTC)).why == "not_begun"


def test_the_law_goes_before_the_maker_and_both_before_what_was_bought() -> None:
    law = Paper(date(2026, 1, 1), date(2028, 1, 1), WarrantyKind.STATUTORY)
    maker = Paper(date(2026, 1, 1), date(2029, 1, 1))
    bought = Paper(date(2026, 1, 1), date(2031, 1, 1), WarrantyKind.EXTENDED)
    assert cover([bought, maker, law], datetime(2027, 1, 1, tzinfo=UTC)).warranty == law
    assert cover([bought, maker, law], datetime(2028, 6, 1, tzinfo=UTC)).warranty == maker
    assert cover([bought, maker, law], datetime(2030, 6, 1, tzinfo=UTC)).warranty == bought


@pytest.mark.parametrize(
    ("status", "why"),
    [(WarrantyStatus.ACTIVE, "covered"), (WarrantyStatus.PENDING, "pending"), (WarrantyStatus.VOID, "void")],
)
def test_only_a_valid_one_covers(status: str, why: str) -> None:
    paper = Paper(date(2026, 1, 1), date(2027, 1, 1), status=status)
    assert cover([paper], datetime(2026, 6, 1, tzinfo=UTC)).why == why


def test_the_nearest_explains_why_not() -> None:
    ended = Paper(date(2024, 1, 1), date(2025, 1, 1))
    void = Paper(date(2026, 1, 1), date(2028, 1, 1), status=WarrantyStatus.VOID)
    answer = cover([void, ended], datetime(2026, 6, 1, tzinfo=UTC))
    assert (answer.why, answer.until) == ("ended", date(2025, 1, 1))
    assert cover([], datetime(2026, 6, 1, tzinfo=UTC)).why == "none"
