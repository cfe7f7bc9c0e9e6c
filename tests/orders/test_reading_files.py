"""What a file is, shows in its bytes; what is wrong with it is said row by row."""

import io
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from core import words
from core.errors import Refused
from core.money import to_minor
from orders.importing import superstore
from orders.importing.mappings import GENERIC, MAPPINGS
from orders.importing.reading import Reading
from orders.words import REFUSALS
from tests.orders.sheets import HEADER, codes, read_bytes, read_rows, row, sheet

SUPERSTORE = Path(__file__).parent / "files" / "superstore.xls"


def refusal(data: bytes, **options: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        read_bytes(data, **options)
    return refused.value


def workbook(*sheets: tuple[str, list[list[Any]]]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        page = book.create_sheet(name)
        for cells in rows:
            page.append(cells)
    return saved(book)


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


CELLS = ["1001", datetime(2026, 3, 8, 14, 30), "LAMP-1", "Desk lamp", 2, 24.9, "carol@example.com"]  # noqa: DTZ001


# --- files ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030"])
def test_chinese_files_in_their_encodings(encoding: str) -> None:
    header = "订单编号,下单时间,商家编码,商品名称,数量,单价,邮箱"
    text = sheet(row(title="台灯（暖光）护眼学习阅读灯"), header=header).decode()
    reading = read_bytes(text.encode(encoding))
    assert reading.orders[0].draft.lines[0].title == "台灯（暖光）护眼学习阅读灯"


@pytest.mark.parametrize("title", ["Café crème", "Größe", "Señora", "naïve Renée", "Übergröße für André"])
def test_western_files_are_not_taken_for_chinese(title: str) -> None:
    reading = read_bytes(sheet(row(title=title)).decode().encode("cp1252"))
    assert (reading.opened.encoding, reading.orders[0].draft.lines[0].title) == ("cp1252", title)


def test_a_stray_byte_spoils_its_own_row_only() -> None:
    good = [row(str(number), title="Lämpchen") for number in range(8)]
    data = sheet(*good, row("9", title="Lamp@")).replace(b"@\x2c", b"\xff\x2c").replace(b"Lamp@", b"Lamp\xff")
    reading = read_bytes(data)
    assert codes(reading) == {10: ["row.unreadable_characters"]}
    assert reading.opened.encoding == "utf-8"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(delimiter: str, newline: str) -> None:
    text = sheet(row(), row("1002")).decode().replace(",", delimiter).replace("\n", newline)
    assert [order.draft.number for order in read_bytes(text.encode()).orders] == ["1001", "1002"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "import.empty"),
        (b" \r\n\n", "import.empty"),
        (b"\xef\xbb\xbf", "import.no_mapping"),
        (b"hello\nworld\n", "import.no_mapping"),
        (b"Order number,Placed at,Quantity\n1,2026-01-01,1\n", "import.columns_missing"),
        (f"{HEADER},E-mail\n".encode(), "import.column_twice"),
        (b"%PDF-1.7 something", "import.not_a_table"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "import.not_a_table"),
        (b"PK\x03\x04 nothing", "import.not_a_table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "import.not_a_table"),
        (bytes(10_000), "import.not_a_table"),
    ],
)
def test_what_is_no_list_of_orders_is_refused(data: bytes, code: str) -> None:
    assert refusal(data).code == code


def test_missing_columns_are_named() -> None:
    refused = refusal(b"Order number,Placed at,Quantity\n")
    assert refused.facts == {"mapping": "generic", "line": 1, "missing": ["SKU", "Unit price"]}
    assert "SKU, Unit price" in words.refusal(refused)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"mapping": "shopify"}, "import.unknown_mapping"),
        ({"mapping": "superstore"}, "import.no_mapping"),
        ({"encoding": "klingon"}, "import.wrong_encoding"),
        ({"encoding": "utf-16"}, "import.no_mapping"),
        ({"delimiter": ";"}, "import.no_mapping"),
    ],
)
def test_options_that_do_not_fit_are_refused(options: dict[str, str], code: str) -> None:
    assert refusal(sheet(row()), **options).code == code


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    out = io.BytesIO()
    with ZipFile(out, "w") as package:
        package.writestr("orders.csv", sheet(row()))
    assert refusal(out.getvalue()).code == "import.not_a_table"


