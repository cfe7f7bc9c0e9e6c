"""What customers hear about the devices they registered, and what the end of a case means for warranties."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.urls import reverse

from core.actors import SYSTEM
from core.models import Event
from returns import actions, warranties
from returns.models import Case, CaseLine, RepairOrder, Warranty
from returns.states import CaseKind
from returns.warranty_states import VoidReason
from tickets import telling

TEXT_OF = {"warranty.verified": "returns.warranty_verified", "warranty.voided": "returns.warranty_ended"}


def tell_customer(event: Event) -> None:
    """That the proof fits and until when the device is covered, or that the warranty has ended and why."""
    warranty = Warranty.objects.select_related("customer").get(pk=event.subject_pk)
    customer = warranty.customer
    if customer is None:
        return
    telling.tell(
        customer,
        news_code=event.kind,
        key=f"{event.kind}:{event.pk}",
        template=TEXT_OF[event.kind],
        context={
            "warranty": warranty,
            "link": settings.PUBLIC_URL + reverse("portal:warranties"),
        },
    )


REFUNDED = (CaseKind.RETURN_REFUND, CaseKind.REFUND_ONLY)


def follow_case(event: Event) -> None:
    """A repair lengthens the warranty by its days and by what the law adds; goods that went back end it."""
    case = Case.objects.select_related("order").get(pk=event.subject_pk)
    lines = list(case.lines.select_related("order_line__order"))
    if case.kind == CaseKind.REPAIR:
        _lengthen(case, lines)
    elif case.kind in REFUNDED:
        for warranty in _gone(lines):
            actions.void_warranty(warranty, reason=VoidReason.REFUNDED, by=SYSTEM)


def _lengthen(case: Case, lines: list[CaseLine]) -> None:
    repair = RepairOrder.objects.filter(case=case).first()
    if repair is None or not repair.is_mended or case.received_at is None or case.handed_over_at is None:
        return
    days = -((case.received_at - case.handed_over_at) // timedelta(days=1))
    for line in lines:
        found = warranties.covering(line.order_line, repair.serial_number, case.received_at)
        if found.why == "covered" and found.warranty is not None:
            kept = actions.add_repair_days(found.warranty, days=days, by=SYSTEM, about=case.number)
            actions.extend_after_repair(kept, by=SYSTEM, about=case.number)


def _gone(lines: list[CaseLine]) -> Iterator[Warranty]:
    """Registered warranties of order lines none of whose units is left with the customer."""
    gone = [
        line.order_line for line in lines if line.order_line.quantity_returned >= line.order_line.quantity
    ]
    yield from Warranty.objects.standing().filter(order_line__in=gone)
