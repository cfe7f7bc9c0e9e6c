"""Cases whose ticket was merged: found on the one that goes on, and moving that one along."""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from core import dispatch
from core.actors import SYSTEM
from feedback.defaults import ensure_survey_and_visits
from feedback.models import Survey, SurveyForm, VisitPlan
from returns import actions as returns
from returns.models import Case
from returns.states import CaseStatus
from tests import build
from tests.returns import shop
from tickets import actions
from tickets.models import Ticket
from tickets.states import TicketStatus


@pytest.fixture(autouse=True)
def soon_after() -> Iterator[None]:
    with time_machine.travel(shop.DELIVERED, tick=False):
        yield


@pytest.fixture
def case(db: None) -> Case:
    return shop.case(shop.order(shop.line("Lamp")), description="Broken")


@pytest.fixture
def survivor(case: Case, alice: User) -> Ticket:
    """Another ticket of the same customer, into which the one of the case is merged."""
    other = build.ticket(customer=case.customer)
    actions.merge(case.ticket, into=other, by=alice)
    dispatch.drain()
    return other


def test_the_case_is_found_on_the_page_of_either(
    case: Case, survivor: Ticket, alice: User, client: Client
) -> None:
    client.force_login(alice)
    for ticket in (survivor, case.ticket):
        panel = client.get(reverse("console:ticket-cases", args=[ticket.number]))
        assert case.number in panel.content.decode()
    client.get(reverse("console:ticket", args=[survivor.number]))


def test_the_customer_finds_it_on_the_request_that_goes_on(
    case: Case, survivor: Ticket, client: Client
) -> None:
    session = client.session
    session["portal_customer"] = case.customer.pk
    session.save()
    panel = client.get(reverse("portal:request-cases", args=[survivor.number]))
    assert case.number in panel.content.decode()


def test_what_happens_to_the_case_moves_the_ticket_that_goes_on(
    case: Case, survivor: Ticket, alice: User
) -> None:
    returns.request_info(case, question="A photo, please", by=alice)
    dispatch.drain()
    survivor.refresh_from_db()
    assert survivor.status == TicketStatus.PENDING_CUSTOMER
    case.ticket.refresh_from_db()
    assert case.ticket.status == TicketStatus.CLOSED


def test_the_ticket_that_goes_on_is_solved_when_the_last_case_of_both_is(
    survivor: Ticket, case: Case
) -> None:
    returns.withdraw(Case.objects.get(pk=case.pk), by=case.customer)
    dispatch.drain()
    survivor.refresh_from_db()
    assert survivor.status == TicketStatus.SOLVED


def test_taken_apart_the_case_moves_its_own_ticket_again(case: Case, survivor: Ticket, alice: User) -> None:
    actions.unmerge(case.ticket, by=alice)
    returns.request_info(case, question="A photo, please", by=alice)
    dispatch.drain()
    case.ticket.refresh_from_db()
    survivor.refresh_from_db()
    assert (case.ticket.status, survivor.status) == (TicketStatus.PENDING_CUSTOMER, TicketStatus.NEW)
    assert Case.objects.get(pk=case.pk).status == CaseStatus.INFO_REQUIRED


def test_nobody_is_asked_about_a_ticket_that_was_merged(db: None, alice: User) -> None:
    ensure_survey_and_visits(SurveyForm.objects, VisitPlan.objects)
    target = build.ticket()
    ticket = build.ticket(customer=target.customer)
    actions.solve(ticket, by=SYSTEM)
    actions.merge(ticket, into=target, by=alice)
    dispatch.drain()
    assert not Survey.objects.exists()
