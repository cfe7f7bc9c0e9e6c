"""Withdrawing from a contract: statement, confirmation, acknowledgement, and the return that follows."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import translation
from time_machine import Traveller

from accounts.models import User
from core import dispatch, events, mail
from core.actors import SYSTEM
from core.errors import Refused
from core.models import Attachment, OutgoingMail
from orders.actions import record_shipment, record_tracking
from orders.models import Order
from orders.states import TrackingStatus
from returns import actions, withdrawal_pdf, withdrawals
from returns.models import Case, ReturnPolicy, Withdrawal, WithdrawalRight
from returns.withdrawal_states import WithdrawalStatus
from tests.returns import law, shop
from tickets.models import Ticket

ENDS = datetime(2026, 8, 17, 22, 0, tzinfo=UTC)
"""Midnight in Berlin after Monday, 17 August."""


def refused_with(code: str) -> Any:
    return pytest.raises(Refused, match=code.replace(".", r"\."))


@pytest.fixture
def now() -> Iterator[Traveller]:
    with time_machine.travel(law.SUMMER, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def rights(desk: Traveller) -> None:
    law.furnish()


def declare(order: Order, **more: Any) -> Withdrawal:
    said = {"name": "Greta Süß", "email": "greta@example.org", "language": "en", "by": order.customer, **more}
    return actions.declare_withdrawal(order, **said)


def withdraw(order: Order, **more: Any) -> Withdrawal:
    """Both steps."""
    return actions.confirm_withdrawal(declare(order, **more), by=order.customer)


def acknowledgement_of(row: Withdrawal) -> OutgoingMail:
    dispatch.drain()
    return OutgoingMail.objects.get(key=f"withdrawal:{row.number}")


# --- where and until when ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("country", "offered"), [("DE", "eu"), ("FR", "eu"), ("GB", "uk"), ("CN", ""), ("US", ""), ("CH", "")]
)
def test_the_country_of_the_delivery_gives_the_right(country: str, offered: str) -> None:
    found = withdrawals.chance(law.order(country=country), law.SUMMER)
    assert (found.right.code if found.right else "") == offered


def test_the_function_is_offered_from_its_day_on() -> None:
    order = law.order(delivered_at=datetime(2026, 6, 15, 8, tzinfo=UTC))
    assert withdrawals.chance(order, datetime(2026, 6, 18, 21, 59, tzinfo=UTC)).blocked == "not_offered"
    assert withdrawals.chance(order, datetime(2026, 6, 18, 22, 0, tzinfo=UTC)).blocked == ""


@pytest.mark.parametrize(
    ("country", "delivered", "ends"),
    [
        ("DE", law.DELIVERED, ENDS),
        # 14 days later is a Saturday: the period ends with Monday, in the EU alone.
        ("DE", datetime(2026, 8, 1, 8, tzinfo=UTC), ENDS),
        ("GB", datetime(2026, 8, 1, 8, tzinfo=UTC), datetime(2026, 8, 15, 23, 0, tzinfo=UTC)),
        # 26 December is a Saturday and a holiday, 25 December a Friday and a holiday.
        ("DE", datetime(2026, 12, 11, 8, tzinfo=UTC), datetime(2026, 12, 28, 23, 0, tzinfo=UTC)),
    ],
)
def test_the_period_is_counted_as_the_law_counts(country: str, delivered: datetime, ends: datetime) -> None:
    order = law.order(country=country, delivered_at=delivered)
    assert withdrawals.chance(order, delivered).until == ends


def test_outside_of_the_period_it_is_refused_with_the_day(desk: Traveller) -> None:
    order = law.order()
    desk.move_to(ENDS)
    with refused_with("withdrawal.window_closed"):
        declare(order)


def test_no_right_no_statement() -> None:
    with refused_with("withdrawal.not_offered"):
        declare(law.order(country="US"))
    with refused_with("withdrawal.order_cancelled"):
        declare(law.order(status="cancelled"))


def test_goods_that_are_exempt_by_law_are_left_out() -> None:
    WithdrawalRight.objects.update(exempt_categories=["Made to order"])
    order = law.order(shop.line("Lamp"), shop.line("Engraved lamp", category="made to order"))
    assert declare(order).units == {1: 1}
    assert withdrawals.chance(law.order(shop.line(category="Made to order")), law.SUMMER).blocked


# --- the statement -----------------------------------------------------------------------------------


def test_a_statement_alone_does_nothing_yet() -> None:
    order = law.order(shop.line(quantity=2), shop.line("Bulb"))
    row = declare(order)
    assert (row.status, row.units, row.until) == (WithdrawalStatus.DECLARED, {1: 2, 2: 1}, ENDS)
    assert row.number.startswith("W-")
    dispatch.drain()
    assert not OutgoingMail.objects.exists()
    assert not Ticket.objects.exists()


def test_the_same_statement_again_is_the_same_and_another_one_replaces_it() -> None:
    order = law.order(shop.line(quantity=2))
    first = declare(order)
    assert declare(order).version == first.version
    changed = declare(order, items={1: 1})
    assert (changed.pk, changed.units) == (first.pk, {1: 1})


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"items": {}}, "withdrawal.no_items"),
        ({"items": {1: 3}}, "withdrawal.item_too_many"),
        ({"items": {7: 1}}, "withdrawal.item_too_many"),
        ({"items": {1: 0}}, "withdrawal.item_too_many"),
        ({"name": " "}, "withdrawal.name_missing"),
    ],
)
def test_what_is_wrong_with_a_statement_is_said(said: dict[str, Any], code: str) -> None:
    with refused_with(code):
        declare(law.order(shop.line(quantity=2)), **said)


# --- the confirmation --------------------------------------------------------------------------------


def test_confirmed_it_is_acknowledged_and_becomes_a_return() -> None:
    order = law.order(shop.line(quantity=2), shop.line("Bulb"))
    row = withdraw(order, items={1: 1})
    assert (row.status, row.confirmed_at) == (WithdrawalStatus.WAITING, law.SUMMER)
    dispatch.drain()
    row.refresh_from_db()
    case = Case.objects.get()
    assert (row.status, row.case, case.ticket) == (WithdrawalStatus.IN_CASE, case, row.ticket)
    assert (case.kind, case.reason.code, case.customer) == ("return_refund", "changed_mind", order.customer)
    assert list(case.lines.values_list("order_line__title", "quantity_requested")) == [("Desk lamp", 1)]
    assert row.ticket is not None
    kinds = list(events.timeline(row.ticket).values_list("kind", flat=True))
    assert {"withdrawal.confirmed", "withdrawal.acknowledged", "withdrawal.case_opened"} <= set(kinds)


def test_the_acknowledgement_is_a_mail_with_a_document_that_says_what_and_when() -> None:
    row = withdraw(law.order(number="DE-1"))
    sent = acknowledgement_of(row)
    assert sent.to == "greta@example.org"
    wire = mail.compose(sent).message()
    (document,) = [part for part in wire.walk() if part.get_content_type() == "application/pdf"]
    content = document.get_payload(decode=True)
    assert isinstance(content, bytes)
    assert document.get_filename() == f"{row.number}.pdf"
    assert content.startswith(b"%PDF-")
    for said in (row.number, "2026-08-05T10:00:00+02:00", "DE-1", "greta@example.org", "Desk lamp"):
        assert said.encode() in content
        assert said in sent.text
    assert "Wednesday, 5 August 2026, 10:00 (Europe/Berlin)" in sent.text
    row.refresh_from_db()
    assert row.acknowledged_at == law.SUMMER
    assert row.digest == sha256(content).hexdigest()


def test_in_chinese_to_who_reads_chinese() -> None:
    sent = acknowledgement_of(withdraw(law.order(shop.line("台灯")), language="zh-hans", name="王芳"))
    assert "撤回" in sent.subject
    assert "2026年8月5日星期三 10:00 (Europe/Berlin)" in sent.text
    assert not re.search(r"[a-z]{4,} [a-z]{4,}", sent.text)
    with sent.files.get().file.open() as content:
        assert content.read().startswith(b"%PDF-")


def test_in_the_united_kingdom_a_contract_is_cancelled() -> None:
    sent = acknowledgement_of(withdraw(law.order(country="GB")))
    assert "Acknowledgement of your cancellation" in sent.subject


def test_a_document_of_a_withdrawal_is_the_same_every_time() -> None:
    row = withdraw(law.order(shop.line("Лампа ľúč 台灯 ☃")), name="Łukasz Żółć <b>")
    assert withdrawal_pdf.acknowledgement(row) == withdrawal_pdf.acknowledgement(row)
    with translation.override("zh-hans"):
        assert withdrawal_pdf.acknowledgement(row) == withdrawal_pdf.acknowledgement(row)


def test_confirming_twice_changes_nothing() -> None:
    row = withdraw(law.order())
    again = actions.confirm_withdrawal(row, by=row.order.customer)
    dispatch.drain()
    assert actions.acknowledge_withdrawal(row, by=SYSTEM).confirmed_at == again.confirmed_at
    dispatch.drain()
    assert OutgoingMail.objects.filter(key__startswith="withdrawal:").count() == 1
    assert Attachment.objects.filter(subject=f"withdrawal:{row.pk}").count() == 1
    assert (Case.objects.count(), Ticket.objects.count()) == (1, 1)


def test_everything_can_be_withdrawn_from_once() -> None:
    order = law.order(shop.line(quantity=2))
    withdraw(order, items={1: 1})
    assert declare(order).units == {1: 1}
    withdraw(order)
    with refused_with("withdrawal.nothing_left"):
        declare(order)
    dispatch.drain()
    with refused_with("withdrawal.nothing_left"):
        declare(order)
    assert Case.objects.count() == 2


def test_a_return_in_between_is_noticed() -> None:
    order = law.order()
    row = declare(order)
    shop.case(order)
    with refused_with("withdrawal.item_too_many"):
        actions.confirm_withdrawal(row, by=order.customer)


def test_a_statement_made_in_time_can_be_confirmed_a_day_later(desk: Traveller) -> None:
    desk.move_to(ENDS - timedelta(minutes=1))
    in_time, too_late = law.order(), law.order()
    rows = [declare(in_time), declare(too_late)]
    desk.move_to(ENDS + timedelta(hours=23))
    assert actions.confirm_withdrawal(rows[0], by=in_time.customer).confirmed_at is not None
    desk.move_to(ENDS + timedelta(hours=24))
    with refused_with("withdrawal.window_closed"):
        actions.confirm_withdrawal(rows[1], by=too_late.customer)


# --- what follows ------------------------------------------------------------------------------------


def test_before_delivery_it_is_taken_and_becomes_a_return_on_delivery(alice: User) -> None:
    order = law.undelivered()
    row = withdraw(order)
    dispatch.drain()
    row.refresh_from_db()
    assert (row.status, row.obstacle) == (WithdrawalStatus.WAITING, "case.item_not_delivered")
    assert row.acknowledged_at is not None
    assert row in Withdrawal.objects.waiting()
    with refused_with("case.item_not_delivered"):
        actions.open_withdrawal_case(row, by=alice)
    parcel = record_shipment(
        order, carrier="DHL", tracking_number="JD0140000001", shipped_at=law.SUMMER, by=SYSTEM
    )
    record_tracking(parcel, status=TrackingStatus.DELIVERED, occurred_at=law.SUMMER, by=SYSTEM)
    dispatch.drain()
    row.refresh_from_db()
    assert (row.status, row.obstacle, row.case) == (WithdrawalStatus.IN_CASE, "", Case.objects.get())


def test_what_a_policy_forbids_stays_with_staff_who_settle_it(alice: User) -> None:
    ReturnPolicy.objects.update(window_days=0)
    row = withdraw(law.order(shop.line(flags=["custom_made"])))
    dispatch.drain()
    row.refresh_from_db()
    assert (row.status, row.obstacle) == (WithdrawalStatus.WAITING, "case.item_not_returnable")
    with refused_with("withdrawal.note_missing"):
        actions.settle_withdrawal(row, note=" ", by=alice)
    for _ in range(2):
        row = actions.settle_withdrawal(row, note="Parcel stopped, paid back.", by=alice)
    assert (row.status, row.settled_by) == (WithdrawalStatus.SETTLED, alice)
    assert events.history(row, kinds=["withdrawal.settled"]).count() == 1
    assert actions.open_withdrawal_case(row, by=alice).status == WithdrawalStatus.SETTLED


def test_only_what_was_confirmed_goes_on(alice: User) -> None:
    row = declare(law.order())
    for act in (
        lambda: actions.open_withdrawal_case(row, by=alice),
        lambda: actions.settle_withdrawal(row, note="Done.", by=alice),
        lambda: actions.acknowledge_withdrawal(row, by=SYSTEM),
    ):
        with refused_with("withdrawal.not_confirmed"):
            act()


def test_what_became_a_return_is_not_settled_beside_it(alice: User) -> None:
    row = withdraw(law.order())
    dispatch.drain()
    with refused_with("withdrawal.cannot_settle"):
        actions.settle_withdrawal(row, note="Done.", by=alice)


@pytest.mark.django_db(transaction=True)
def test_many_who_confirm_at_once_withdraw_once(desk: Traveller) -> None:
    row = declare(law.order())
    barrier = Barrier(6)

    def confirm(_number: int) -> str:
        barrier.wait()
        try:
            return actions.confirm_withdrawal(row, by=row.order.customer).status
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(confirm, range(6))) == {WithdrawalStatus.WAITING}
    assert Ticket.objects.count() == 1
    assert events.history(row, kinds=["withdrawal.confirmed"]).count() == 1
