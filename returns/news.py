"""What customers hear about their returns, repairs and warranties.

What decides something, sets a deadline or moves money is always told.
"""

from django.utils.translation import gettext_lazy as _

from core.news import News
from customers.states import Topic

CASE = ("case.number", "ticket.number")
STANDING = (*CASE, "title", "text", "due")

NEWS = (
    News("case.submitted", _("A return was requested"), Topic.PROGRESS, (*CASE, "amount", "due")),
    News("case.info_requested", _("Something more is needed"), "", (*CASE, "question", "due")),
    News("case.instructed", _("Approved: how to send it back"), "", (*CASE, "amount", "due", "address")),
    News("case.refused", _("A return is refused"), "", (*CASE, "reason")),
    News("case.received", _("A parcel has arrived"), Topic.PROGRESS, CASE),
    News("case.receipt_assumed", _("A parcel is taken as arrived"), Topic.PROGRESS, CASE),
    News("case.deduction_offered", _("A smaller refund is offered"), "", (*CASE, "amount", "deduction")),
    News("case.sent_back", _("Goods go back to the customer"), "", (*CASE, "carrier", "tracking_number")),
    News("case.completed", _("The refund is paid"), "", (*CASE, "amount")),
    News("case.closed_by_timeout", _("A case ended because time ran out"), "", CASE),
    News("case.dispatched", _("Goods are on their way"), Topic.PROGRESS, STANDING),
    News("case.handed_over", _("Goods were handed over"), Topic.PROGRESS, STANDING),
    News("case.return_asked", _("Goods are to be sent back"), "", STANDING),
    News("case.quoted", _("A repair is quoted"), "", STANDING),
    News("case.irreparable", _("It cannot be repaired"), "", STANDING),
    News("case.quote_expired", _("A quote ended"), "", STANDING),
    News("case.goods_kept", _("Goods stay with the customer"), "", STANDING),
    News("case.escalated", _("A case is looked at again"), Topic.PROGRESS, STANDING),
    News("case.ruled_for_customer", _("Decided for the customer"), "", STANDING),
    News("case.ruled_for_merchant", _("Decided against the customer"), "", STANDING),
    News("case.parcel_lost", _("A parcel is lost"), "", STANDING),
    News("case.converted", _("A case became another kind"), "", STANDING),
    News("case.approved", _("A compensation is offered"), "", STANDING),
    News("case.inspected", _("The difference of an exchange is to be paid"), "", STANDING),
    News("case.compensation_issued", _("A compensation is given"), "", STANDING),
    News("refund.failed", _("A refund is delayed"), "", (*CASE, "amount")),
    News(
        "voucher.expires_soon", _("A voucher ends soon"), Topic.REMINDER, (*CASE, "code", "amount", "until")
    ),
    News("warranty.verified", _("A device is registered"), Topic.PROGRESS, ("warranty.number",)),
    News("warranty.voided", _("A warranty has ended"), "", ("warranty.number",)),
)

VALUES = {
    "case.number": _("case number"),
    "amount": _("amount"),
    "due": _("deadline"),
    "question": _("the question"),
    "address": _("address to send to"),
    "reason": _("reason"),
    "deduction": _("deduction"),
    "carrier": _("carrier"),
    "tracking_number": _("tracking number"),
    "title": _("where it stands, in short"),
    "text": _("where it stands"),
    "code": _("code of the voucher"),
    "until": _("last day of the voucher"),
    "warranty.number": _("warranty number"),
}
