"""What customers say, what comes back, what has to be done twice: counted by hand."""

from datetime import UTC, date, datetime, timedelta

from time_machine import Traveller

from accounts.models import User
from core.actors import SYSTEM
from customers.models import Customer
from dashboards.kpis import BACKLOG, COVERAGE, CSAT, LATE, OPENED, REOPENED, RETURN_RATE, SOLVED
from dashboards.rules import NO_DATA, Figure
from feedback import actions as feedback
from feedback.models import Survey
from orders.models import Order
from orders.states import OrderStatus
from returns.states import CaseKind, CaseStatus
from tests import build
from tests.dashboards.conftest import MONDAY_10
from tests.dashboards.look import counted, ever
from tests.returns import shop, ways
from tickets import actions
from tickets.states import TicketStatus

HOUR = timedelta(hours=1)
MONDAY = date(2026, 11, 23)


# --- satisfaction ---------------------------------------------------------------------------------------


def survey() -> Survey:
    sent = feedback.dispatch_survey(build.ticket(status=TicketStatus.SOLVED), cycle=1, by=SYSTEM)
    assert sent is not None
    return sent


def test_csat_of_eight_answers_to_twenty_surveys(carol: Customer, desk: Traveller) -> None:
    """5, 4, 4, 3, 2, 5, 1, 4 of 20 sent: 62.5 %."""
    surveys = [survey() for _ in range(20)]
    for sent, score in zip(surveys, (5, 4, 4, 3, 2, 5, 1, 4), strict=False):
        feedback.answer_survey(sent, score=score, comment="", by=carol)
    figure = counted(CSAT)
    assert figure == Figure(5, 8)
    assert figure.share is not None
    assert float(figure.share) == 62.5


def test_an_answer_counts_on_the_day_it_comes_also_when_it_is_late(carol: Customer, desk: Traveller) -> None:
    sent = survey()
    desk.shift(timedelta(days=20))
    feedback.answer_survey(sent, score=5, comment="", by=carol)
    assert counted(CSAT, MONDAY, MONDAY + timedelta(days=19)) == NO_DATA
    assert counted(CSAT) == Figure(1, 1)


def test_no_answers_are_no_data(desk: Traveller) -> None:
    survey()
    assert counted(CSAT).share is None


# --- returns --------------------------------------------------------------------------------------------


def test_return_rate_counts_units_of_orders_delivered(carol: Customer, desk: Traveller) -> None:
    first = shop.order(shop.line(quantity=3), shop.line(quantity=7), customer=carol, delivered_at=MONDAY_10)
    first.lines.filter(quantity=3).update(quantity_returned=1)
    second = shop.order(shop.line(quantity=10), customer=carol, delivered_at=MONDAY_10 - timedelta(days=9))
    second.lines.update(quantity_returned=4)
    assert counted(RETURN_RATE) == Figure(1, 10)
    assert ever(RETURN_RATE) == Figure(5, 20)


def test_goods_refunded_and_kept_have_not_come_back(carol: Customer, desk: Traveller) -> None:
    placed = ways.undelivered(shop.line(quantity=3, paid=30_000))
    ways.reach(CaseKind.REFUND_ONLY, CaseStatus.COMPLETED, placed=placed)
    Order.objects.filter(pk=placed.pk).update(delivered_at=MONDAY_10)
    placed.lines.update(quantity_delivered=3)
    assert placed.lines.get().quantity_returned == 1
    assert ever(RETURN_RATE) == Figure(0, 3)
    placed.lines.update(quantity_returned=2)
    assert ever(RETURN_RATE) == Figure(1, 3)


def test_goods_on_their_way_back_have_not_come_back(carol: Customer, desk: Traveller) -> None:
    shop.case(shop.order(customer=carol, placed_at=MONDAY_10, delivered_at=MONDAY_10))
    assert counted(RETURN_RATE) == Figure(0, 1)


def test_orders_not_delivered_or_cancelled_are_left_out(carol: Customer, desk: Traveller) -> None:
    shop.order(customer=carol, delivered_at=None)
    shop.order(customer=carol, delivered_at=MONDAY_10, status=OrderStatus.CANCELLED)
    shop.order(customer=carol, delivered_at=MONDAY_10 + HOUR)
    assert ever(RETURN_RATE) == NO_DATA


