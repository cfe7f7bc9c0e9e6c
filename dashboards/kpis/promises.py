"""Promises with a deadline: was it kept? Each counts on the day of its deadline, once that has passed."""

from datetime import datetime
from decimal import Decimal

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dashboards.kpis.measures import Kpi, Rows, Visible, one_if
from dashboards.states import Better, Split
from feedback.access import visits_for
from feedback.models import FollowUpVisit
from feedback.states import VisitStatus
from returns.access import cases_for
from returns.models import Timer
from returns.states import TimerKind
from tickets.access import tickets_for
from tickets.models import Clock
from tickets.states import ClockKind, ClockState, TicketType

OF_TICKET = {
    Split.TEAM: "ticket__team_id",
    Split.CHANNEL: "ticket__channel",
    Split.SHOP: "ticket__order__shop_id",
}
OF_CASE = {
    Split.TEAM: "case__ticket__team_id",
    Split.CHANNEL: "case__ticket__channel",
    Split.SHOP: "case__order__shop_id",
}
BY_TICKET = Visible("ticket", tickets_for)
TICKET_ROWS = ("ticket__customer", "ticket__team")
TICKET_HIDDEN = ("ticket__search", "ticket__customer__search")

# A clock that stands still has no deadline to miss, one that was called off is not owed any longer;
# but what was missed before stays missed. What goes on in the clock of another ticket is counted there.
MISSED = Q(breached_at__isnull=False) & ~Q(state=ClockState.MERGED)
DECIDED = MISSED | Q(state__in=(ClockState.RUNNING, ClockState.FULFILLED))
KEPT = Q(state=ClockState.FULFILLED, breached_at=None)


def _first_responses(_at: datetime) -> Rows:
    return Clock.objects.filter(DECIDED, kind=ClockKind.FIRST_RESPONSE)


def _next_responses(_at: datetime) -> Rows:
    return Clock.objects.filter(DECIDED, kind=ClockKind.NEXT_RESPONSE)


def _complaints(_at: datetime) -> Rows:
    return Clock.objects.filter(DECIDED, kind=ClockKind.RESOLUTION, ticket__type=TicketType.COMPLAINT)


FIRST_RESPONSE = Kpi(
    slug="first-response",
    name=_("First response in time"),
    short=_("First response"),
    formula=_("First responses given before their deadline, of all that were due in the period."),
    clock=_(
        "The first-response clock of the ticket: working time in the calendar of its service level. "
        "Only a public reply by a person stops it; automatic mails, notes and changes of status do not."
    ),
    details=(
        _("A response counts on the day its deadline falls on, as soon as the deadline has passed."),
        _("A deadline that passes without an answer is missed, also when the answer comes later."),
        _("A ticket solved or closed before the deadline no longer owes a response and is left out."),
    ),
    hit=pgettext_lazy("promise", "in time"),
    rest=pgettext_lazy("promise", "missed"),
    of=_("first responses due"),
    rows=_first_responses,
    moment="due_at",
    hits=one_if(KEPT),
    paths=OF_TICKET,
    visible=BY_TICKET,
    related=TICKET_ROWS,
    hidden=TICKET_HIDDEN,
    better=Better.HIGHER,
    target=Decimal(95),
)

NEXT_RESPONSE = Kpi(
    slug="next-response",
    name=_("Next response in time"),
    short=_("Next response"),
    formula=_("Answers to what customers wrote again, given before their deadline, of all that were due."),
    clock=_(
        "The next-response clock of the ticket: working time in the calendar of its service level, from the "
        "first message after an answer. Only a public reply by a person stops it."
    ),
    details=(
        _("Several messages in a row are owed one answer, counted from the first of them."),
        _("A response counts on the day its deadline falls on, as soon as the deadline has passed."),
        _("A deadline that passes without an answer is missed, also when the answer comes later."),
        _("A ticket solved or closed before the deadline no longer owes a response and is left out."),
    ),
    hit=pgettext_lazy("promise", "in time"),
    rest=pgettext_lazy("promise", "missed"),
    of=_("next responses due"),
    rows=_next_responses,
    moment="due_at",
    hits=one_if(KEPT),
    paths=OF_TICKET,
    visible=BY_TICKET,
    related=TICKET_ROWS,
    hidden=TICKET_HIDDEN,
    better=Better.HIGHER,
    target=Decimal(95),
)

