"""Importing on a page: looked at first, then carried out by a worker, whatever happens to it."""

import csv
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from core import clock
from core.actors import SYSTEM
from core.models import Event
from orders.actions import imports, placing
from orders.importing import running
from orders.importing.opening import Options
from orders.models import ImportProblem, ImportRun, Order
from orders.states import IMPORT_FOLLOWS, ImportState
from orders.tasks import forget_import_files, work_imports
from tests.orders import drafts
from tests.orders.sheets import row, sheet

PAGE = "/console/orders/import/"


@pytest.fixture
def desk(client: Client, ada: User) -> Client:
    client.force_login(ada)
    drafts.shop()
    return client


def hand_in(desk: Client, data: bytes, name: str = "orders.csv") -> ImportRun:
    answer = desk.post(PAGE, {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 302
    run = ImportRun.objects.latest("pk")
    assert answer.headers["Location"] == f"{PAGE}{run.uuid}/"
    return run


def fresh(run: ImportRun) -> ImportRun:
    return ImportRun.objects.get(pk=run.pk)


def text_of(desk: Client, run: ImportRun) -> str:
    return desk.get(f"{PAGE}{run.uuid}/").content.decode()


def test_the_whole_way(desk: Client, ada: User, django_capture_on_commit_callbacks: Any) -> None:
    run = hand_in(desk, sheet(row("1"), row("2", quantity="0"), row("3")))
    assert "The file is being read" in text_of(desk, run)
    work_imports()
    page = text_of(desk, run)
    assert "Nothing is imported yet" in page
    assert "The quantity must be at least 1." in page
    assert "Import 2 orders" in page
    assert not Order.objects.exists()
    desk.post(f"{PAGE}{run.uuid}/start/")
    assert fresh(run).state == ImportState.QUEUED
    with django_capture_on_commit_callbacks(execute=True):
        work_imports()
    run = fresh(run)
    assert (run.state, run.created, run.errors, run.by) == (ImportState.DONE, 2, 1, ada)
    assert "2 new, 0 updated, 0 unchanged." in text_of(desk, run)
    assert Order.objects.count() == 2
    assert not run.file
    assert [each.kind for each in Event.objects.filter(subject=f"importrun:{run.pk}").order_by("pk")] == [
        "import.uploaded",
        "import.checked",
        "import.started",
        "import.finished",
    ]


def test_the_part_that_is_polled_ends_its_polling(desk: Client) -> None:
    run = hand_in(desk, sheet(row()))
    url, part = f"{PAGE}{run.uuid}/", {"HX-Request": "true"}
    working = desk.get(url, headers=part).content.decode()
    assert "every 2s" in working
    assert "<html" not in working
    work_imports()
    assert "every 2s" not in desk.get(url, headers=part).content.decode()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"a,b\n1,2\n", "No line of the file is a header we know. It begins with: a, b."),
        (b"SKU,Quantity\nA,1\n", "lacks columns that are needed: Order number, Placed at, Unit price"),
        (b"%PDF-1.7", "This is not a CSV, XLS or XLSX file"),
        (b" \n", "The file is empty."),
    ],
)
def test_a_wrong_file_is_told_in_a_sentence(desk: Client, data: bytes, sentence: str) -> None:
    run = hand_in(desk, data)
    work_imports()
    page = text_of(desk, run)
    assert sentence in page
    assert "Nothing was imported." in page
    assert fresh(run).state == ImportState.FAILED


def test_without_a_file_the_form_comes_back(desk: Client) -> None:
    for posted in ({}, {"file": SimpleUploadedFile("orders.csv", b"")}):
        assert desk.post(PAGE, posted).status_code == 422
    assert not ImportRun.objects.exists()


def test_a_file_that_is_too_large_is_refused(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "LARGEST_UPLOAD", 10)
    answer = desk.post(PAGE, {"file": SimpleUploadedFile("orders.csv", sheet(row()))})
    assert answer.status_code == 409
    assert "The file is too large." in answer.content.decode()