# --- solved: surveyed, reopened -------------------------------------------------------------------------


def test_coverage_counts_every_time_a_ticket_was_solved(alice: User, desk: Traveller) -> None:
    ticket = build.ticket(status=TicketStatus.SOLVED)
    feedback.dispatch_survey(ticket, cycle=1, by=SYSTEM)
    actions.reopen(ticket, by=alice)
    actions.solve(ticket, by=alice)
    desk.shift(HOUR)
    assert counted(COVERAGE) == Figure(1, 2)
    feedback.dispatch_survey(ticket, cycle=2, by=SYSTEM)
    assert counted(COVERAGE) == Figure(2, 2)


def test_a_survey_has_ten_minutes_to_go_out(desk: Traveller) -> None:
    build.ticket(status=TicketStatus.SOLVED)
    desk.shift(timedelta(minutes=10, seconds=-1))
    assert counted(COVERAGE) == NO_DATA
    desk.shift(timedelta(seconds=1))
    assert counted(COVERAGE) == Figure(0, 1)


def test_reopened_tickets_of_those_solved(alice: User, carol: Customer, desk: Traveller) -> None:
    tickets = [build.ticket(status=TicketStatus.SOLVED, customer=carol) for _ in range(4)]
    desk.shift(HOUR)
    actions.receive(tickets[0], body="It broke again.", by=carol, channel=tickets[0].channel)
    actions.close(tickets[1], by=alice)
    assert counted(REOPENED) == Figure(1, 4)
    actions.receive(tickets[1], body="Mine too.", by=carol, channel=tickets[1].channel)
    assert counted(REOPENED) == Figure(2, 4)


def test_a_ticket_solved_twice_counts_twice(alice: User, desk: Traveller) -> None:
    ticket = build.ticket(status=TicketStatus.SOLVED)
    actions.reopen(ticket, by=alice)
    desk.shift(timedelta(days=1))
    actions.solve(ticket, by=alice)
    assert counted(REOPENED, MONDAY) == Figure(1, 1)
    assert counted(REOPENED) == Figure(0, 1)


def test_closed_without_being_solved_is_not_solved(desk: Traveller) -> None:
    build.ticket(status=TicketStatus.CLOSED)
    assert ever(SOLVED) == NO_DATA


# --- volume and backlog ---------------------------------------------------------------------------------


def test_volume_counts_tickets_by_the_day(alice: User, desk: Traveller) -> None:
    first, second = build.ticket(), build.ticket()
    desk.shift(timedelta(days=1))
    build.ticket()
    actions.solve(first, by=alice)
    assert (counted(OPENED, MONDAY), counted(OPENED)) == (Figure(0, 2), Figure(0, 1))
    assert (counted(SOLVED, MONDAY), counted(SOLVED)) == (NO_DATA, Figure(0, 1))
    assert second.status == TicketStatus.NEW


def test_every_open_ticket_has_one_age(desk: Traveller) -> None:
    for days in (0, 1, 2.9, 3, 6, 7, 29, 30, 400):
        desk.move_to(MONDAY_10 - timedelta(days=days))
        build.ticket()
    desk.move_to(MONDAY_10)
    build.ticket(status=TicketStatus.SOLVED)
    assert [counted(measure).denominator for measure in BACKLOG] == [1, 2, 2, 2, 2]


def test_late_are_open_tickets_past_a_deadline(alice: User, desk: Traveller) -> None:
    waiting, _late, answered = build.ticket(), build.ticket(), build.ticket()
    actions.reply(answered, body="Hello", by=alice)
    actions.wait(waiting, by=alice)
    actions.reply(waiting, body="Which lamp?", by=alice)
    desk.shift(2 * HOUR)
    assert counted(LATE).denominator == 1


def test_nothing_of_tomorrow_counts_today(desk: Traveller) -> None:
    ticket = build.ticket()
    type(ticket).objects.update(created_at=datetime(2027, 1, 1, tzinfo=UTC))
    assert counted(OPENED, MONDAY, date(2027, 2, 1)) == NO_DATA
