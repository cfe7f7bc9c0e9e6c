"""The demo shop shows everything, tells it by the real verbs, and is told once."""

import json

import pytest
from django.core.management import call_command

from core import search
from core.models import Event, OutgoingMail
from feedback.models import FollowUpVisit, Survey
from feedback.states import VisitStatus
from orders.models import Order
from returns.models import Case, Refund
from returns.states import CaseStatus
from tickets.models import Clock, ClockEvent, Message, Ticket
from tickets.states import TicketStatus

SHOWN = {
    CaseStatus.SUBMITTED,
    CaseStatus.INFO_REQUIRED,
    CaseStatus.AWAITING_RETURN,
    CaseStatus.RETURN_IN_TRANSIT,
    CaseStatus.RECEIVED,
    CaseStatus.INSPECTING,
    CaseStatus.INSPECTION_DISPUTE,
    CaseStatus.AWAITING_REFUND,
    CaseStatus.REFUND_FAILED,
    CaseStatus.COMPLETED,
    CaseStatus.REJECTED,
    CaseStatus.CANCELLED,
    CaseStatus.CLOSED_TIMEOUT,
}
TALKED_ABOUT = {TicketStatus.NEW, TicketStatus.OPEN, TicketStatus.SOLVED, TicketStatus.CLOSED}


def test_the_demo_shop(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("demo")
    said = capsys.readouterr().out
    assert "agent@demo.example" in said
    assert set(Case.objects.values_list("status", flat=True)) >= SHOWN
    assert set(Ticket.objects.values_list("status", flat=True)) >= TALKED_ABOUT
    assert Refund.objects.filter(needs_second_person=True, confirmed_at=None).exists()
    assert set(Ticket.objects.values_list("language", flat=True)) == {"en", "zh-hans"}
    assert set(Survey.objects.exclude(score=None).values_list("score", flat=True)) == {1, 2, 3, 4, 5}
    assert FollowUpVisit.objects.filter(status=VisitStatus.PLANNED).exists()
    assert not Event.objects.undispatched().exists()
    assert not Event.objects.parked().exists()
    assert not OutgoingMail.objects.exclude(state=OutgoingMail.State.SENT).exists()
    counts = (Ticket.objects.count(), Order.objects.count(), Event.objects.count())
    call_command("demo")
    assert (Ticket.objects.count(), Order.objects.count(), Event.objects.count()) == counts
    call_command("rebuild_clocks", "--check")  # ends with an error if a clock does not follow from its log


def test_load_data_fits_the_tables(db: None) -> None:
    call_command("demo", tickets=200)
    call_command("demo", tickets=100)
    assert Ticket.objects.count() == 300
    assert Message.objects.count() == 900
    assert Clock.objects.count() == 600
    assert Survey.objects.filter(score=None).exists()


def test_load_data_has_clocks_that_follow_from_their_logs(
    db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("demo", tickets=400)
    call_command("rebuild_clocks", "--check")
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told == {"clocks": 800, "differing": 0, "unreadable": 0, "mended": 0}
    assert set(ClockEvent.objects.values_list("kind", flat=True)) == {
        "activated",
        "stepped",
        "breached",
        "fulfilled",
    }


def test_load_data_is_found(db: None) -> None:
    call_command("demo", tickets=200)
    for words in ("包裹", "invoice", "LMP-001"):
        wanted = search.query(words)
        assert wanted is not None
        assert Ticket.objects.filter(search=wanted).exists()
