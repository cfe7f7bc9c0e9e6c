"""Where a return stands, in a customer's words: what happens next, and who must act."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.money import format_money
from returns.models import Case
from returns.states import CaseStatus, RefusalReason


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
    return Outlook(_("We offer you a reduced refund"), case.deduction_note, "attention")


def _paying(case: Case) -> Outlook:
    text = _("You will get %(amount)s.") % {"amount": format_money(case.amount)}
    return Outlook(_("Your refund is being paid"), text)


def _delayed(case: Case) -> Outlook:
    text = _("The payment of %(amount)s did not go through. We look into it; you need not do anything.")
    return Outlook(_("Your refund is delayed"), text % {"amount": format_money(case.amount)}, "attention")


def _completed(case: Case) -> Outlook:
    if not case.refund_amount:
        return Outlook(
            pgettext_lazy("case status", "Completed"), _("Nothing is owed on either side."), "good"
        )
    text = _("%(amount)s is on its way to you. Depending on your bank it takes some days until you see it.")
    return Outlook(_("Refunded"), text % {"amount": format_money(case.amount)}, "good")


def _rejected(case: Case) -> Outlook:
    reason = str(RefusalReason(case.refusal).label) if case.refusal else ""
    text = "\n".join(filter(None, (reason, case.refusal_text)))
    return Outlook(_("We cannot accept this return"), text, "neutral")


ARRIVED = Outlook(_("Your parcel has arrived"), _("We look at the goods, then the refund follows."))
CLOSED = Outlook(
    pgettext_lazy("case status", "Closed"),
    _("The time was up. While the period to return lasts you can request it again."),
    "neutral",
)

OUTLOOKS: Mapping[str, Outlook | Callable[[Case], Outlook]] = {
    CaseStatus.SUBMITTED: Outlook(
        _("We are looking at your request"), _("Please keep the goods until we have decided.")
    ),
    CaseStatus.INFO_REQUIRED: _asked,
    CaseStatus.APPROVED: Outlook(
        pgettext_lazy("case status", "Approved"),
        _("You will get the address to send the goods to in a moment."),
    ),
    CaseStatus.AWAITING_RETURN: Outlook(
        _("Approved: please send the goods back"),
        _("Then enter the tracking number here, so that we know that they are on their way."),
        "attention",
    ),
    CaseStatus.RETURN_IN_TRANSIT: Outlook(
        _("Your parcel is on its way to us"), _("There is nothing for you to do.")
    ),
    CaseStatus.RECEIVED: ARRIVED,
    CaseStatus.INSPECTING: ARRIVED,
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
