"""What follows from events: mails in the customer's language, the ticket in step, the ticket solved."""

import re
from typing import Any

import pytest
from time_machine import Traveller

from accounts.models import User
from core import dispatch
from core.models import OutgoingMail
from customers.models import Customer
from orders.models import Order
from returns import actions, payments
from returns.actions import timing, vouchers
from returns.emails import TEXT_OF
from returns.models import Case
from returns.states import CaseKind, CaseStatus
from tests import build
from tests.returns import shop, ways
from tickets.models import Ticket
from tickets.states import TicketStatus


def told(case: Case) -> list[OutgoingMail]:
    """Dispatch everything and return what the customer was sent about the case, oldest first."""
    dispatch.drain()
    mails = OutgoingMail.objects.filter(about=f"ticket:{case.ticket_id}").exclude(key__startswith="survey:")
    return list(mails.order_by("pk"))


def test_a_request_is_acknowledged_once_with_deadline_and_amount(order: Order, carol: Customer) -> None:
    (mail,) = told(shop.case(order))
    assert mail.to == carol.email
    assert mail.subject.endswith("We have your return request")
    assert "Desk lamp × 1" in mail.text
    assert "$100.00" in mail.text
    assert "Friday, 6 March 2026, 21:00 (America/New_York)" in mail.text
    assert re.search(r"https?://\S+/requests/\S+", mail.text)


def test_in_chinese_to_who_reads_chinese(desk: Traveller) -> None:
    xiaoli = build.customer("小李", language="zh-hans", country="CN")
    order = shop.order(customer=xiaoli, ship_to={"country": "CN"}, currency="CNY")
    (mail,) = told(shop.case(order))
    assert "¥100.00" in mail.text
    assert "退货" in mail.subject
    assert "2026年3月7日星期六 10:00 (Asia/Shanghai)" in mail.text
    assert not re.search(r"[a-z]{4,} [a-z]{4,}", mail.text)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_mail_can_be_written_in_both_languages(desk: Traveller, language: str) -> None:
    customer = build.customer(country="US", language=language)
    shop.centre()

    def order() -> Order:
        return shop.order(shop.line("台灯", quantity=2), customer=customer)

    shop.case(order(), status=CaseStatus.INFO_REQUIRED)
    shop.case(order(), status=CaseStatus.REJECTED)
    shop.case(order(), status=CaseStatus.RETURNED_TO_CUSTOMER)
    shop.case(order(), status=CaseStatus.COMPLETED)
    shop.case(order(), status=CaseStatus.REFUND_FAILED)
    case = shop.case(order(), status=CaseStatus.INSPECTION_DISPUTE)
    actions.offer_deduction(case, amount=10_00, note="Scratched", by=shop.staff("agent"))
    shop.case(order(), status=CaseStatus.AWAITING_RETURN)
    ways.reach(CaseKind.COMPENSATION, CaseStatus.COMPLETED, placed=order())
    desk.shift(86_400 * 8)
    assert timing.sweep()
    dispatch.drain()
    desk.shift(86_400 * 330)
    assert vouchers.sweep()
    dispatch.drain()
    kinds = {mail.key.partition(":")[0] for mail in OutgoingMail.objects.all()}
    assert kinds >= set(TEXT_OF) - {"case.receipt_assumed", "case.submitted"}
    to_customers = OutgoingMail.objects.exclude(key__startswith="survey:").exclude(key__startswith="clock.")
    for mail in to_customers:
        assert mail.language == language
        assert "{{" not in mail.text
        assert "None" not in mail.text
        if language == "zh-hans":
            ours = re.sub(r"(?m)^[>–].*$", "", mail.text)
            assert not re.search(r"[a-z]{3,} [a-z]{3,}", ours), ours


def test_the_instructions_say_where_to_and_by_when(order: Order, alice: User) -> None:
    shop.centre()
    case = actions.approve(shop.case(order), by=alice)
    mail = told(case)[-1]
    assert "18 Wensan Road\n> Hangzhou\n> China" in mail.text
    assert f"write {case.number} on the parcel" in mail.text
    assert "Wednesday, 11 March 2026, 21:00 (America/New_York)" in mail.text
    assert "postage for sending them back is yours" in mail.text


