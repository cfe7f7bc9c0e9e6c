"""What customers hear about their returns, in their language and the zone of the case. A reaction."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from core import dates
from core.models import Event
from core.money import Money, format_money
from orders.states import Tender
from returns.addresses import address_lines
from returns.models import Case, CompensationVoucher, Refund
from returns.outlook import outlook
from returns.quotes import shop_bears
from returns.states import CaseKind, CaseStatus, RefusalReason
from returns.steps import CUSTOMER, acts
from tickets import telling
from tickets.access import link_token

Facts = dict[str, Any]


def tell_customer(event: Event) -> None:
    """Tell what belongs to an event of a case or refund; kinds without a text say nothing."""
    case = _case(event)
    language = case.ticket.language
    with translation.override(language), timezone.override(case.terms.zone):
        facts = FACTS[event.kind](case, event)
    if facts is None:
        return
    telling.tell(
        case.customer,
        ticket=case.ticket,
        news_code=event.kind,
        key=f"{event.kind}:{event.pk}",
        template=f"returns.{TEXT_OF.get(event.kind, 'news')}",
        context={
            "case": case,
            "lines": list(case.lines.select_related("order_line")),
            "link": settings.PUBLIC_URL + reverse("portal:request-link", args=[link_token(case.ticket)]),
            **facts,
        },
    )


def _case(event: Event) -> Case:
    cases = Case.objects.select_related("ticket", "customer", "order", "service_centre")
    if event.subject.startswith("refund:"):
        return cases.get(refunds=event.subject_pk)
    return cases.get(pk=event.subject_pk)


def _money(case: Case, amount: int | None) -> str:
    return format_money(Money(amount or 0, case.currency))


def _submitted(case: Case, event: Event) -> Facts | None:
    """Not for a request that was approved at once: the instructions say all of it."""
    if case.status not in (CaseStatus.SUBMITTED, CaseStatus.INFO_REQUIRED, CaseStatus.APPROVED):
        return None
    due_at = case.timers.filter(kind="review").values_list("due_at", flat=True).first()
    return {"amount": _money(case, case.requested_amount), "due": dates.exact(due_at) if due_at else ""}


def _info_requested(case: Case, event: Event) -> Facts | None:
    due_at = case.timers.filter(kind="info").order_by("cycle").values_list("due_at", flat=True).last()
    return {"question": event.data["question"], "due": dates.exact(due_at) if due_at else ""}


def _instructed(case: Case, event: Event) -> Facts | None:
    centre = case.service_centre
    return {
        "amount": _money(case, case.approved_amount),
        "due": dates.exact(datetime.fromisoformat(event.data["due_at"])),
        "address": address_lines(centre) if centre else [],
        "shop_pays": shop_bears(case.fault, case.terms),
    }


def _refused(case: Case, event: Event) -> Facts | None:
    return {"reason": RefusalReason(event.data["reason"]).label, "text": event.data["text"]}


def _received(case: Case, event: Event) -> Facts | None:
    return {"missing": event.data.get("missing", 0)}


def _deduction(case: Case, event: Event) -> Facts | None:
    amount, deduction = event.data["amount"], event.data["deduction"]
    return {
        "amount": _money(case, amount),
        "deduction": _money(case, deduction),
        "note": event.data["note"],
    }


def _sent_back(case: Case, event: Event) -> Facts | None:
    return {"carrier": event.data["carrier"], "tracking_number": event.data["tracking_number"]}


def _completed(case: Case, event: Event) -> Facts | None:
    """Only where money went."""
    paid = event.data["amount"]
    by_hand = case.refunds.filter(method=Refund.Method.MANUAL, status="succeeded").exists()
    return {"amount": _money(case, paid), "by_hand": by_hand, "in_kind": _in_kind(case)} if paid else None


def _in_kind(case: Case) -> list[tuple[str, str, int | None]]:
    """What of the refund was no money: (what, what it is worth, how many points)."""
    back = case.refunds.filter(status="succeeded").select_related("payment").order_by("pk")
    return [
        (str(Tender(each.payment.tender).label), _money(case, each.amount), each.units)
        for each in back
        if each.payment.in_kind
    ]


def _refund_failed(case: Case, event: Event) -> Facts | None:
    return {"amount": _money(case, event.data["amount"])}


def _news(case: Case, event: Event) -> Facts | None:
    """Where the case stands now, in the words of its page; nothing once a later event has its own mail."""
    if event.data.get("status") != case.status:
        return None
    told = outlook(case)
    waits = case.due_at is not None and acts(case) == CUSTOMER
    return {
        "title": told.title,
        "text": told.text,
        "due": dates.exact(case.due_at) if waits and case.due_at else "",
    }


def _offered(case: Case, event: Event) -> Facts | None:
    """Only a compensation is offered; everything else that is approved has a mail of its next step."""
    return _news(case, event) if case.kind == CaseKind.COMPENSATION else None


def _ends_soon(case: Case, event: Event) -> Facts | None:
    voucher = CompensationVoucher.objects.get(case=case)
    return {
        "code": voucher.code,
        "amount": format_money(voucher.money),
        "until": dates.exact(datetime.fromisoformat(event.data["valid_until"])),
    }


def _judged(case: Case, event: Event) -> Facts | None:
    """Only where the customer has to pay the difference of an exchange."""
    return _news(case, event) if case.status == CaseStatus.AWAITING_PAYMENT else None


def _closed(case: Case, event: Event) -> Facts | None:
    return {"waited_for": event.data["waited_for"]}


FACTS: Mapping[str, Callable[[Case, Event], Facts | None]] = {
    "case.submitted": _submitted,
    "case.info_requested": _info_requested,
    "case.instructed": _instructed,
    "case.refused": _refused,
    "case.received": _received,
    "case.receipt_assumed": _received,
    "case.deduction_offered": _deduction,
    "case.sent_back": _sent_back,
    "case.completed": _completed,
    "case.closed_by_timeout": _closed,
    "case.dispatched": _news,
    "case.handed_over": _news,
    "case.return_asked": _news,
    "case.quoted": _news,
    "case.irreparable": _news,
    "case.quote_expired": _news,
    "case.goods_kept": _news,
    "case.escalated": _news,
    "case.ruled_for_customer": _news,
    "case.ruled_for_merchant": _news,
    "case.parcel_lost": _news,
    "case.converted": _news,
    "case.approved": _offered,
    "case.inspected": _judged,
    "case.compensation_issued": _news,
    "refund.failed": _refund_failed,
    "voucher.expires_soon": _ends_soon,
}

TEXT_OF: Mapping[str, str] = {
    "case.submitted": "submitted",
    "case.info_requested": "info_requested",
    "case.instructed": "instructed",
    "case.refused": "refused",
    "case.received": "received",
    "case.receipt_assumed": "received",
    "case.deduction_offered": "deduction_offered",
    "case.sent_back": "sent_back",
    "case.completed": "completed",
    "case.closed_by_timeout": "closed",
    "refund.failed": "refund_failed",
    "voucher.expires_soon": "voucher_expires",
}
