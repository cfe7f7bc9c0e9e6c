"""What came of it: what customers say, what comes back, what has to be done twice."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dashboards.kpis.measures import Kpi, Rows, Visible, one_if
from dashboards.kpis.promises import BY_TICKET, OF_TICKET, TICKET_HIDDEN, TICKET_ROWS
from dashboards.states import Better, Split
from feedback.access import surveys_for
from feedback.models import Survey
from feedback.rules import SATISFIED_FROM
from orders.access import orders_for
from orders.models import OrderLine
from orders.states import OrderStatus
from returns.models import CaseLine
from tickets.models import Clock, Ticket
from tickets.states import ClockKind, ClockState

SURVEY_GRACE = timedelta(minutes=10)
"""So long after solving a survey may be on its way before it counts as forgotten."""


def solved_cycles(_at: datetime) -> Rows:
    """Everything that was ever solved, once for each time: a ticket's cycles."""
    return Clock.objects.filter(kind=ClockKind.RESOLUTION, state=ClockState.FULFILLED)


def _surveyable(at: datetime) -> Rows:
    return solved_cycles(at).filter(fulfilled_at__lte=at - SURVEY_GRACE)


def _answers(_at: datetime) -> Rows:
    return Survey.objects.filter(answered_at__isnull=False)


def _delivered(_at: datetime) -> Rows:
    delivered = OrderLine.objects.filter(order__delivered_at__isnull=False, quantity_delivered__gt=0)
    return delivered.exclude(order__status=OrderStatus.CANCELLED)


CSAT = Kpi(
    slug="csat",
    name=_("Satisfaction (CSAT)"),
    short=_("Satisfaction"),
    formula=_("Answers of 4 or 5, of all answers on the scale from 1 to 5 that came in the period."),
    clock=_("The moment the customer answered."),
    details=(
        _("Every solved ticket asks its customer once. Surveys without an answer are left out."),
        _("An answer after the survey has run out counts like any other, on the day it came."),
    ),
    hit=pgettext_lazy("answers", "satisfied"),
    rest=pgettext_lazy("answers", "not satisfied"),
    of=_("answers"),
    rows=_answers,
    moment="answered_at",
    hits=one_if(Q(score__gte=SATISFIED_FROM)),
    paths=OF_TICKET,
    visible=Visible("pk", surveys_for),
    related=("customer", "ticket__team", "form"),
    hidden=("ticket__search", "customer__search"),
    better=Better.HIGHER,
    target=Decimal(95),
)

REFUNDED_AND_KEPT = Subquery(
    CaseLine.objects.filter(order_line=OuterRef("pk"), quantity_received=0)
    .order_by()
    .values("order_line")
    .annotate(units=Sum("quantity_returned"))
    .values("units")
)
"""Units settled without their coming back: refunded and left with the customer, or never arrived."""

RETURN_RATE = Kpi(
    slug="return-rate",
    name=_("Return rate"),
    short=_("Returns"),
    formula=_("Units that came back, of all units of the orders delivered in the period."),
    clock=_("The moment the last parcel of the order was delivered."),
    details=(
        _("A unit has come back when it was received and accepted, or reported as returned by the shop."),
        _("Units refunded without coming back are not returns."),
        _("Returns count on the day the order was delivered, not on the day of the return."),
        _("Orders without a delivery date and cancelled orders are left out."),
        _("Recent days may still rise until their orders can no longer be returned."),
    ),
    hit=pgettext_lazy("units", "returned"),
    rest=pgettext_lazy("units", "kept"),
    of=_("units delivered"),
    rows=_delivered,
    moment="order__delivered_at",
    counts=F("quantity_delivered"),
    hits=F("quantity_returned") - Coalesce(REFUNDED_AND_KEPT, 0),
    paths={Split.SHOP: "order__shop_id"},
    visible=Visible("order", orders_for),
    related=("order__customer",),
    hidden=("order__customer__search",),
    better=Better.LOWER,
    target=Decimal(3),
    ripens=True,
)

COVERAGE = Kpi(
    slug="survey-coverage",
    name=_("Solved tickets surveyed"),
    short=_("Survey coverage"),
    formula=_("Solved tickets whose customer was asked for a score, of all that were solved in the period."),
    clock=_("The moment the ticket was solved, plus ten minutes for the survey to go out."),
    details=(
        _("A ticket that is reopened and solved again counts once for each time."),
        _("Whether the customer answered makes no difference here."),
    ),
    hit=pgettext_lazy("tickets", "surveyed"),
    rest=pgettext_lazy("tickets", "not surveyed"),
    of=_("solved"),
    rows=_surveyable,
    moment="fulfilled_at",
    hits=one_if(Exists(Survey.objects.filter(ticket=OuterRef("ticket"), cycle=OuterRef("cycle")))),
    paths=OF_TICKET,
    visible=BY_TICKET,
    related=TICKET_ROWS,
    hidden=TICKET_HIDDEN,
    better=Better.HIGHER,
    target=Decimal(100),
)

NEXT_CYCLE = Clock.objects.filter(
    ticket=OuterRef("ticket"), kind=ClockKind.RESOLUTION, cycle=OuterRef("cycle") + 1
)
FOLLOW_UP = Ticket.objects.filter(follow_up_of=OuterRef("ticket"))
CAME_BACK = Q(Exists(NEXT_CYCLE)) | Q(Exists(FOLLOW_UP))

REOPENED = Kpi(
    slug="reopened",
    name=_("Reopened after solving"),
    short=_("Reopened"),
    formula=_(
        "Tickets that were taken up again after they were solved, of all that were solved in the period."
    ),
    clock=_("The moment the ticket was solved; it may be taken up again at any later time."),
    details=(
        _("A follow-up ticket to a closed one counts as taken up again."),
        _("A ticket solved twice counts twice below the line, and above it each time it came back."),
        _("Recent days may still rise while customers write back."),
    ),
    hit=pgettext_lazy("tickets", "reopened"),
    rest=pgettext_lazy("tickets", "stayed solved"),
    of=_("solved"),
    rows=solved_cycles,
    moment="fulfilled_at",
    hits=one_if(CAME_BACK),
    paths=OF_TICKET,
    visible=BY_TICKET,
    related=TICKET_ROWS,
    hidden=TICKET_HIDDEN,
    better=Better.LOWER,
    target=Decimal(5),
    ripens=True,
)
