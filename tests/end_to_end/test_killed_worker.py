"""Workers killed in the middle of the main job, and too many of them: nothing is lost, nothing happens
twice."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from accounts.rights import Role
from core import clock
from core.mail import message_id
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
from tests.mailbox import Mailbox
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
    """A return that came back in good order; the money is due, and no mail about it has left yet."""
    lately = clock.now() - timedelta(days=2)
    return shop.case(shop.order(placed_at=lately, delivered_at=lately), status=CaseStatus.AWAITING_REFUND)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    mailbox = Mailbox()
    yield mailbox
    mailbox.stop()


@pytest.fixture
def hire(transactional_db: None, settings: Any, mailbox: Mailbox, tmp_path: Path) -> Iterator[Any]:
    """`hire()`: one more worker and one more beat, not started yet."""
    hired = []

    def one_more() -> Background:
        background = Background(settings.PUBLIC_URL, settings.MAIL_DIR, settings.MEDIA_ROOT)
        background.environment |= {"EMAIL_URL": mailbox.url, "TEST_BRAKE_DIR": str(tmp_path)}
        hired.append(background)
        return background

    yield one_more
    for background in hired:
        background.stop()


def start(background: Background, place: str = "") -> None:
    """Start them, with a brake at a place or with none."""
    background.environment["TEST_BRAKE"] = place
    background.start()


def pay(case: Case) -> None:
    actions.create_refund(case, by=shop.staff(Role.FINANCE))
    if Refund.objects.filter(case=case, needs_second_person=True).exists():
        actions.confirm_refund(case, by=shop.second_payer())


def answer(case: Case, eventually: Eventually) -> None:
    """The customer is asked, and is not pleased."""
    survey = eventually(Survey.objects.filter(ticket=case.ticket_id).first)
    answer_survey(survey, score=1, comment="", by=survey.customer)


def end_leases() -> None:
    """As if the two minutes had passed for which a killed worker still holds what it had claimed."""
    Refund.objects.filter(status__in=(RefundStatus.SUBMITTED, RefundStatus.UNKNOWN)).update(
        next_attempt_at=clock.now()
    )
    OutgoingMail.objects.filter(state=OutgoingMail.State.SENDING).update(next_attempt_at=clock.now())


def all_done() -> bool:
    unsent = OutgoingMail.objects.exclude(state=OutgoingMail.State.SENT)
    visited = FollowUpVisit.objects.exists()
    return visited and not Event.objects.undispatched().exists() and not unsent.exists()


def everything_happened_once(case: Case) -> None:
    refund = Refund.objects.get(case=case)
    paid = SandboxRefund.objects.get()
    assert refund.status == RefundStatus.SUCCEEDED
    assert (paid.amount, paid.calls) == (refund.amount, 1)
    assert refund.payment.refunded == refund.amount
    assert Ticket.objects.get(pk=case.ticket_id).status == TicketStatus.SOLVED
    assert Survey.objects.filter(ticket=case.ticket_id).count() == 1
    assert FollowUpVisit.objects.filter(ticket=case.ticket_id).count() == 1
    assert not Event.objects.parked().exists()


def copies(mailbox: Mailbox) -> Counter[str]:
    """How often each mail came, by its Message-ID; every mail the product wrote is there, and no other."""
    written = list(OutgoingMail.objects.all())
    assert len({(mail.subject, mail.text) for mail in written}) == len(written)  # one for each cause
    came = Counter(mail["Message-ID"] for mail in mailbox.mails())
    assert set(came) == {message_id(mail) for mail in written}
    return came


def test_killed_at_every_place_of_the_main_job(
    due: Case, hire: Callable[[], Background], mailbox: Mailbox, eventually: Eventually, tmp_path: Path
) -> None:
    background = hire()

    def kill_at(reached: Callable[[], bool]) -> None:
        eventually(reached)
        background.kill()
        end_leases()

    mailbox.hold()
    start(background)
    kill_at(mailbox.holds.is_set)  # while the mail server has the mail and has not said so
    mailbox.release()
    for place in brakes.PLACES:
        if place == brakes.BEFORE_REFUND:
            pay(due)
        start(background, place)
        if place == brakes.IN_VISIT:
            answer(due, eventually)
        kill_at(brakes.reached(tmp_path, place).exists)
    start(background)
    eventually(all_done)

    everything_happened_once(due)
    # SMTP cannot say whether a mail was taken when the sender died; it comes again as the same message.
    assert sum(copies(mailbox).values()) == OutgoingMail.objects.count() + 2


def test_two_workers_and_two_beats_do_everything_once(
    due: Case, hire: Callable[[], Background], mailbox: Mailbox, eventually: Eventually
) -> None:
    for background in (hire(), hire()):
        start(background)
    pay(due)
    answer(due, eventually)
    eventually(all_done)
    everything_happened_once(due)
    assert set(copies(mailbox).values()) == {1}