def test_a_workbook_that_would_fill_the_memory_is_refused() -> None:
    book = Workbook()
    book.active["A1"], book.active["XFD1048576"] = "Order number", "far away"
    assert refusal(saved(book)).code == "import.too_large"


def test_a_name_says_nothing_about_a_file() -> None:
    assert read_bytes(SUPERSTORE.read_bytes()).opened.header.mapping.name == "superstore"


def test_an_empty_workbook_is_empty() -> None:
    assert refusal(workbook(("Orders", []))).code == "import.empty"


def test_an_unknown_sheet_is_refused() -> None:
    data = workbook(("Orders", [HEADER.split(","), CELLS]), ("Notes", [["hello"]]))
    refused = refusal(data, sheet="Returns")
    assert (refused.code, refused.facts["known"]) == ("import.no_such_sheet", ["Orders", "Notes"])


@settings(max_examples=6)
@given(st.binary(max_size=200), st.integers(0, 5000))
def test_a_damaged_workbook_is_refused_or_read(noise: bytes, at: int) -> None:
    data = bytearray(SUPERSTORE.read_bytes())
    data[at : at + len(noise)] = noise
    try:
        read_bytes(bytes(data))
    except Refused as refused:
        assert refused.code in REFUSALS  # noqa: PT017  either answer is right, a crash is not


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_or_read(noise: bytes) -> None:
    for data in (noise, sheet(row()) + noise, HEADER.encode() + noise):
        try:
            read_bytes(data)
        except Refused as refused:
            assert refused.code in REFUSALS  # noqa: PT017


# --- workbooks --------------------------------------------------------------------------------------


def test_a_workbook_with_a_title_above_its_header_and_formulas() -> None:
    header = HEADER.split(",")
    rows = [["Orders of March"], [], header, CELLS, [], ["1002", *CELLS[1:4], "=1+1", *CELLS[5:]]]
    book = Workbook()
    for cells in rows:
        book.active.append(cells)
    book.active.merge_cells("A1:G1")
    reading = read_bytes(saved(book))
    assert reading.opened.header.line == 3
    assert reading.orders[0].draft.placed_at == datetime(2026, 3, 8, 13, 30, tzinfo=UTC)
    assert (reading.rows, codes(reading)) == (2, {6: ["row.missing"]})


def test_a_value_beside_the_table_is_noted() -> None:
    reading = read_bytes(workbook(("Orders", [HEADER.split(","), [*CELLS, "checked by Ann"]])))
    assert codes(reading) == {2: ["row.outside_the_table"]}


def test_order_numbers_that_lost_digits_in_a_spreadsheet_are_refused() -> None:
    reading = read_bytes(workbook(("Orders", [HEADER.split(","), [202603081234567890, *CELLS[1:]]])))
    assert codes(reading) == {2: ["row.digits_lost"]}


