"""How much an order can still be made up for. Reads rows, writes none."""

from django.db.models import Sum
from django.db.models.functions import Coalesce

from orders.models import Order
from returns.models import Case
from returns.states import CaseKind, CaseStatus

GIVEN_UP = (CaseStatus.REJECTED, CaseStatus.CANCELLED, CaseStatus.CLOSED_TIMEOUT)


def compensation_left(order: Order, *, but: Case | None = None) -> int:
    """What compensations of an order can still come to (domain M10): together never more than was paid.

    In minor units; `but` is a case whose own amount is not counted.
    """
    others = Case.objects.filter(order=order, kind=CaseKind.COMPENSATION).exclude(status__in=GIVEN_UP)
    if but is not None:
        others = others.exclude(pk=but.pk)
    given = others.aggregate(sum=Sum(Coalesce("refund_amount", "approved_amount", "requested_amount")))
    return max(0, order.paid - (given["sum"] or 0))
