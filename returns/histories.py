"""A customer's past in figures, for the signs of risk. A request on record counts like those before it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import (
    Aggregate,
    BigIntegerField,
    Count,
    Exists,
    FloatField,
    OuterRef,
    Q,
    QuerySet,
    Sum,
)
from django.db.models.functions import Coalesce

from orders.models import Order
from returns.models import Case, Inspection, RiskRule
from returns.risk import History, RiskFlag
from returns.states import CaseKind, CaseStatus, Grade

SAMPLE = 2_000
"""Cases whose customers say what is usual; the latest ones, so that the question costs the same for ever."""

RETURNS = (CaseKind.RETURN_REFUND, CaseKind.REFUND_ONLY, CaseKind.EXCHANGE)
UNDONE = (CaseStatus.REJECTED, CaseStatus.CANCELLED, CaseStatus.CLOSED_TIMEOUT)
WORTH = Coalesce("refund_amount", "approved_amount", "requested_amount", output_field=BigIntegerField())


def history_of(order: Order, rules: Collection[RiskRule], at: datetime) -> History:
    """The figures that the rules ask about, each over the days its rule looks back; others stay 0."""
    history = History(currency=order.currency)
    for rule in rules:
        history = LOOKS[RiskFlag(rule.flag)](history, order, at - timedelta(days=rule.days))
    return history


def _returns(since: datetime) -> QuerySet[Case]:
    return Case.objects.filter(kind__in=RETURNS, requested_at__gte=since).exclude(status__in=UNDONE)


def _orders(history: History, order: Order, since: datetime) -> History:
    came_back = Exists(_returns(since).filter(order=OuterRef("pk"), customer=order.customer_id))
    delivered = Order.objects.filter(customer=order.customer_id, delivered_at__gte=since)
    counted = delivered.annotate(came_back=came_back).aggregate(
        orders=Count("pk"), returned=Count("pk", filter=Q(came_back=True))
    )
    return replace(history, **counted)


def _claims(history: History, order: Order, since: datetime) -> History:
    claims = Case.objects.filter(
        customer=order.customer_id, requested_at__gte=since, reason__denies_receipt=True
    )
    return replace(history, not_received=claims.exclude(status=CaseStatus.CANCELLED).count())


class Median(Aggregate):
    """The median of a group, as the database knows it."""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def _value(history: History, order: Order, since: datetime) -> History:
    """What this customer sends back, and what a returning customer usually does, in one currency."""
    same = _returns(since).filter(currency=order.currency)
    mine = same.filter(customer=order.customer_id).aggregate(sum=Sum(WORTH))["sum"] or 0
    latest = same.exclude(customer=order.customer_id).order_by("-requested_at", "-pk").values("pk")[:SAMPLE]
    others = Case.objects.filter(pk__in=latest).order_by().values("customer").annotate(sum=Sum(WORTH))
    usual = others.aggregate(compared=Count("customer"), median=Median("sum"))
    return replace(history, value=mine, compared=usual["compared"], median=int(usual["median"] or 0))


def _wrong_items(history: History, order: Order, since: datetime) -> History:
    found = Inspection.objects.filter(
        case_line__case__customer=order.customer_id, grade=Grade.E, superseded_by=None, at__gte=since
    )
    return replace(
        history, wrong_items=found.aggregate(cases=Count("case_line__case", distinct=True))["cases"]
    )


def _accounts(history: History, order: Order, since: datetime) -> History:
    there = Order.objects.to_the_address_of(order).filter(placed_at__gte=since)
    others = there.exclude(customer=order.customer_id)
    return replace(history, accounts=1 + others.aggregate(people=Count("customer", distinct=True))["people"])


Look = Callable[[History, Order, datetime], History]

LOOKS: Mapping[RiskFlag, Look] = {
    RiskFlag.RETURN_RATE: _orders,
    RiskFlag.NOT_RECEIVED: _claims,
    RiskFlag.VALUE: _value,
    RiskFlag.WRONG_ITEM: _wrong_items,
    RiskFlag.SHARED_ADDRESS: _accounts,
}
