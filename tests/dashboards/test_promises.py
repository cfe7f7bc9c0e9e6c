"""Five promises with a deadline, counted by hand."""

from datetime import date, timedelta

import pytest
from time_machine import Traveller

from accounts.models import User
from customers.models import Customer
from dashboards.kpis import COMPLAINTS, FIRST_RESPONSE, NEXT_RESPONSE, REVIEWS, VISITS
from dashboards.rules import NO_DATA, Figure
from feedback import actions as feedback
from feedback.models import FollowUpVisit
from feedback.states import Outcome, VisitReason
from returns import actions as returns
from returns.actions import timing
from returns.models import Case
from returns.states import CaseStatus, RefusalReason
from tests import build
from tests.dashboards.conftest import MONDAY_10
from tests.dashboards.look import counted, ever
from tests.returns import shop
from tickets import actions, tasks
from tickets.models import Ticket
from tickets.states import Channel, TicketStatus, TicketType

HOUR = timedelta(hours=1)
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


# --- first response: one working hour -------------------------------------------------------------------


def test_a_response_counts_once_its_deadline_has_passed(alice: User, desk: Traveller) -> None:
    ticket = build.ticket()
    actions.reply(ticket, body="We are on it.", by=alice)
    desk.move_to(MONDAY_10 + HOUR - timedelta(seconds=1))
    assert counted(FIRST_RESPONSE) == NO_DATA
    desk.shift(timedelta(seconds=1))
    assert counted(FIRST_RESPONSE) == Figure(1, 1)


def test_three_of_five_first_responses(alice: User, desk: Traveller) -> None:
    quick, slow, late, silent = (build.ticket() for _ in range(4))
    for ticket, after in ((quick, 5), (slow, 59), (late, 61)):
        desk.move_to(MONDAY_10 + timedelta(minutes=after))
        actions.reply(ticket, body="Sorry!", by=alice)
    third = build.ticket()
    actions.reply(third, body="Hello", by=alice)
    desk.move_to(MONDAY_10 + 5 * HOUR)
    assert silent.status == TicketStatus.NEW
    assert counted(FIRST_RESPONSE) == Figure(3, 5)


def test_an_answer_at_the_very_deadline_is_late(alice: User, desk: Traveller) -> None:
    ticket = build.ticket()
    desk.shift(HOUR)
    actions.reply(ticket, body="Here we are.", by=alice)
    assert counted(FIRST_RESPONSE) == Figure(0, 1)


@pytest.mark.parametrize("is_swept", [True, False])
def test_an_open_ticket_past_its_deadline_is_missed_whether_the_sweep_has_seen_it(
    alice: User, desk: Traveller, is_swept: bool
) -> None:
    build.ticket()
    desk.shift(HOUR)
    if is_swept:
        tasks.sweep_clocks()
    assert counted(FIRST_RESPONSE) == Figure(0, 1)


def test_what_is_solved_before_the_deadline_owes_no_response(alice: User, desk: Traveller) -> None:
    actions.solve(build.ticket(), by=alice)
    desk.shift(2 * HOUR)
    assert counted(FIRST_RESPONSE) == NO_DATA


def test_closing_a_ticket_does_not_hide_a_missed_response(alice: User, desk: Traveller) -> None:
    ticket = build.ticket()
    desk.shift(2 * HOUR)
    actions.close(ticket, by=alice)
    assert counted(FIRST_RESPONSE) == Figure(0, 1)


def test_the_day_is_the_one_of_the_deadline_in_the_service_zone(alice: User, desk: Traveller) -> None:
    desk.move_to(MONDAY_10 + timedelta(hours=7, minutes=30))
    build.ticket()  # 17:30, due on Tuesday at 9:30
    desk.move_to(MONDAY_10 + timedelta(days=1))
    assert counted(FIRST_RESPONSE, MONDAY) == NO_DATA
    assert counted(FIRST_RESPONSE, TUESDAY) == Figure(0, 1)


def test_midnight_belongs_to_the_day_that_begins(alice: User, desk: Traveller) -> None:
    ticket = build.ticket()
    ticket.clocks.update(due_at=MONDAY_10 + timedelta(hours=14))  # midnight in Shanghai
    desk.move_to(MONDAY_10 + timedelta(days=2))
    assert counted(FIRST_RESPONSE, MONDAY) == NO_DATA
    assert counted(FIRST_RESPONSE, TUESDAY) == Figure(0, 1)
    ticket.clocks.update(due_at=MONDAY_10 + timedelta(hours=14) - timedelta(microseconds=1))
    assert counted(FIRST_RESPONSE, MONDAY) == Figure(0, 1)