# --- rows -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"number": ""}, "row.missing"),
        ({"placed": ""}, "row.missing"),
        ({"placed": "soon"}, "row.not_a_date"),
        ({"placed": "03/08/2026"}, "row.date_ambiguous"),
        ({"placed": "2036-03-08"}, "row.in_the_future"),
        ({"sku": ""}, "row.missing"),
        ({"sku": "x" * 65}, "row.too_long"),
        ({"title": "x" * 100_000}, "row.too_long"),
        ({"title": "a\x00b"}, "row.control_characters"),
        ({"title": '"open'}, "import.quote_not_closed"),
        ({"title": '"' + "x" * 200_000 + '"'}, "import.cell_too_long"),
        ({"quantity": "0"}, "row.not_positive"),
        ({"quantity": "-1"}, "row.not_positive"),
        ({"quantity": "1.5"}, "row.not_whole"),
        ({"quantity": "99999999"}, "row.number_too_large"),
        ({"price": ""}, "row.missing"),
        ({"price": "-5"}, "row.negative"),
        ({"price": "1.999"}, "row.too_many_decimals"),
        ({"price": "$5"}, "row.other_currency"),
        ({"email": "carol"}, "customer.email_invalid"),
        ({"email": ""}, "row.nobody_to_reach"),
        ({"price": "1,50"}, "row.too_many_cells"),
        ({"email": "carol@example.com,,"}, None),
        ({"title": "'Lamp', big"}, "row.too_many_cells"),
    ],
)
def test_a_bad_row_is_named_and_the_others_are_read(cells: dict[str, str], code: str | None) -> None:
    reading = read_rows(row("1"), row(**{"number": "2"} | cells), row("3"))
    assert reading.rows == 3
    assert codes(reading) == ({3: [code]} if code else {})
    assert [order.draft.number for order in reading.orders] == (["1", "3"] if code else ["1", "2", "3"])


def test_a_row_with_too_few_cells_is_named() -> None:
    assert codes(read_rows(row("1"), "2,2026-03-08", row("3"))) == {3: ["row.too_few_cells"]}


def test_all_that_is_wrong_with_a_row_is_said() -> None:
    reading = read_rows(row(quantity="0", price="free", placed="never"))
    assert set(codes(reading)[2]) == {"row.not_positive", "row.not_a_number", "row.not_a_date"}


def test_every_reason_has_words() -> None:
    reading = read_rows(row("1", title='"a'), row("2", quantity="x"), row("2", placed="2026-01-01"))
    for reasons in reading.problems.values():
        for reason in reasons:
            assert "%(" not in words.refusal(Refused(reason.code, **reason.facts))


def test_line_numbers_count_every_physical_line() -> None:
    reading = read_rows(row("1", title='"two\nlines"'), "", row("2", quantity="0"), row("3", title='"a""b"'))
    assert codes(reading) == {5: ["row.not_positive"]}
    assert [order.draft.lines[0].title for order in reading.orders] == ["two lines", 'a"b']


def test_an_open_quotation_mark_does_not_swallow_the_next_rows() -> None:
    rows = [row("1", title='"never closed'), *(row(str(number)) for number in range(2, 300))]
    reading = read_rows(*rows)
    assert codes(reading) == {2: ["import.quote_not_closed"]}
    assert len(reading.orders) == 298


def test_open_quotation_marks_of_two_rows_do_not_close_each_other() -> None:
    rows = [row(str(number)) for number in range(10)]
    rows[2], rows[3], rows[7] = row("2", title='"a'), row("3", title='"b'), row("7", title='"c')
    reading = read_rows(*rows)
    assert codes(reading) == {line: ["import.quote_not_closed"] for line in (4, 5, 9)}
    assert len(reading.orders) == 7


def test_a_cell_over_several_lines_may_hold_commas() -> None:
    reading = read_rows(row("1", title='"one, two,\nthree"'), row("2"))
    assert [order.draft.lines[0].title for order in reading.orders] == ["one, two, three", "Desk lamp"]


def test_a_mark_of_inches_is_no_quotation_mark() -> None:
    assert read_rows(row(title='13" lamp')).orders[0].draft.lines[0].title == '13" lamp'


def test_single_quotation_marks_are_an_option_and_hinted_at() -> None:
    rows = [row("1", title="'Lamp, big'"), row("2", title="'Ann''s lamp'"), row("3")]
    reading = read_rows(*rows)
    assert codes(reading) == {2: ["row.too_many_cells"]}
    assert (reading.readable_with_single_quotes, reading.unwrapped) == (1, 1)
    assert reading.orders[0].draft.lines[0].title == "Ann's lamp"
    quoted = read_rows(*rows, quote="'")
    assert [order.draft.lines[0].title for order in quoted.orders] == ["Lamp, big", "Ann's lamp", "Desk lamp"]
    assert not quoted.problems


