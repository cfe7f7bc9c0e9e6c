"""A worker killed in the middle of the main job: nothing is lost and nothing happens twice."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from accounts.rights import Role
from core import clock
from core.models import Event, OutgoingMail
from feedback.actions import answer_survey
from feedback.defaults import ensure_survey_and_visits
from feedback.models import FollowUpVisit, Survey, SurveyForm, VisitPlan
from returns import actions
from returns.defaults import ensure_returns
from returns.models import Case, PolicyAmounts, Reason, Refund, ReturnPolicy, SandboxRefund
from returns.states import CaseStatus, RefundStatus
from tests.background import Background
from tests.end_to_end import brakes
from tests.returns import shop
from tickets.defaults import ensure_promises
from tickets.models import ServiceCalendar, SlaPolicy, Ticket
from tickets.states import TicketStatus

Eventually = Callable[..., Any]


@pytest.fixture
def fresh(transactional_db: None) -> None:
    """What a fresh installation starts with, also after a test that emptied the tables."""
    ensure_returns(Reason.objects, ReturnPolicy.objects, PolicyAmounts.objects)
    ensure_promises(ServiceCalendar.objects, SlaPolicy.objects, year=2026)
    ensure_survey_and_visits(SurveyForm.objects, VisitPlan.objects)


@pytest.fixture
def due(fresh: None) -> Case:
    """A return that came back in good order; the money is due."""
    lately = clock.now() - timedelta(days=2)
    return shop.case(shop.order(placed_at=lately, delivered_at=lately), status=CaseStatus.AWAITING_REFUND)


@pytest.fixture
def stopped(transactional_db: None, settings: Any) -> Iterator[Background]:
    """A worker and a beat that are not running yet."""
    background = Background(settings.PUBLIC_URL, settings.MAIL_DIR, settings.MEDIA_ROOT)
    yield background
    background.stop()


def start(background: Background, folder: Path, place: str = "") -> None:
    """Start them, with a brake at a place or with none."""
    background.environment |= {"TEST_BRAKE": place, "TEST_BRAKE_DIR": str(folder)}
    background.start()


def pay(case: Case) -> None:
    actions.create_refund(case, by=shop.staff(Role.FINANCE))
    if Refund.objects.filter(case=case, needs_second_person=True).exists():
        actions.confirm_refund(case, by=shop.second_payer())


def end_leases() -> None:
    """As if the two minutes had passed for which a killed worker still holds what it had claimed."""
    Refund.objects.filter(status__in=(RefundStatus.SUBMITTED, RefundStatus.UNKNOWN)).update(
        next_attempt_at=clock.now()
    )
    OutgoingMail.objects.filter(state=OutgoingMail.State.SENDING).update(next_attempt_at=clock.now())


def all_told() -> bool:
    unsent = OutgoingMail.objects.exclude(state=OutgoingMail.State.SENT)
    return not Event.objects.undispatched().exists() and not unsent.exists()


def once(case: Case, mail_dir: Path) -> None:
    """Everything the main job brings about is there, and there once."""
    refund = Refund.objects.get(case=case)
    assert refund.status == RefundStatus.SUCCEEDED
    assert SandboxRefund.objects.get().amount == refund.amount == refund.payment.refunded
    assert Ticket.objects.get(pk=case.ticket_id).status == TicketStatus.SOLVED
    assert Survey.objects.filter(ticket=case.ticket_id).count() == 1
    assert FollowUpVisit.objects.filter(ticket=case.ticket_id).count() == 1
    assert not Event.objects.parked().exists()
    mails = list(OutgoingMail.objects.all())
    assert len({(mail.subject, mail.text) for mail in mails}) == len(mails)
    assert len(list(mail_dir.glob("*.eml"))) == len(mails)


@pytest.mark.parametrize("place", brakes.PLACES)
def test_killed_in_the_middle_of_the_main_job(
    place: str, due: Case, stopped: Background, eventually: Eventually, settings: Any, tmp_path: Path
) -> None:
    start(stopped, tmp_path, place)
    pay(due)
    eventually(brakes.reached(tmp_path, place).exists, 60)
    stopped.kill()
    end_leases()
    start(stopped, tmp_path)
    eventually(lambda: Survey.objects.filter(ticket=due.ticket_id).exists(), 60)
    survey = Survey.objects.get(ticket=due.ticket_id)
    answer_survey(survey, score=1, comment="", by=survey.customer)
    eventually(lambda: FollowUpVisit.objects.exists() and all_told(), 60)
    once(due, Path(settings.MAIL_DIR))


def test_two_workers_and_two_beats_do_everything_once(
    due: Case, background: Background, eventually: Eventually, settings: Any
) -> None:
    second = Background(settings.PUBLIC_URL, settings.MAIL_DIR, settings.MEDIA_ROOT)
    second.start()
    try:
        pay(due)
        eventually(lambda: Survey.objects.filter(ticket=due.ticket_id).exists(), 60)
        survey = Survey.objects.get(ticket=due.ticket_id)
        answer_survey(survey, score=2, comment="", by=survey.customer)
        eventually(lambda: FollowUpVisit.objects.exists() and all_told(), 60)
    finally:
        second.stop()
    once(due, Path(settings.MAIL_DIR))