# --- next response: four working hours -----------------------------------------------------------------


def test_two_of_three_next_responses(alice: User, desk: Traveller) -> None:
    """What a customer writes again is owed an answer; several messages in a row are owed one."""
    quick, slow, silent = (build.ticket() for _ in range(3))
    for ticket in (quick, slow, silent):
        actions.reply(ticket, body="Which one?", by=alice)
        for word in ("The blue one.", "With the shade."):
            actions.receive(ticket, body=word, by=ticket.customer, channel=Channel.PORTAL)
    desk.shift(timedelta(minutes=10))
    actions.reply(quick, body="Sent.", by=alice)
    desk.shift(3 * HOUR)
    actions.reply(slow, body="Sent.", by=alice)
    assert counted(NEXT_RESPONSE) == NO_DATA
    desk.shift(HOUR)
    assert counted(NEXT_RESPONSE) == Figure(2, 3)
    assert counted(FIRST_RESPONSE) == Figure(3, 3)


# --- complaints: 24 hours, day and night ----------------------------------------------------------------


def complaint() -> Ticket:
    return build.ticket(type=TicketType.COMPLAINT)


def test_a_complaint_solved_within_24_hours(alice: User, desk: Traveller) -> None:
    ticket, other = complaint(), complaint()
    build.ticket()
    desk.shift(24 * HOUR - timedelta(minutes=1))
    actions.solve(ticket, by=alice)
    desk.shift(timedelta(minutes=2))
    actions.solve(other, by=alice)
    assert counted(COMPLAINTS) == Figure(1, 2)


def test_the_clock_of_a_complaint_waits_for_the_customer(
    alice: User, carol: Customer, desk: Traveller
) -> None:
    ticket = build.ticket(type=TicketType.COMPLAINT, customer=carol)
    desk.shift(HOUR)
    actions.wait(ticket, by=alice)
    desk.shift(48 * HOUR)
    assert ever(COMPLAINTS) == NO_DATA
    actions.receive(ticket, body="Here is the photo", by=carol, channel=ticket.channel)
    desk.shift(22 * HOUR)
    actions.solve(ticket, by=alice)
    assert ever(COMPLAINTS) == NO_DATA
    desk.shift(HOUR)
    assert counted(COMPLAINTS) == Figure(1, 1)


def test_solved_while_waiting_is_kept(alice: User, desk: Traveller) -> None:
    ticket = complaint()
    actions.wait(ticket, by=alice)
    desk.shift(72 * HOUR)
    actions.solve(ticket, by=alice)
    assert ever(COMPLAINTS) == Figure(1, 1)


def test_waiting_after_the_deadline_does_not_help(alice: User, desk: Traveller) -> None:
    ticket = complaint()
    desk.shift(25 * HOUR)
    actions.wait(ticket, by=alice)
    assert ever(COMPLAINTS) == Figure(0, 1)


def test_a_reopened_complaint_counts_for_each_promise(alice: User, desk: Traveller) -> None:
    ticket = complaint()
    actions.solve(ticket, by=alice)
    desk.shift(HOUR)
    actions.reopen(ticket, by=alice)
    desk.shift(30 * HOUR)
    assert ever(COMPLAINTS) == Figure(1, 2)


# --- reviews: 48 hours ----------------------------------------------------------------------------------


@pytest.fixture
def case(carol: Customer, desk: Traveller) -> Case:
    placed = shop.order(customer=carol, placed_at=MONDAY_10, delivered_at=MONDAY_10)
    return shop.case(placed)


def test_a_review_in_time(case: Case, alice: User, desk: Traveller) -> None:
    desk.shift(48 * HOUR - timedelta(seconds=1))
    returns.approve(case, by=alice)
    assert ever(REVIEWS) == NO_DATA
    desk.shift(timedelta(seconds=1))
    assert counted(REVIEWS) == Figure(1, 1)


def test_a_refusal_is_a_review_too(case: Case, alice: User, desk: Traveller) -> None:
    returns.refuse(case, reason=RefusalReason.USED, by=alice)
    desk.shift(49 * HOUR)
    assert ever(REVIEWS) == Figure(1, 1)


