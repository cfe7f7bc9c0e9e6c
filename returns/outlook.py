"""Where a return stands, in a customer's words: what happens next, and who must act."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import dates
from core.money import Money, format_money
from returns.actions.receivables import amount_owed
from returns.models import Case, CompensationVoucher, RepairOrder
from returns.states import CaseKind, CaseStatus, RefusalReason


@dataclass(frozen=True)
class Outlook:
    """`tone` colours it like a status."""

    title: str | Promise
    text: str | Promise = ""
    tone: str = "info"


def outlook(case: Case) -> Outlook:
    """What to tell the customer about a case."""
    told = OUTLOOKS.get(case.status, CLOSED)
    return told(case) if callable(told) else told


def _asked(case: Case) -> Outlook:
    return Outlook(_("We need something from you"), case.question, "attention")


def _disputed(case: Case) -> Outlook:
    if case.deduction is None:
        return Outlook(_("We have a question about the goods"), _("We look into it and write to you."))
    if case.kind == CaseKind.EXCHANGE:
        return Outlook(_("The goods have lost value"), case.deduction_note, "attention")
    return Outlook(_("We offer you a reduced refund"), case.deduction_note, "attention")


def _paying(case: Case) -> Outlook:
    text = _("You will get %(amount)s.") % {"amount": format_money(case.amount)}
    return Outlook(_("Your refund is being paid"), text)


def _delayed(case: Case) -> Outlook:
    text = _("The payment of %(amount)s did not go through. We look into it; you need not do anything.")
    return Outlook(_("Your refund is delayed"), text % {"amount": format_money(case.amount)}, "attention")


def _approved(case: Case) -> Outlook:
    approved = pgettext_lazy("case status", "Approved")
    if case.kind == CaseKind.COMPENSATION:
        amount = {"amount": format_money(case.amount), "type": case.get_compensation_type_display()}
        text = _("%(type)s worth %(amount)s, to make up for the trouble. Do you accept?") % amount
        return Outlook(_("We offer you a compensation"), text, "attention")
    if case.kind == CaseKind.REFUND_ONLY:
        return Outlook(approved, _("We hold the shipment back first, then the refund follows."))
    return Outlook(approved, _("You will get the address to send the goods to in a moment."))


def _escalated(case: Case) -> Outlook:
    lost = case.shipped_back_at is not None and case.received_at is None
    text = _("The carrier seems to have lost your parcel.") if lost else ""
    return Outlook(_("A team lead is looking at it"), text)


def _to_dispatch(case: Case) -> Outlook:
    if case.kind == CaseKind.EXCHANGE:
        return Outlook(_("Your replacement is being prepared"))
    if case.kind == CaseKind.RESEND:
        return Outlook(_("We are sending what was missing"))
    repair = RepairOrder.objects.filter(case=case).first()
    if repair is not None and repair.is_mended:
        text = repair.work_done
        if amount_owed(case):
            text = "\n".join(filter(None, (text, _pay(case, repair.quote))))
        return Outlook(_("Repaired: your item is about to go back to you"), text)
    text = repair.diagnosis if repair is not None else ""
    return Outlook(_("Your item goes back to you as it came"), text, "neutral")


def _pay(case: Case, amount: int) -> str:
    facts = {"amount": format_money(Money(amount, case.currency)), "number": case.number}
    return _("Please pay %(amount)s and give %(number)s as the reference.") % facts


def _on_its_way(case: Case) -> Outlook:
    parcel = case.parcels.select_related("shipment").last()
    return Outlook(_("On its way to you"), str(parcel.shipment) if parcel else "")


def _owed(case: Case) -> Outlook:
    text = _pay(case, case.difference or 0)
    if case.advance:
        return Outlook(_("The old goods have not come back"), text, "attention")
    return Outlook(_("Your replacement costs more"), text, "attention")


def _quoted(case: Case) -> Outlook:
    repair = RepairOrder.objects.prefetch_related("parts").get(case=case)
    amount = format_money(Money(repair.quote, case.currency))
    return Outlook(_("The repair would cost %(amount)s") % {"amount": amount}, repair.diagnosis, "attention")


def _settled_without_money(case: Case) -> Outlook:
    if case.kind == CaseKind.COMPENSATION:
        return _given(case)
    titles = {
        CaseKind.EXCHANGE: _("Exchanged"),
        CaseKind.REPAIR: _("Your item is back with you"),
        CaseKind.RESEND: _("What was missing has arrived"),
    }
    title = titles.get(CaseKind(case.kind), pgettext_lazy("case status", "Completed"))
    return Outlook(title, _("Is something wrong all the same? Write to us below."), "good")


def _given(case: Case) -> Outlook:
    voucher = CompensationVoucher.objects.filter(case=case).first()
    if voucher is None:
        return Outlook(pgettext_lazy("case status", "Completed"), "", "good")
    facts = {"amount": format_money(voucher.money), "code": voucher.code}
    if voucher.type == CompensationVoucher.Type.POINTS:
        text = _("Points worth %(amount)s: %(code)s") % facts
    else:
        text = _("Voucher worth %(amount)s: %(code)s") % facts
    if voucher.expired_at:
        return Outlook(_("The voucher was not used in time"), text, "neutral")
    if voucher.redeemed_at:
        return Outlook(_("You have used this"), text, "good")
    if voucher.valid_until:
        text += "\n" + _("Valid until %(until)s") % {"until": dates.exact(voucher.valid_until)}
    return Outlook(_("This is yours"), text, "good")


def _converted(case: Case) -> Outlook:
    nexts = case.converted_into.values_list("number", flat=True)
    text = _("It goes on as %(number)s.") % {"number": ", ".join(nexts)}
    return Outlook(CaseStatus.CONVERTED.label, text, "neutral")


def _completed(case: Case) -> Outlook:
    if case.kind in (CaseKind.EXCHANGE, CaseKind.REPAIR, CaseKind.RESEND) or (
        case.kind == CaseKind.COMPENSATION and not case.refund_amount
    ):
        return _settled_without_money(case)
    if not case.refund_amount:
        return Outlook(
            pgettext_lazy("case status", "Completed"), _("Nothing is owed on either side."), "good"
        )
    text = _("%(amount)s is on its way to you. Depending on your bank it takes some days until you see it.")
    return Outlook(_("Refunded"), text % {"amount": format_money(case.amount)}, "good")


def _rejected(case: Case) -> Outlook:
    reason = str(RefusalReason(case.refusal).label) if case.refusal else ""
    text = "\n".join(filter(None, (reason, case.refusal_text, case.ruling)))
    return Outlook(_("We cannot accept this request"), text, "neutral")


def _arrived(case: Case) -> Outlook:
    nexts = {
        CaseKind.EXCHANGE: _("We look at the goods, then your replacement follows."),
        CaseKind.REPAIR: _("A technician looks at it, then you hear from us."),
    }
    usual = _("We look at the goods, then the refund follows.")
    return Outlook(_("Your parcel has arrived"), nexts.get(CaseKind(case.kind), usual))


CLOSED = Outlook(
    pgettext_lazy("case status", "Closed"),
    _("The time was up. While the period to ask for it lasts you can do so again."),
    "neutral",
)

OUTLOOKS: Mapping[str, Outlook | Callable[[Case], Outlook]] = {
    CaseStatus.SUBMITTED: Outlook(
        _("We are looking at your request"), _("Please keep the goods until we have decided.")
    ),
    CaseStatus.INFO_REQUIRED: _asked,
    CaseStatus.APPROVED: _approved,
    CaseStatus.ESCALATED: _escalated,
    CaseStatus.AWAITING_RETURN: Outlook(
        _("Approved: please send the goods back"),
        _("Then enter the tracking number here, so that we know that they are on their way."),
        "attention",
    ),
    CaseStatus.RETURN_IN_TRANSIT: Outlook(
        _("Your parcel is on its way to us"), _("There is nothing for you to do.")
    ),
    CaseStatus.RECEIVED: _arrived,
    CaseStatus.INSPECTING: _arrived,
    CaseStatus.DIAGNOSING: Outlook(_("A technician is looking at your item"), _("Then you hear from us.")),
    CaseStatus.QUOTED: _quoted,
    CaseStatus.REPAIRING: Outlook(_("Your item is being repaired"), _("Then it is tested.")),
    CaseStatus.TESTING: Outlook(_("Your item is being tested"), _("Then it goes back to you.")),
    CaseStatus.AWAITING_PAYMENT: _owed,
    CaseStatus.AWAITING_DISPATCH: _to_dispatch,
    CaseStatus.DISPATCHED: _on_its_way,
    CaseStatus.AWAITING_ACCEPTANCE: Outlook(
        _("Has everything arrived?"),
        _("Please confirm it, or write to us if something is wrong. No answer counts as received."),
        "attention",
    ),
    CaseStatus.ISSUING: Outlook(_("Your compensation is being prepared")),
    CaseStatus.CONVERTED: _converted,
    CaseStatus.INSPECTION_DISPUTE: _disputed,
    CaseStatus.RETURNED_TO_CUSTOMER: Outlook(
        _("The goods are on their way back to you"), _("Nothing is owed on either side.")
    ),
    CaseStatus.AWAITING_REFUND: _paying,
    CaseStatus.REFUNDING: _paying,
    CaseStatus.REFUND_FAILED: _delayed,
    CaseStatus.COMPLETED: _completed,
    CaseStatus.REJECTED: _rejected,
    CaseStatus.CANCELLED: Outlook(pgettext_lazy("case", "Withdrawn"), _("You keep the goods."), "neutral"),
    CaseStatus.CLOSED_TIMEOUT: CLOSED,
}
