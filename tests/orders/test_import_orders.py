"""Importing a file of orders: once, completely, whatever happens in between."""

import csv
import io
import json
import random
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from core.models import Event
from customers.models import ContactPoint, Customer
from orders.actions import imports
from orders.importing import running
from orders.importing.opening import Options
from orders.management.commands.import_orders import Bar
from orders.models import ImportProblem, ImportRun, Order, OrderLine, Payment, Shop
from orders.states import ImportState, OrderStatus
from tests.orders import drafts
from tests.orders.sheets import HEADER, row, sheet

pytestmark = pytest.mark.django_db

SUPERSTORE = Path(__file__).parent / "files" / "superstore.xls"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.REPORTS_DIR = tmp_path / "reports"
    return tmp_path


def run(
    capsys: pytest.CaptureFixture[str], data: bytes | Path, *arguments: str, code: int = 0
) -> dict[str, Any]:
    """Import by the command; the summary of its last line."""
    path = data if isinstance(data, Path) else Path("orders.csv").resolve()
    if isinstance(data, bytes):
        path.write_bytes(data)
    if code:
        with pytest.raises(SystemExit) as ended:
            call_command("import_orders", str(path), *arguments)
        assert ended.value.code == code
    else:
        call_command("import_orders", str(path), *arguments)
    summary: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return summary


@pytest.fixture(autouse=True)
def in_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)


def table(path: Path) -> list[list[str]]:
    return list(csv.reader(path.read_text(encoding="utf-8").splitlines()))


def figures(summary: dict[str, Any], *names: str) -> tuple[int, ...]:
    return tuple(summary[name] for name in names)


def test_a_workbook_of_the_superstore(capsys: pytest.CaptureFixture[str]) -> None:
    summary = run(capsys, SUPERSTORE)
    assert list(summary)[:5] == ["rows", "orders", "customers", "returns", "errors"]
    assert figures(summary, "rows", "orders", "customers", "returns", "errors", "created") == (
        4,
        3,
        2,
        1,
        0,
        3,
    )
    assert summary["report"] is None
    shop = Shop.objects.get()
    assert (shop.code, shop.currency) == ("superstore", "USD")
    assert ContactPoint.objects.filter(kind="external", normalized="superstore:AB-1").count() == 1
    order = Order.objects.get(number="XA-1")
    assert (order.status, order.paid, order.discount) == (OrderStatus.DELIVERED, 95758 + 1235, 78347)
    assert Order.objects.with_returned_goods().get().number == "XA-2"
    assert Event.objects.filter(kind="order.imported").count() == 3


def test_importing_twice_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, SUPERSTORE)
    before = snapshot()
    summary = run(capsys, SUPERSTORE)
    assert figures(summary, "rows", "orders", "customers", "returns", "errors") == (4, 3, 2, 1, 0)
    assert figures(summary, "created", "updated", "unchanged") == (0, 0, 3)
    assert snapshot() == before


def snapshot() -> list[Any]:
    models = (Order, OrderLine, Payment, Customer, ContactPoint)
    events = Event.objects.exclude(kind__startswith="import.")
    return [list(model.objects.order_by("pk").values()) for model in models] + [events.count()]