def test_approval_by_timeout_is_a_missed_review(case: Case, desk: Traveller) -> None:
    desk.shift(48 * HOUR)
    assert counted(REVIEWS) == Figure(0, 1)
    timing.sweep()
    case.refresh_from_db()
    assert case.status != CaseStatus.SUBMITTED
    assert counted(REVIEWS) == Figure(0, 1)


def test_a_late_review_is_missed_also_when_the_sweep_was_later(
    case: Case, alice: User, desk: Traveller
) -> None:
    desk.shift(48 * HOUR)
    returns.approve(case, by=alice)
    assert counted(REVIEWS) == Figure(0, 1)


def test_a_withdrawn_request_asks_for_no_review(case: Case, carol: Customer, desk: Traveller) -> None:
    returns.withdraw(case, by=carol)
    desk.shift(60 * HOUR)
    assert ever(REVIEWS) == NO_DATA


def test_a_request_withdrawn_after_approval_was_reviewed(
    case: Case, alice: User, carol: Customer, desk: Traveller
) -> None:
    shop.centre()
    case = returns.approve(case, by=alice)
    returns.withdraw(case, by=carol)
    desk.shift(60 * HOUR)
    assert ever(REVIEWS) == Figure(1, 1)


def test_the_review_waits_for_evidence(case: Case, alice: User, carol: Customer, desk: Traveller) -> None:
    desk.shift(HOUR)
    returns.request_info(case, question="A photo, please", by=alice)
    desk.shift(50 * HOUR)
    assert ever(REVIEWS) == NO_DATA
    returns.supply(case, text="The lamp flickers.", by=carol)
    desk.shift(47 * HOUR)
    assert counted(REVIEWS) == Figure(0, 1)


def test_a_request_that_lapses_for_want_of_evidence_is_left_out(
    case: Case, alice: User, desk: Traveller
) -> None:
    returns.request_info(case, question="A photo, please", by=alice)
    desk.shift(timedelta(days=10))
    timing.sweep()
    case.refresh_from_db()
    assert case.status == CaseStatus.CLOSED_TIMEOUT
    assert ever(REVIEWS) == NO_DATA


# --- visits ---------------------------------------------------------------------------------------------


@pytest.fixture
def visit(alice: User) -> FollowUpVisit:
    """Promised within 48 hours after a complaint."""
    planned = feedback.plan_visit(complaint(), reason=VisitReason.COMPLAINT, cause="ticket:1:1", by=alice)
    assert planned is not None
    return planned


def test_a_visit_by_its_promised_time(visit: FollowUpVisit, alice: User, desk: Traveller) -> None:
    desk.shift(48 * HOUR)
    feedback.log_attempt(visit, outcome=Outcome.SATISFIED, by=alice)
    assert counted(VISITS) == Figure(1, 1)


def test_a_visit_that_is_not_due_does_not_count(visit: FollowUpVisit, desk: Traveller) -> None:
    desk.shift(48 * HOUR - timedelta(seconds=1))
    assert ever(VISITS) == NO_DATA
    desk.shift(timedelta(seconds=1))
    assert counted(VISITS) == Figure(0, 1)


def test_trying_in_vain_is_no_visit_and_moves_no_promise(
    visit: FollowUpVisit, alice: User, desk: Traveller
) -> None:
    desk.shift(47 * HOUR)
    feedback.log_attempt(visit, outcome=Outcome.UNREACHABLE, by=alice)
    desk.shift(4 * HOUR)
    feedback.log_attempt(visit, outcome=Outcome.SATISFIED, by=alice)
    assert ever(VISITS) == Figure(0, 1)


def test_a_visit_struck_off_in_time_is_left_out(visit: FollowUpVisit, alice: User, desk: Traveller) -> None:
    feedback.cancel_visit(visit, by=alice, note="The customer called us.")
    desk.shift(60 * HOUR)
    assert ever(VISITS) == NO_DATA


def test_a_visit_struck_off_too_late_was_missed(visit: FollowUpVisit, alice: User, desk: Traveller) -> None:
    desk.shift(60 * HOUR)
    feedback.cancel_visit(visit, by=alice, note="Too late anyway.")
    assert ever(VISITS) == Figure(0, 1)
