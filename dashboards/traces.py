"""The rows behind a figure as people know them: a ticket, a case, an order, a visit; what came of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import durations
from customers.models import Customer
from dashboards.kpis import Measure
from feedback.models import FollowUpVisit, Survey
from feedback.states import VisitStatus
from orders.models import OrderLine
from returns.models import Timer
from tickets.models import Clock, Ticket
from tickets.states import Channel, ClockKind, ClockState, TicketStatus


@dataclass(frozen=True)
class Trace:
    """One row behind a figure. `at` is the moment by which it counts."""

    number: str
    url: str
    title: str
    customer: str
    team: str
    channel: str
    at: datetime
    tone: str
    outcome: str


def trace(measure: Measure, row: Any, now: datetime) -> Trace:
    """How a row of a measure is shown, as things stand `now`."""
    return _WAYS[type(row)](measure, row, now)


def _of_ticket(
    ticket: Ticket, customer: Customer, at: datetime, said: tuple[str, str], number: str = ""
) -> Trace:
    tone, outcome = said
    return Trace(
        number=number or ticket.number,
        url=reverse("console:ticket", args=[ticket.number]),
        title=ticket.subject,
        customer=customer.display_name,
        team=str(ticket.team) if ticket.team else "",
        channel=str(Channel(ticket.channel).label),
        at=at,
        tone=tone,
        outcome=outcome,
    )


# --- tickets and their clocks ---------------------------------------------------------------------------


def _ticket(measure: Measure, row: Ticket, now: datetime) -> Trace:
    late = row.due_at is not None and row.due_at <= now and row.status not in _SETTLED
    status = TicketStatus(row.status)
    tone = "urgent" if late else "good" if status in _SETTLED else "neutral"
    words = durations.until(row.due_at, now) if late and row.due_at else str(status.label)
    return _of_ticket(row, row.customer, row.created_at, (tone, words))


_SETTLED = (TicketStatus.SOLVED, TicketStatus.CLOSED)


def _clock(measure: Measure, row: Any, now: datetime) -> Trace:
    said = _OF_CYCLE.get(measure.slug, _promise)(row, now)
    return _of_ticket(row.ticket, row.ticket.customer, row.counts_at, said)


def _promise(row: Any, now: datetime) -> tuple[str, str]:
    if row.hits:
        return "good", _("in time")
    if row.state == ClockState.FULFILLED:
        return "urgent", _after(row.due_at, row.fulfilled_at)
    if row.state == ClockState.CANCELLED:
        return "urgent", _("never solved") if row.kind == ClockKind.RESOLUTION else _("never answered")
    return "urgent", _("still open, %(late)s") % {"late": durations.until(row.due_at, now)}


def _after(due_at: datetime, done_at: datetime) -> str:
    return _("%(time)s late") % {"time": durations.words(max(done_at - due_at, timedelta()))}


def _survey_sent(row: Any, _now: datetime) -> tuple[str, str]:
    return ("good", _("surveyed")) if row.hits else ("urgent", _("not surveyed"))


def _came_back(row: Any, _now: datetime) -> tuple[str, str]:
    return ("urgent", _("reopened")) if row.hits else ("good", _("stayed solved"))


def _solved(row: Any, _now: datetime) -> tuple[str, str]:
    if row.breached_at is None:
        return "good", _("in time")
    return "attention", _after(row.due_at, row.fulfilled_at)


_OF_CYCLE: Mapping[str, Callable[[Any, datetime], tuple[str, str]]] = {
    "survey-coverage": _survey_sent,
    "reopened": _came_back,
    "solved": _solved,
}


# --- cases, surveys, visits, orders ---------------------------------------------------------------------


def _review(measure: Measure, row: Any, now: datetime) -> Trace:
    case = row.case
    return Trace(
        number=case.number,
        url=reverse("console:case", args=[case.number]),
        title=str(case.reason),
        customer=case.customer.display_name,
        team=str(case.ticket.team) if case.ticket.team else "",
        channel=str(Channel(case.ticket.channel).label),
        at=row.due_at,
        tone="good" if row.hits else "urgent",
        outcome=_reviewed(row, now),
    )


def _reviewed(row: Any, now: datetime) -> str:
    if row.hits:
        return _("in time")
    if row.stopped_at is None:
        return _("still open, %(late)s") % {"late": durations.until(row.due_at, now)}
    late: timedelta = row.stopped_at - row.due_at
    return _("approved by timeout") if row.fired_at and late < _SWEEP else _after(row.due_at, row.stopped_at)


_SWEEP = timedelta(minutes=1)


def _survey(measure: Measure, row: Any, _now: datetime) -> Trace:
    tone = "good" if row.hits else "urgent" if row.score <= row.form.low_score else "attention"
    said = tone, _("%(score)s of 5") % {"score": row.score}
    return _of_ticket(row.ticket, row.customer, row.answered_at, said)


def _visit(measure: Measure, row: Any, now: datetime) -> Trace:
    tone = "good" if row.hits else "urgent"
    return _of_ticket(row.ticket, row.customer, row.promised_at, (tone, _visited(row, now)), row.number)


def _visited(row: Any, now: datetime) -> str:
    if row.hits:
        return _("in time")
    if row.status == VisitStatus.PLANNED:
        return _("still open, %(late)s") % {"late": durations.until(row.promised_at, now)}
    if row.status == VisitStatus.DONE:
        return _after(row.promised_at, row.finished_at)
    return str(VisitStatus(row.status).label)


def _order_line(measure: Measure, row: Any, _now: datetime) -> Trace:
    words = ngettext(
        "%(returned)s of %(count)s unit returned", "%(returned)s of %(count)s units returned", row.counts
    )
    return Trace(
        number=row.order.number,
        url=reverse("console:order", args=[row.order.reference]),
        title=row.title,
        customer=row.order.customer.display_name,
        team="",
        channel="",
        at=row.order.delivered_at,
        tone="attention" if row.hits else "neutral",
        outcome=words % {"returned": row.hits, "count": row.counts},
    )


_WAYS: Mapping[type, Callable[[Measure, Any, datetime], Trace]] = {
    Ticket: _ticket,
    Clock: _clock,
    Timer: _review,
    Survey: _survey,
    FollowUpVisit: _visit,
    OrderLine: _order_line,
}
