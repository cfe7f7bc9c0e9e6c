"""What a cell means, however a shop writes it."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import exponent
from orders.importing import values
from orders.importing.files import Cell
from orders.importing.values import BadValue


@pytest.mark.parametrize(
    ("cell", "currency", "decimals", "minor"),
    [
        ("24.90", "EUR", "", 2490),
        ("24,90", "EUR", "", 2490),
        ("24.9", "EUR", "", 2490),
        ("1,234.50", "EUR", "", 123450),
        ("1.234,50", "EUR", "", 123450),
        ("1 234,50", "EUR", "", 123450),
        ("1'234.50", "CHF", "", 123450),
        ("1,234", "EUR", "point", 123400),
        ("1,234", "EUR", "", 123400),
        ("1.234", "EUR", "comma", 123400),
        ("1,234,567", "EUR", "", 123456700),
        ("1.234.567,89", "EUR", "", 123456789),
        ("€24.90", "EUR", "", 2490),
        ("24,90 €", "EUR", "", 2490),
        ("EUR 24.90", "EUR", "", 2490),
        ("US$ 24.90", "USD", "", 2490),
        ("HK$24", "HKD", "", 2400),
        ("￥１２８．５０", "CNY", "", 12850),
        ("128.5元", "CNY", "", 12850),
        ("RMB128.5", "CNY", "", 12850),
        ("¥1,280", "JPY", "", 1280),
        ("1.234", "KWD", "point", 1234),
        ("0", "EUR", "", 0),
        (".5", "EUR", "", 50),
        (24.9, "EUR", "", 2490),
        (19.990000000000002, "EUR", "", 1999),
        (24, "EUR", "", 2400),
    ],
)
def test_amounts_of_many_countries(
    cell: Cell, currency: str, decimals: values.DecimalMark, minor: int
) -> None:
    assert values.amount_of(cell, currency, decimals=decimals) == minor


@pytest.mark.parametrize(
    ("cell", "currency", "decimals", "code"),
    [
        ("free", "EUR", "", "row.not_a_number"),
        ("1-2", "EUR", "", "row.not_a_number"),
        ("12,34,5", "EUR", "", "row.not_a_number"),
        ("1.23.4", "EUR", "", "row.not_a_number"),
        ("12.34,56.78", "EUR", "", "row.not_a_number"),
        ("NaN", "EUR", "", "row.not_a_number"),
        ("inf", "EUR", "", "row.not_a_number"),
        ("1e400", "EUR", "", "row.not_a_number"),
        (float("nan"), "EUR", "", "row.not_a_number"),
        (float("inf"), "EUR", "", "row.not_a_number"),
        (True, "EUR", "", "row.not_a_number"),
        (date(2026, 1, 2), "EUR", "", "row.not_a_number"),
        ("-1", "EUR", "", "row.negative"),
        ("−1", "EUR", "", "row.negative"),
        ("(1.00)", "EUR", "", "row.negative"),
        ("1.234", "EUR", "point", "row.too_many_decimals"),
        (12.345, "EUR", "", "row.too_many_decimals"),
        ("12.5", "JPY", "", "row.too_many_decimals"),
        ("1,234", "EUR", "mixed", "row.amount_ambiguous"),
        ("$5", "EUR", "", "row.other_currency"),
        ("€5", "USD", "", "row.other_currency"),
        ("¥5", "EUR", "", "row.other_currency"),
        ("9" * 30, "EUR", "", "row.number_too_large"),
        (10**20, "EUR", "", "row.number_too_large"),
    ],
)
def test_amounts_that_are_none(cell: Cell, currency: str, decimals: values.DecimalMark, code: str) -> None:
    with pytest.raises(BadValue) as bad:
        values.amount_of(cell, currency, decimals=decimals)
    assert bad.value.code == code


@pytest.mark.parametrize(
    ("cells", "habit"),
    [
        ([], ""),
        (["12", "1,234", "1.234"], ""),
        (["12.50", "1,234"], "point"),
        (["12,50", "1.234"], "comma"),
        (["1.234,00"], "comma"),
        (["1,234.00"], "point"),
        (["12,50", "12.50"], "mixed"),
        ([12.5, 7], ""),
    ],
)
def test_the_decimal_mark_is_decided_for_the_whole_file(cells: list[Cell], habit: str) -> None:
    assert values.decimal_habit(cells) == habit


@given(st.integers(0, 10**12), st.sampled_from(["EUR", "JPY", "KWD"]), st.booleans())
def test_a_written_amount_is_read_back_exactly(minor: int, currency: str, comma: bool) -> None:
    places = exponent(currency)
    text = f"{Decimal(minor).scaleb(-places):,.{places}f}"
    if comma:
        text = text.translate(str.maketrans(",.", ".,"))
    assert values.amount_of(text, currency, decimals="comma" if comma else "point") == minor


@given(st.text(max_size=30) | st.floats() | st.integers() | st.booleans())
def test_no_cell_breaks_the_reading_of_amounts(cell: Cell) -> None:
    with suppress(BadValue):
        assert values.amount_of(cell, "EUR", decimals="") >= 0


NOON = datetime(2026, 3, 8, 12, 30)  # noqa: DTZ001  read from a cell without a zone


@pytest.mark.parametrize(
    ("cell", "order", "moment"),
    [
        ("2026-03-08", "", datetime(2026, 3, 8)),  # noqa: DTZ001
        ("2026-03-08 12:30", "", NOON),
        ("2026-03-08T12:30:00", "", NOON),
        ("2026-03-08T12:30:00Z", "", NOON.replace(tzinfo=UTC)),
        ("2026-03-08T12:30:00+08:00", "", NOON.replace(tzinfo=timezone(timedelta(hours=8)))),
        ("2026-03-08 12:30:00 -0500", "", NOON.replace(tzinfo=timezone(timedelta(hours=-5)))),
        ("2026/3/8 12:30:00.123", "", NOON),
        ("2026年3月8日 12:30", "", NOON),
        ("２０２６－０３－０８　１２：３０", "", NOON),
        ("20260308", "", datetime(2026, 3, 8)),  # noqa: DTZ001
        ("8.3.2026", "dmy", datetime(2026, 3, 8)),  # noqa: DTZ001
        ("3/8/2026", "mdy", datetime(2026, 3, 8)),  # noqa: DTZ001
        ("31/3/2026", "", datetime(2026, 3, 31)),  # noqa: DTZ001
        ("3/31/2026", "", datetime(2026, 3, 31)),  # noqa: DTZ001
        ("3/3/2026", "", datetime(2026, 3, 3)),  # noqa: DTZ001
        ("8 Mar 2026", "", datetime(2026, 3, 8)),  # noqa: DTZ001
        ("March 8, 2026 12:30", "", NOON),
        ("8-Mar-2026", "", datetime(2026, 3, 8)),  # noqa: DTZ001
        ("46089", "", datetime(2026, 3, 8)),  # noqa: DTZ001
        (46089, "", datetime(2026, 3, 8)),  # noqa: DTZ001
        (46089.520833333336, "", NOON),
        (date(2026, 3, 8), "", datetime(2026, 3, 8)),  # noqa: DTZ001
        (NOON, "", NOON),
    ],
)
def test_dates_of_many_countries(cell: Cell, order: values.DateOrder, moment: datetime) -> None:
    assert values.moment_of(cell, order=order) == moment


@pytest.mark.parametrize(
    ("cell", "order", "code"),
    [
        ("yesterday", "", "row.not_a_date"),
        ("2026", "", "row.not_a_date"),
        ("8.3.26", "dmy", "row.not_a_date"),
        ("8 Foo 2026", "", "row.not_a_date"),
        ("0", "", "row.not_a_date"),
        (True, "", "row.not_a_date"),
        ("12:30:00", "", "row.not_a_date"),
        (1e300, "", "row.not_a_date"),
        (float("nan"), "", "row.not_a_date"),
        ("2026-02-30", "", "row.no_such_day"),
        ("2026-13-01", "", "row.no_such_day"),
        ("2026-03-08 25:00", "", "row.no_such_day"),
        ("31/31/2026", "", "row.no_such_day"),
        ("31/3/2026", "mdy", "row.no_such_day"),
        ("3/8/2026", "", "row.date_ambiguous"),
        ("3/8/2026", "mixed", "row.date_ambiguous"),
        ("1899-12-31", "", "row.date_too_early"),
    ],
)
def test_dates_that_are_none(cell: Cell, order: values.DateOrder, code: str) -> None:
    with pytest.raises(BadValue) as bad:
        values.moment_of(cell, order=order)
    assert bad.value.code == code


@pytest.mark.parametrize(
    ("cells", "habit"),
    [
        (["1/2/2026", "13/2/2026"], "dmy"),
        (["1/2/2026", "2/13/2026"], "mdy"),
        (["13/2/2026", "2/13/2026"], "mixed"),
        (["1/2/2026", "2026-02-13", "nothing", date(2026, 1, 1)], ""),
    ],
)
def test_day_or_month_first_is_decided_for_the_whole_file(cells: list[Cell], habit: str) -> None:
    assert values.date_habit(cells) == habit


@given(st.text(max_size=40) | st.floats() | st.integers())
def test_no_cell_breaks_the_reading_of_dates(cell: Cell) -> None:
    with suppress(BadValue):
        assert values.moment_of(cell, order="").year >= 1990


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("  1001\t", "1001"),
        ('="00123"', "00123"),
        ("\ufeff1001", "1001"),
        ("10\xa001", "10 01"),
        (1001, "1001"),
        (1001.0, "1001"),
        (0.5, "0.5"),
        ("1E5", "1E5"),
    ],
)
def test_names_lose_the_wrappings_of_spreadsheets(cell: Cell, name: str) -> None:
    assert values.name_of(cell, most=64) == name


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (2.0260308123456789e17, "row.digits_lost"),
        (202603081234567890, "row.digits_lost"),
        ("2.02603E+17", "row.digits_lost"),
        ("10\x0001", "row.control_characters"),
        ("caf\udce9", "row.unreadable_characters"),
        ("x" * 65, "row.too_long"),
    ],
)
def test_names_that_cannot_be_trusted(cell: Cell, code: str) -> None:
    with pytest.raises(BadValue) as bad:
        values.name_of(cell, most=64)
    assert bad.value.code == code


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("0", "row.not_positive"),
        ("-2", "row.not_positive"),
        (-1, "row.not_positive"),
        ("1.5", "row.not_whole"),
        ("two", "row.not_a_number"),
        ("2 pcs", "row.not_a_number"),
        ("1001", "row.number_too_large"),
    ],
)
def test_counts_that_are_none(cell: Cell, code: str) -> None:
    with pytest.raises(BadValue) as bad:
        values.count_of(cell, most=1000)
    assert bad.value.code == code


@pytest.mark.parametrize(("cell", "count"), [("2", 2), ("２", 2), ("2.0", 2), (2.0, 2), ("1,000", 1000)])
def test_counts_of_many_countries(cell: Cell, count: int) -> None:
    assert values.count_of(cell, most=1000) == count


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("'Sean O''Donnell'", "Sean O'Donnell"),
        ("'Manager''s Chair'", "Manager's Chair"),
        ("'plain'", "plain"),
        ("rock 'n' roll", "rock 'n' roll"),
        ("'n' roll", "'n' roll"),
        ("'", "'"),
        ("''", "''"),
    ],
)
def test_only_whole_quotations_are_taken_off(text: str, bare: str) -> None:
    assert values.without_quotes(text) == bare


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("us", "US"),
        ("United States", "US"),
        ("德国", "DE"),
        ("中国大陆", "CN"),
        ("USA", "US"),
        ("germany", "DE"),
    ],
)
def test_countries_by_code_and_name(text: str, code: str) -> None:
    assert values.country_of(text) == code


def test_a_country_nobody_knows_is_refused() -> None:
    with pytest.raises(BadValue):
        values.country_of("Atlantis")