def test_bad_rows_are_listed_and_good_ones_imported(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    drafts.shop()
    data = sheet(
        row("1"), row("2", quantity="0", price="free"), row("3", sku="=cmd|x", title="Lamp, big"), row("4")
    )
    summary = run(capsys, data, "--report", str(folder / "bad.csv"), code=1)
    assert figures(summary, "rows", "orders", "errors", "created") == (4, 2, 2, 2)
    lines = table(folder / "bad.csv")
    assert lines[0] == ["line", "column", "value", "reason"]
    assert lines[1][:3] == ["3", "Quantity; Unit price", "0; free"]
    assert lines[1][3] == "The quantity must be at least 1.; This is not a number."
    assert lines[2][0] == "4"
    assert "8 cells where the header has 7" in lines[2][3]


def test_the_report_goes_where_reports_go(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    drafts.shop()
    summary = run(capsys, sheet(row(), row("2", quantity="0")), code=1)
    report = Path(summary["report"])
    assert report.parent == folder / "reports"
    assert report.read_text().count("\n") == 2


def test_values_of_a_report_are_no_formulas(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    drafts.shop()
    bad = [row("1", quantity="=1+1"), row("2", quantity="-1"), row("3", quantity="@x")]
    run(capsys, sheet(*bad), "--report", str(folder / "bad.csv"), code=1)
    values = [line[2] for line in table(folder / "bad.csv")]
    assert values == ["value", "'=1+1", "-1", "'@x"]


def test_reasons_are_said_in_chinese_when_asked(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    drafts.shop()
    run(
        capsys, sheet(row(quantity="0")), "--language", "zh-hans", "--report", str(folder / "bad.csv"), code=1
    )
    assert "数量" in (folder / "bad.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: None, "There is no file"),
        (lambda path: path.mkdir(), "is a folder"),
        (lambda path: path.write_bytes(b""), "The file is empty"),
        (
            lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9),
            "not a CSV, XLS or XLSX file",
        ),
        (lambda path: path.write_text("a,b\n1,2\n"), "No line of the file is a header we know"),
        (
            lambda path: path.write_text("SKU,Quantity\n"),
            "lacks columns that are needed: Order number, Placed at",
        ),
        (lambda path: path.write_bytes(sheet(row())), "Say which shop the orders belong to. Known ones: –"),
    ],
)
def test_what_cannot_be_read_ends_with_a_sentence(folder: Path, make: Any, words: str) -> None:
    make(folder / "orders.csv")
    with pytest.raises(CommandError, match=words) as error:
        call_command("import_orders", str(folder / "orders.csv"))
    assert error.value.returncode == 2
    assert not ImportRun.objects.exists()


def test_an_unknown_shop_is_refused(folder: Path) -> None:
    drafts.shop()
    (folder / "orders.csv").write_bytes(sheet(row()))
    with pytest.raises(CommandError, match=r"There is no shop chairs\. Known ones: lamps"):
        call_command("import_orders", "orders.csv", "--shop", "chairs")


def test_the_superstore_may_be_read_into_another_shop(capsys: pytest.CaptureFixture[str]) -> None:
    drafts.shop()
    run(capsys, SUPERSTORE, "--shop", "lamps")
    assert {order.shop.code for order in Order.objects.select_related("shop")} == {"lamps"}


def test_a_dry_run_keeps_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    drafts.shop()
    summary = run(capsys, sheet(row("1"), row("2", quantity="0")), "--dry-run", code=1)
    assert figures(summary, "orders", "created", "errors") == (1, 1, 1)
    assert not any(model.objects.exists() for model in (Order, Customer, ImportRun, ImportProblem))


def test_a_later_file_with_all_rows_completes_an_order(capsys: pytest.CaptureFixture[str]) -> None:
    drafts.shop()
    rows = [row("1"), row("1", sku="B", title="'Bulb, warm'"), row("1", sku="C")]
    summary = run(capsys, sheet(*rows), code=1)
    assert figures(summary, "orders", "errors", "incomplete") == (1, 1, 1)
    assert Order.objects.get().incomplete is True
    summary = run(capsys, sheet(*rows), "--quote", "'")
    assert figures(summary, "orders", "errors", "incomplete", "updated") == (1, 0, 0, 1)
    order = Order.objects.get()
    assert (order.incomplete, order.lines.count(), order.paid) == (False, 3, 14940)
    assert Payment.objects.get().captured == 14940


def test_an_order_on_record_with_other_content_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    drafts.shop()
    run(capsys, sheet(row("1"), row("2")))
    summary = run(capsys, sheet(row("1", price="9.99"), row("2"), row("3")), code=1)
    assert figures(summary, "rows", "orders", "errors", "created", "unchanged") == (3, 2, 1, 1, 1)
    assert ImportProblem.objects.get().reasons[0]["code"] == "order.differs"
    assert Order.objects.get(number="1").paid == 4980


def test_customers_are_known_again_by_any_contact(capsys: pytest.CaptureFixture[str]) -> None:
    drafts.shop(country="DE")
    header = f"{HEADER},Phone"
    rows = [
        row("1", email="Carol@Example.com") + ",030 901820",
        row("2", email="") + ",+49 30 901820",
        row("3", email="carol@example.com") + ",",
    ]
    summary = run(capsys, sheet(*rows, header=header))
    assert summary["errors"] == 0
    assert (summary["customers"], Customer.objects.count(), ContactPoint.objects.count()) == (1, 1, 2)


def test_parcels_told_later_are_caught_up_with(capsys: pytest.CaptureFixture[str]) -> None:
    drafts.shop()
    header = f"{HEADER},Carrier,Tracking number,Delivered at,Returned quantity"
    run(capsys, sheet(row() + ",,,,", header=header))
    summary = run(capsys, sheet(row() + ",DHL,T-1,2026-03-11,1", header=header))
    assert figures(summary, "updated", "returns") == (1, 1)
    order = Order.objects.get()
    assert (order.status, order.lines.get().quantity_returned) == (OrderStatus.DELIVERED, 1)


def test_the_bar_is_drawn_where_somebody_watches() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    watched, piped = Terminal(), io.StringIO()
    for out in (watched, piped):
        bar = Bar(out)
        bar.show(0, 0)
        bar.show(20, 40)
        bar.end()
    assert watched.getvalue() == f"\r[{'#' * 20}{'.' * 20}] 20 of 40 orders\n"
    assert piped.getvalue() == ""


def test_the_help_names_every_column(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        call_command("import_orders", "--help")
    told = capsys.readouterr().out
    assert "Order number" in told
    assert "订单编号" in told


def dirty(seed: int) -> tuple[bytes, int]:
    """A file of 300 orders in which chance spoils some rows; and how many it spoiled."""
    chance, rows, bad = random.Random(seed), [], 0
    spoil = [
        {"quantity": "0"},
        {"quantity": "x"},
        {"price": "1,000.00"},
        {"placed": "31/31/2026"},
        {"email": "nobody"},
        {"title": "'Lamp, big, bright'"},
        {"sku": ""},
        {"title": "a\x00b"},
        {"title": '"open'},
    ]
    for number in range(300):
        for line in range(chance.randint(1, 3)):
            cells = chance.choice(spoil) if chance.random() < 0.2 else {}
            bad += bool(cells)
            rows.append(
                row(f"N{number}", **{"sku": f"S{line}", "email": f"c{number % 50}@example.com"} | cells)
            )
    return sheet(*rows), bad


@pytest.mark.parametrize("seed", [1, 2])
def test_every_bad_row_of_a_dirty_file_is_named_and_the_rest_imported(
    capsys: pytest.CaptureFixture[str], seed: int
) -> None:
    drafts.shop()
    data, bad = dirty(seed)
    summary = run(capsys, data, code=1)
    assert summary["errors"] == bad == ImportProblem.objects.count()
    assert summary["rows"] == bad + OrderLine.objects.count()
    assert summary["orders"] == Order.objects.count()
    assert summary["incomplete"] == Order.objects.filter(incomplete=True).count() > 0
    again = run(capsys, data, code=1)
    assert figures(again, "created", "updated", "unchanged") == (0, 0, summary["orders"])


def test_a_run_that_was_cut_off_goes_on_where_it_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    drafts.shop()
    monkeypatch.setattr(running, "BATCH", 2)
    data = sheet(*(row(str(number)) for number in range(5)))

    class Killed(BaseException):
        pass

    def progress(done: int, _total: int) -> None:
        if done == 4:
            raise Killed

    with pytest.raises(Killed):
        imports.import_now(data, "orders.csv", options=Options(), shop_code="", progress=progress)
    assert (Order.objects.count(), ImportRun.objects.get().orders_done) == (4, 4)
    again, _ = imports.import_now(
        data, "orders.csv", options=Options(), shop_code="", progress=lambda *_: None
    )
    assert (again.created, again.unchanged, Order.objects.count()) == (1, 4, 5)


def test_the_same_file_imported_at_once_makes_every_order_once(
    together: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafts.shop()
    monkeypatch.setattr(running, "BATCH", 7)
    data = sheet(*(row(str(number), email=f"c{number % 10}@example.com") for number in range(40)))

    def work() -> ImportRun:
        return imports.import_now(data, "a.csv", options=Options(), shop_code="", progress=lambda *_: None)[0]

    runs = together(work, work, work)
    assert [each.state for each in runs] == [ImportState.DONE] * 3
    assert sum(each.created for each in runs) == 40
    assert (Order.objects.count(), OrderLine.objects.count(), Customer.objects.count()) == (40, 40, 10)