def test_dates_of_a_file_are_read_by_its_own_habit() -> None:
    reading = read_rows(row("1", placed="08.03.2026"), row("2", placed="31.03.2026"))
    assert reading.orders[0].draft.placed_at == datetime(2026, 3, 7, 23, tzinfo=UTC)
    assert read_rows(row(placed="03/08/2026"), dates="mdy").orders[0].draft.placed_at.month == 3


def test_a_file_with_both_habits_is_not_guessed_at() -> None:
    reading = read_rows(
        row("1", placed="31/03/2026"), row("2", placed="03/31/2026"), row("3", placed="03/04/2026")
    )
    assert codes(reading) == {4: ["row.date_ambiguous"]}


def test_the_time_of_the_shop_is_meant_where_no_zone_is_told() -> None:
    reading = read_rows(row("1"), row("2", placed="2026-03-08T14:30:00Z"))
    assert [order.draft.placed_at.hour for order in reading.orders] == [13, 14]


# --- orders -----------------------------------------------------------------------------------------


def test_rows_with_one_number_are_one_order() -> None:
    reading = read_rows(row(), row("1002"), row(sku="BULB-1", quantity="3", price="2"))
    assert [(order.draft.number, order.lines) for order in reading.orders] == [
        ("1001", (2, 4)),
        ("1002", (3,)),
    ]


def test_an_order_that_lacks_a_row_is_marked() -> None:
    reading = read_rows(row(), row(sku="BULB-1", quantity="0"), row("1002"))
    assert [order.draft.incomplete for order in reading.orders] == [True, False]
    assert (reading.incomplete, codes(reading)) == (1, {3: ["row.not_positive"]})


def test_a_copy_of_a_row_is_refused_and_misses_nothing() -> None:
    reading = read_rows(row(), row("1002"), row())
    assert codes(reading) == {4: ["row.copy"]}
    assert reading.problems[4][0].facts == {"line": 2}
    assert reading.incomplete == 0


@pytest.mark.parametrize(
    "other",
    [
        {"email": "charlie@example.com"},
        {"placed": "2026-03-09"},
    ],
)
def test_rows_that_contradict_each_other_are_all_refused(other: dict[str, str]) -> None:
    reading = read_rows(row(), row(sku="B", **other), row(sku="C"), row("1002"))
    assert codes(reading) == {line: ["row.order_disagrees"] for line in (2, 3, 4)}
    assert [order.draft.number for order in reading.orders] == ["1002"]


def test_facts_of_the_order_may_stand_in_one_of_its_rows() -> None:
    reading = read_rows(row(), row(placed="", sku="B", email=""))
    assert len(reading.orders[0].draft.lines) == 2


def wide(*rows: dict[str, str], **options: Any) -> Reading:
    """A file of the general list with the columns its rows name; what they leave out is ordinary."""
    serial = count(1)
    ordinary = {
        "Order number": "1001",
        "Placed at": "2026-03-08",
        "Quantity": "2",
        "Unit price": "10.00",
        "Email": "carol@example.com",
    }
    full = [ordinary | {"SKU": f"SKU-{next(serial)}"} | cells for cells in rows]
    titles = list(dict.fromkeys(title for cells in full for title in cells))
    lines = ["\t".join(cells.get(title, "") for title in titles) for cells in full]
    return read_bytes("\n".join(["\t".join(titles), *lines]).encode(), **options)