def test_a_request_approved_at_once_gets_one_mail(order: Order) -> None:
    shop.policy(auto_approve_limit=100_00)
    shop.centre()
    mails = told(shop.case(order))
    assert [mail.key.partition(":")[0] for mail in mails] == ["case.instructed"]


def test_no_mail_has_holes(order: Order) -> None:
    shop.case(order, status=CaseStatus.COMPLETED)
    shop.case(shop.order(), status=CaseStatus.REJECTED)
    dispatch.drain()
    assert not OutgoingMail.objects.filter(text__contains="\n\n\n").exists()


def test_the_whole_way_in_mails(order: Order) -> None:
    case = shop.case(order, status=CaseStatus.COMPLETED)
    assert [mail.subject.partition("] ")[2] for mail in told(case)] == [
        f"Approved: how to send {case.number} back",
        f"Your parcel for {case.number} has arrived",
        "Refunded: $100.00",
    ]


def test_a_delayed_refund_is_told(order: Order) -> None:
    case = shop.case(order, status=CaseStatus.REFUND_FAILED)
    text = told(case)[-1].text
    assert "did not go through" in text
    assert "card was closed" not in text


STEPS = {
    CaseStatus.INFO_REQUIRED: TicketStatus.PENDING_CUSTOMER,
    CaseStatus.AWAITING_RETURN: TicketStatus.PENDING_CUSTOMER,
    CaseStatus.RETURN_IN_TRANSIT: TicketStatus.PENDING_THIRD_PARTY,
    CaseStatus.RECEIVED: TicketStatus.OPEN,
    CaseStatus.AWAITING_REFUND: TicketStatus.OPEN,
    CaseStatus.REJECTED: TicketStatus.NEW,
    CaseStatus.COMPLETED: TicketStatus.SOLVED,
    CaseStatus.CANCELLED: TicketStatus.SOLVED,
}


@pytest.mark.parametrize("status", STEPS)
def test_the_ticket_waits_and_runs_with_the_case(order: Order, status: str) -> None:
    case = shop.case(order, status=status)
    dispatch.drain()
    assert Ticket.objects.get(pk=case.ticket_id).status == STEPS[CaseStatus(status)]


def test_a_reduced_refund_on_offer_waits_for_the_customer(order: Order, alice: User) -> None:
    case = shop.case(order, status=CaseStatus.INSPECTION_DISPUTE)
    actions.offer_deduction(case, amount=10_00, note="Worn", by=alice)
    dispatch.drain()
    assert Ticket.objects.get(pk=case.ticket_id).status == TicketStatus.PENDING_CUSTOMER


def test_a_ticket_with_another_open_case_is_not_solved(desk: Traveller, fin: User) -> None:
    order = shop.order(shop.line(quantity=2))
    case = shop.case(order)
    other = actions.submit(order, items=[shop.item(order)], by=order.customer, ticket=case.ticket)
    actions.withdraw(case, by=order.customer)
    dispatch.drain()
    assert Ticket.objects.get(pk=case.ticket_id).status != TicketStatus.SOLVED
    actions.withdraw(other, by=order.customer)
    dispatch.drain()
    assert Ticket.objects.get(pk=case.ticket_id).status == TicketStatus.SOLVED


def test_a_solved_ticket_is_told_of_by_the_case_alone(order: Order) -> None:
    case = shop.case(order, status=CaseStatus.COMPLETED)
    kinds = [mail.key.partition(":")[0] for mail in told(case)]
    assert "ticket.opened" not in kinds
    assert "ticket.solved" not in kinds


def test_reactions_that_run_again_change_nothing(order: Order, desk: Traveller, monkeypatch: Any) -> None:
    case = shop.case(order, status=CaseStatus.AWAITING_REFUND)
    before = len(told(case))
    actions.create_refund(case, by=shop.staff("finance"))
    payments.submit_due()
    assert len(told(case)) == before + 1
    assert len(told(case)) == before + 1