def test_a_file_may_be_read_in_another_way(desk: Client) -> None:
    run = hand_in(desk, sheet(row("1", title="'Lamp, big'"), row("2", placed="03/04/2026")))
    work_imports()
    assert fresh(run).errors == 2
    assert "can be read if &#x27; is the quotation mark" in text_of(desk, run)
    desk.post(f"{PAGE}{run.uuid}/recheck/", {"quote": "'", "dates": "dmy"})
    assert fresh(run).state == ImportState.CHECKING
    work_imports()
    run = fresh(run)
    assert (run.state, run.errors, run.orders) == (ImportState.CHECKED, 0, 2)
    assert ImportProblem.objects.count() == 0


def test_with_several_shops_one_is_chosen(desk: Client) -> None:
    chairs = drafts.shop("chairs")
    run = hand_in(desk, sheet(row()))
    work_imports()
    assert "Say which shop the orders belong to. Known ones: chairs, lamps." in text_of(desk, run)
    desk.post(f"{PAGE}{run.uuid}/recheck/", {"shop": chairs.pk})
    work_imports()
    assert fresh(run).shop == chairs


def test_nothing_to_import_cannot_be_started(desk: Client) -> None:
    run = hand_in(desk, sheet(row(quantity="0")))
    work_imports()
    assert "There is no good order in the file." in text_of(desk, run)
    desk.post(f"{PAGE}{run.uuid}/start/")
    assert fresh(run).state == ImportState.CHECKED


def test_starting_twice_starts_once(desk: Client) -> None:
    run = hand_in(desk, sheet(row()))
    work_imports()
    for _ in range(2):
        desk.post(f"{PAGE}{run.uuid}/start/")
    work_imports()
    desk.post(f"{PAGE}{run.uuid}/start/")
    assert work_imports() is False
    assert Event.objects.filter(kind="import.started").count() == 1


@pytest.mark.parametrize(
    "state", [state for state in ImportState if ImportState.QUEUED not in IMPORT_FOLLOWS[state]]
)
def test_only_a_checked_file_is_started(desk: Client, state: str) -> None:
    run = hand_in(desk, sheet(row()))
    ImportRun.objects.update(state=state, orders=1)
    desk.post(f"{PAGE}{run.uuid}/start/")
    assert fresh(run).state == state


@pytest.mark.parametrize("state", [ImportState.QUEUED, ImportState.RUNNING, ImportState.DONE])
def test_a_file_on_its_way_is_not_read_again(desk: Client, state: str) -> None:
    run = hand_in(desk, sheet(row()))
    ImportRun.objects.update(state=state)
    desk.post(f"{PAGE}{run.uuid}/recheck/", {"quote": "'"})
    assert fresh(run).state == state


def test_the_report_is_a_table_in_the_readers_language(desk: Client) -> None:
    run = hand_in(desk, sheet(row(quantity="0")), "März.csv")
    work_imports()
    desk.cookies["django_language"] = "zh-hans"
    answer = desk.get(f"{PAGE}{run.uuid}/report/")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''M%C3%A4rz")
    text = answer.content.decode("utf-8-sig")
    assert list(csv.reader(text.splitlines()))[1] == ["2", "Quantity", "0", "数量至少为 1。"]


@pytest.mark.parametrize(("language", "header"), [("en", "Order number"), ("zh-hans", "订单编号")])
def test_the_template_can_be_imported(desk: Client, language: str, header: str) -> None:
    desk.cookies["django_language"] = language
    template = desk.get(f"{PAGE}template/").content
    assert template.decode("utf-8-sig").startswith(header)
    run = hand_in(desk, template)
    work_imports()
    assert (fresh(run).orders, fresh(run).errors) == (1, 0)


def test_the_history_names_every_run(desk: Client) -> None:
    imports.import_now(
        sheet(row()), "by-hand.csv", options=Options(), shop_code="", progress=lambda _done, _total: None
    )
    hand_in(desk, sheet(row()), "<b>mine.csv")
    page = desk.get(PAGE).content.decode()
    assert "by-hand.csv" in page
    assert "Command line" in page
    assert "&lt;b&gt;mine.csv" in page