def test_all_columns_of_the_general_list() -> None:
    cells = {column.en[0]: column.example for column in GENERIC.columns}
    reading = wide({**cells, "Customer number": "C7", "Phone": "+49 30 901820", "Returned quantity": "1"})
    (order,) = reading.orders
    assert (order.buyer.external, order.buyer.email, order.buyer.country) == (
        "lamps:C7",
        "carol@example.com",
        "DE",
    )
    line = order.draft.lines[0]
    assert (line.unit_price, line.discount, line.returned, line.category) == (2490, 400, 1, "Lighting")
    assert order.draft.payment is not None
    assert (order.draft.shipping, order.draft.payment.method) == (490, "card")
    assert order.draft.parcels[0].tracking_number == "00340434161094042557"
    assert order.draft.parcels[0].delivered_at is not None
    assert order.draft.ship_to["city"] == "Berlin"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_header_of_the_general_list_is_known_and_means_one_thing(language: str) -> None:
    for mapping in MAPPINGS:
        names = [name for column in mapping.columns for name in getattr(column, language)]
        keys = ["".join(letter for letter in name.casefold() if letter.isalnum()) for name in names]
        assert len(keys) == len(set(keys))


def test_a_discount_of_the_whole_order_is_shared() -> None:
    (order,) = wide({"Order discount": "5.00"}, {"Order discount": ""}).orders
    assert [discount.amount for discount in order.draft.discounts] == [500]


def test_a_discount_is_not_shared_over_rows_that_are_missing() -> None:
    reading = wide({"Order discount": "5.00"}, {"Quantity": "0"}, {"Order number": "1002"})
    assert codes(reading) == {2: ["row.order_lacks_rows"], 3: ["row.not_positive"]}
    assert [order.draft.number for order in reading.orders] == ["1002"]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"Line discount": "20.01"}, "order.discount_above_price"),
        ({"Order discount": "20.01"}, "order.discount_above_price"),
        ({"Line total": "19.00"}, "row.does_not_add_up"),
        ({"Currency": "EURO"}, "row.unknown_currency"),
        ({"Currency": "¥"}, "row.unknown_currency"),
        ({"Country": "Atlantis"}, "row.unknown_country"),
        ({"Phone": "call me"}, "customer.phone_invalid"),
        ({"Phone": "4.93E+11"}, "row.digits_lost"),
        ({"Returned quantity": "3"}, "row.returned_above_units"),
        ({"Shipped at": "2026-03-01"}, "row.before_the_last_step"),
        ({"Shipped at": "2026-03-09", "Delivered at": "2026-03-02"}, "row.before_the_last_step"),
        ({"Delivered at": "2030-03-09"}, "row.in_the_future"),
        ({"Paid at": "later"}, "row.not_a_date"),
    ],
)
def test_bad_values_of_the_wider_columns(cells: dict[str, str], code: str) -> None:
    reading = wide(cells, {"Order number": "1002"})
    assert codes(reading) == {2: [code]}


def test_a_file_that_tells_payments_tells_them_for_each_order() -> None:
    reading = wide({"Paid at": "2026-03-08 15:00"}, {"Order number": "1002", "Paid at": ""})
    assert [order.draft.payment is None for order in reading.orders] == [False, True]


def test_units_travel_in_the_parcels_their_rows_name() -> None:
    reading = wide(
        {"Carrier": "DHL", "Tracking number": "T-1"},
        {"Carrier": "DHL", "Tracking number": "T-2"},
        {"Carrier": "DHL", "Tracking number": "T-1", "Shipped at": "2026-03-09"},
        {"Carrier": "", "Tracking number": ""},
    )
    parcels = reading.orders[0].draft.parcels
    assert [(parcel.tracking_number, parcel.lines) for parcel in parcels] == [
        ("T-1", ((0, 2), (2, 2))),
        ("T-2", ((1, 2),)),
    ]