COMPLAINTS = Kpi(
    slug="complaints",
    name=_("Complaints solved in time"),
    short=_("Complaints"),
    formula=_("Complaints solved within their deadline (24 hours), of all that were due in the period."),
    clock=_(
        "The resolution clock of the ticket: 24 hours, day and night, unless the service level for "
        "complaints was changed. It stands still while the shop waits for the customer."
    ),
    details=(
        _("A complaint counts on the day its deadline falls on, as soon as the deadline has passed."),
        _("A complaint that is still open after its deadline is missed, also when it is solved later."),
        _("A complaint that is reopened gets a new deadline and counts once for each."),
        _("One whose clock stands still, or that was closed unsolved before its deadline, is left out."),
    ),
    hit=pgettext_lazy("promise", "in time"),
    rest=pgettext_lazy("promise", "missed"),
    of=_("complaints due"),
    rows=_complaints,
    moment="due_at",
    hits=one_if(KEPT),
    paths=OF_TICKET,
    visible=BY_TICKET,
    related=TICKET_ROWS,
    hidden=TICKET_HIDDEN,
    better=Better.HIGHER,
    target=Decimal(95),
)


# --- returns --------------------------------------------------------------------------------------------

REVIEWED = Q(case__approved_at__isnull=False) | ~Q(case__refusal="")
IN_TIME = Q(fired_at=None, stopped_at__lt=F("due_at"))


def _reviews(_at: datetime) -> Rows:
    """Reviews that were due, done or not. What was withdrawn or lapsed before is owed no longer."""
    waiting = Q(stopped_at=None, paused_at=None)
    late = Q(fired_at__isnull=False) | Q(paused_at=None, stopped_at__gte=F("due_at"))
    return Timer.objects.filter(waiting | late | (REVIEWED & Q(paused_at=None)), kind=TimerKind.REVIEW)


REVIEWS = Kpi(
    slug="reviews",
    name=_("Return requests reviewed in time"),
    short=_("Reviews"),
    formula=_("Return requests approved or refused within their deadline (48 hours), of all that were due."),
    clock=_(
        "The review deadline of the case: 48 hours, day and night, unless the return policy says otherwise. "
        "It stands still while more evidence is asked for."
    ),
    details=(
        _("A request counts on the day its deadline falls on, as soon as the deadline has passed."),
        _("Approval by rule counts as a review; approval because the deadline ran out does not."),
        _("A request withdrawn, or lapsed for want of evidence, before its deadline is left out."),
    ),
    hit=pgettext_lazy("promise", "in time"),
    rest=pgettext_lazy("promise", "missed"),
    of=_("reviews due"),
    rows=_reviews,
    moment="due_at",
    hits=one_if(IN_TIME),
    paths=OF_CASE,
    visible=Visible("case", cases_for),
    related=("case__customer", "case__ticket__team", "case__reason"),
    hidden=("case__customer__search", "case__ticket__search"),
    better=Better.HIGHER,
    target=Decimal(95),
)


# --- follow-up visits -----------------------------------------------------------------------------------

# Struck off before it was due, a visit is not owed; struck off afterwards, it was missed.
OWED = ~Q(status=VisitStatus.CANCELLED) | Q(finished_at__gt=F("promised_at"))
MADE = Q(status=VisitStatus.DONE, finished_at__lte=F("promised_at"))


def _visits(_at: datetime) -> Rows:
    return FollowUpVisit.objects.filter(OWED)


VISITS = Kpi(
    slug="visits",
    name=_("Follow-up visits made in time"),
    short=_("Follow-up visits"),
    formula=_("Follow-up visits in which the customer was reached by the promised time, of all promised."),
    clock=_(
        "From planning to the time promised by the visit plan, day and night. "
        "Trying again later does not move the promise."
    ),
    details=(
        _("Visits are promised after complaints, low scores and repairs."),
        _("A visit counts on the day it was promised for, as soon as that time has passed."),
        _("A customer who could not be reached was not visited: given up is missed."),
        _("A visit struck off before its time is left out; one struck off afterwards is missed."),
    ),
    hit=pgettext_lazy("promise", "in time"),
    rest=pgettext_lazy("promise", "missed"),
    of=_("visits promised"),
    rows=_visits,
    moment="promised_at",
    hits=one_if(MADE),
    paths=OF_TICKET,
    visible=Visible("pk", visits_for),
    related=("customer", "ticket__team", "plan"),
    hidden=("ticket__search", "customer__search"),
    better=Better.HIGHER,
    target=Decimal(100),
)