# --- workers that die -------------------------------------------------------------------------------


class Killed(BaseException):
    pass


@pytest.fixture
def cut_off(desk: Client, monkeypatch: pytest.MonkeyPatch) -> ImportRun:
    """An import whose worker was killed after two of five orders."""
    run = hand_in(desk, sheet(*(row(str(number)) for number in range(5))))
    work_imports()
    desk.post(f"{PAGE}{run.uuid}/start/")
    monkeypatch.setattr(running, "BATCH", 2)

    def kill(*_told: Any, **_more: Any) -> None:
        raise Killed

    place = placing.place_orders
    calls: list[int] = []

    def place_once(*told: Any, **more: Any) -> Any:
        calls.append(1)
        return place(*told, **more) if len(calls) == 1 else kill()

    with monkeypatch.context() as dying:
        dying.setattr(running, "place_orders", place_once)
        with pytest.raises(Killed):
            work_imports()
    return fresh(run)


def test_another_worker_goes_on_after_the_silence(cut_off: ImportRun) -> None:
    assert (cut_off.state, cut_off.orders_done, cut_off.created) == (ImportState.RUNNING, 2, 2)
    assert work_imports() is False
    with time_machine.travel(clock.now() + imports.SILENCE + timedelta(seconds=1)):
        work_imports()
    run = fresh(cut_off)
    assert (run.state, run.orders_done, run.created, run.unchanged) == (ImportState.DONE, 5, 5, 0)
    assert Order.objects.count() == 5


def test_who_was_taken_for_dead_does_not_count_twice(cut_off: ImportRun) -> None:
    with time_machine.travel(clock.now() + imports.SILENCE + timedelta(seconds=1)):
        work_imports()
    reading, shop = running.read_file(cut_off, sheet(row()), shop_code="")
    with pytest.raises(running.TakenOver):
        running.import_orders(cut_off, shop, reading.orders * 9, by=SYSTEM, progress=lambda *_: None)
    assert fresh(cut_off).created == 5


def test_a_file_that_kills_its_workers_is_given_up(desk: Client) -> None:
    run = hand_in(desk, sheet(row()))
    ImportRun.objects.update(attempts=imports.MOST_ATTEMPTS, seen_at=clock.now() - imports.SILENCE * 2)
    work_imports()
    assert "Reading the file failed 3 times." in text_of(desk, run)


def test_an_interrupted_command_is_noted(desk: Client) -> None:
    now = clock.now()
    run = ImportRun.objects.create(
        name="x.csv",
        state=ImportState.RUNNING,
        created_at=now,
        seen_at=now - imports.SILENCE_OF_A_COMMAND * 2,
    )
    work_imports()
    assert "The command that imported the file was stopped." in text_of(desk, run)


def test_a_file_that_is_gone_is_told(desk: Client) -> None:
    run = hand_in(desk, sheet(row()))
    run.file.storage.delete(str(run.file.name))
    work_imports()
    assert "The file is not there any more." in text_of(desk, run)


def test_two_workers_take_different_files(desk: Client, together: Any) -> None:
    first, second = hand_in(desk, sheet(row("1"))), hand_in(desk, sheet(row("2")))
    assert together(imports.work_next, imports.work_next) == [True, True]
    assert [fresh(run).attempts for run in (first, second)] == [1, 1]


def test_files_nobody_went_on_with_are_forgotten(desk: Client) -> None:
    old, young = hand_in(desk, sheet(row("1"))), hand_in(desk, sheet(row("2")))
    for _ in range(2):
        work_imports()
    ImportRun.objects.filter(pk=old.pk).update(created_at=clock.now() - imports.FILES_KEPT * 2)
    assert forget_import_files() == 1
    assert not fresh(old).file
    assert fresh(young).file
    desk.post(f"{PAGE}{old.uuid}/recheck/", {"quote": "'"})
    assert fresh(old).state == ImportState.CHECKED