@pytest.mark.parametrize(
    ("cells", "language"),
    [
        ({"Language": "zh-CN"}, "zh-hans"),
        ({"Country": "China"}, "zh-hans"),
        ({"Customer name": "王芳"}, "zh-hans"),
        ({"Customer name": "王芳", "Language": "en"}, "en"),
        ({"Customer name": "Carol"}, "en"),
    ],
)
def test_the_language_of_a_customer(cells: dict[str, str], language: str) -> None:
    assert wide(cells).orders[0].buyer.language == language


# --- superstore -------------------------------------------------------------------------------------


def test_the_superstore_workbook_with_its_returns() -> None:
    reading = read_bytes(SUPERSTORE.read_bytes())
    assert (reading.rows, len(reading.orders), reading.customers, reading.returns) == (4, 3, 2, 1)
    assert (reading.problems, reading.returns_without_order) == ({}, 1)
    first, second, free = reading.orders
    assert [(line.unit_price, line.discount) for line in first.draft.lines] == [(34821, 78347), (1235, 0)]
    assert first.draft.parcels[0].delivered_at == datetime(2026, 1, 6, 23, tzinfo=UTC)
    assert first.buyer.external == "lamps:AB-1"
    assert (second.draft.lines[0].returned, second.draft.ship_to["postcode"]) == (2, "05408")
    assert (free.draft.lines[0].unit_price, free.draft.lines[0].discount) == (0, 0)


@pytest.mark.parametrize(
    ("sales", "share", "quantity", "unit_price", "discount"),
    [
        ("957.5775", "0.45", 5, 34821, 78347),
        ("10.00", "0", 3, 334, 2),
        ("0.444", "0.8", 1, 222, 178),
        ("12.345", "0", 1, 1235, 0),
        ("0", "1", 2, 0, 0),
    ],
)
def test_what_a_superstore_line_was_sold_for_stays_exact(
    sales: str, share: str, quantity: int, unit_price: int, discount: int
) -> None:
    assert superstore.prices(Decimal(sales), Decimal(share), quantity, "USD") == (unit_price, discount)


@given(st.decimals(0, 30_000, places=4), st.integers(0, 99), st.integers(1, 20))
def test_a_superstore_line_is_paid_to_the_cent(sales: Any, percent: int, quantity: int) -> None:
    unit_price, discount = superstore.prices(sales, Decimal(percent) / 100, quantity, "USD")
    assert unit_price * quantity - discount == to_minor(sales, "USD")
    assert discount >= 0


SUPERSTORE_HEADER = (
    "Row ID,Order ID,Order Date,Ship Date,Customer ID,Customer Name,Product ID,Product Name,"
    "Sales,Quantity,Discount"
)


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ("1,XA-1,31/12/2025,1/2/2026,AB-1,Ada,LAMP-1,Lamp,10,1,0", "row.no_such_day"),
        ("1,XA-1,1/2/2026,12/31/2025,AB-1,Ada,LAMP-1,Lamp,10,1,0", "row.before_the_last_step"),
        ("1,XA-1,1/2/2026,1/3/2026,,Ada,LAMP-1,Lamp,10,1,0", "row.missing"),
        ("1,XA-1,1/2/2026,1/3/2026,AB-1,Ada,LAMP-1,Lamp,-10,1,0", "row.negative"),
        ("1,XA-1,1/2/2026,1/3/2026,AB-1,Ada,LAMP-1,Lamp,10,1,1.2", "row.not_a_ratio"),
        ("1,XA-1,1/2/2026,1/3/2026,AB-1,Ada,LAMP-1,Lamp,10,1,1", "row.nothing_left_to_pay"),
        ("1,XA-1,1/2/2026,1/3/2026,AB-1,'Ada, Lady',LAMP-1,Lamp,10,1,0", "row.too_many_cells"),
    ],
)
def test_bad_superstore_rows(cells: str, code: str) -> None:
    good = "2,XA-2,1/2/2026,1/3/2026,AB-1,Ada,LAMP-1,Lamp,10,1,20%"
    assert codes(read_rows(cells, good, header=SUPERSTORE_HEADER)) == {2: [code]}
