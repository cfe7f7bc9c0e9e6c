"""Sentences for what is special to some kinds of case: exchange, repair, resend, compensation, escalation."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.money import Money, format_money
from returns.states import CaseKind, CompensationType
from returns.words.saying import Words, label_of, with_money

Facts = Mapping[str, Any]


def _kind(facts: Facts) -> dict[str, Any]:
    return {**facts, "kind": label_of(CaseKind, facts["case_kind"])}


def _cannot_become(facts: Facts) -> str:
    return _("%(number)s cannot be continued as “%(kind)s”.") % _kind(facts)


def _converted(facts: Facts) -> str:
    said = _kind(facts)
    sentence = _("%(number)s is continued as %(to)s (%(kind)s)") % said
    return f"{sentence}: {facts['text']}" if facts.get("text") else sentence


def _amount(facts: Facts) -> str:
    return format_money(Money(int(facts["amount"] or 0), str(facts["currency"])))


def _resubmitted(facts: Facts) -> str:
    return _("%(actor)s asked once more (%(number)s): %(text)s") % facts


def _ruled_for_customer(facts: Facts) -> str:
    return _with_text(_("%(actor)s decided %(number)s for the customer") % facts, facts)


def _ruled_for_merchant(facts: Facts) -> str:
    return _with_text(_("%(actor)s decided %(number)s for the shop") % facts, facts)


def _with_text(sentence: str, facts: Facts) -> str:
    return f"{sentence}: {facts['text']}" if facts.get("text") else sentence


def _lost(facts: Facts) -> str:
    return _with_text(_("A parcel of %(number)s was lost") % facts, facts)


def _diagnosed(facts: Facts) -> str:
    return _("%(number)s is diagnosed; the repair has begun") % facts


def _tested(facts: Facts) -> str:
    passed = _("%(number)s passed its test") if facts["passed"] else _("%(number)s failed its test")
    return _with_text(passed % facts, facts)


def _declined(facts: Facts) -> str:
    return _with_text(_("%(actor)s declined the offer (%(number)s)") % facts, facts)


def _issued(facts: Facts) -> str:
    said = {**facts, "amount": _amount(facts), "type": label_of(CompensationType, facts["type"])}
    return _("Given for %(number)s: %(type)s worth %(amount)s, %(code)s") % said


def _attempts(facts: Facts) -> str:
    pattern = ngettext(
        "%(number)s has been asked for %(most)s time; it cannot be asked for again.",
        "%(number)s has been asked for %(most)s times; it cannot be asked for again.",
        facts["most"],
    )
    return pattern % facts


REFUSALS: dict[str, Words] = {
    "case.attempts_used_up": _attempts,
    "case.refusal_is_final": gettext_lazy("The decision about %(number)s is final."),
    "case.objection_missing": gettext_lazy("Please say what you do not agree with."),
    "case.units_taken": gettext_lazy(
        "The items of %(number)s are part of another request now. Close that one first."
    ),
    "case.goods_are_lost": gettext_lazy(
        "The goods of %(number)s are lost and cannot be repaired. Continue the case as another kind."
    ),
    "case.cannot_become": _cannot_become,
    "case.conversion_reason_missing": gettext_lazy("Say why %(number)s is continued in another way."),
    "case.replacement_is_settled": gettext_lazy("What goes out for %(number)s cannot be changed any more."),
    "case.repair_unpaid": with_money(
        gettext_lazy("The customer has to pay %(amount)s before the goods of %(number)s go back."), "amount"
    ),
    "case.nothing_owed": gettext_lazy("The customer owes nothing for %(number)s."),
    "case.payment_differs": with_money(
        gettext_lazy("%(owed)s is to be paid, not %(amount)s."), "owed", "amount"
    ),
    "case.payment_reference_missing": gettext_lazy("Add the reference of the payment."),
    "case.diagnosis_missing": gettext_lazy("Say what is wrong with the goods."),
    "case.serial_number_in_work": gettext_lazy(
        "%(serial_number)s is in work already as %(number)s. A thing is in one open case at a time."
    ),
    "case.item_not_paid": gettext_lazy("“%(title)s” has not been paid for."),
    "case.item_not_shipped": gettext_lazy("“%(title)s” has not been sent yet."),
    "compensation.too_high": with_money(
        gettext_lazy("At most %(left)s can still be given for this order."), "left"
    ),
    "compensation.needs_items": gettext_lazy("Say which items have become cheaper."),
    "voucher.redeemed_already": gettext_lazy("%(voucher)s has been redeemed already."),
    "voucher.expired": gettext_lazy("%(voucher)s is not valid any more."),
}

EVENTS: dict[str, Words] = {
    "case.proceeded": gettext_lazy("%(number)s goes on"),
    "case.shipment_stopped": gettext_lazy("%(actor)s stopped the shipment (%(number)s)"),
    "case.resubmitted": _resubmitted,
    "case.escalated": gettext_lazy("%(actor)s objected (%(number)s): %(text)s"),
    "case.ruled_for_customer": _ruled_for_customer,
    "case.ruled_for_merchant": _ruled_for_merchant,
    "case.parcel_lost": _lost,
    "case.converted": _converted,
    "case.carried_over": gettext_lazy("%(number)s goes on with the goods that are here"),
    "case.replacement_chosen": with_money(
        gettext_lazy("%(actor)s chose what goes out for %(number)s: %(title)s, %(amount)s"), "amount"
    ),
    "case.difference_settled": gettext_lazy("The difference in price of %(number)s is settled"),
    "case.payment_received": with_money(
        gettext_lazy("%(amount)s was paid for %(number)s (%(reference)s)"), "amount"
    ),
    "case.goods_kept": with_money(
        gettext_lazy("The goods of %(number)s did not come back in time; %(amount)s is to be paid"), "amount"
    ),
    "case.payment_overdue": gettext_lazy("The payment for %(number)s is late"),
    "case.dispatched": gettext_lazy("%(number)s was sent: %(carrier)s %(tracking_number)s"),
    "case.dispatch_overdue": gettext_lazy("The dispatch of %(number)s is late"),
    "case.handed_over": gettext_lazy("The carrier handed %(number)s over: %(tracking_number)s"),
    "case.return_asked": gettext_lazy("Now the old goods of %(number)s are to come back"),
    "case.diagnosis_started": gettext_lazy("%(actor)s began to look for the fault (%(number)s)"),
    "case.diagnosed": _diagnosed,
    "case.irreparable": gettext_lazy("%(number)s cannot be repaired: %(text)s"),
    "case.quoted": with_money(
        gettext_lazy("The repair of %(number)s would cost %(amount)s: %(text)s"), "amount"
    ),
    "case.quote_accepted": with_money(
        gettext_lazy("%(actor)s accepted the quote of %(amount)s (%(number)s)"), "amount"
    ),
    "case.quote_declined": with_money(
        gettext_lazy("%(actor)s declined the quote of %(amount)s (%(number)s)"), "amount"
    ),
    "case.quote_expired": gettext_lazy("The quote for %(number)s was not answered in time"),
    "case.repaired": gettext_lazy("%(actor)s repaired %(number)s: %(text)s"),
    "case.tested": _tested,
    "case.offer_accepted": with_money(
        gettext_lazy("%(actor)s accepted the offer of %(amount)s (%(number)s)"), "amount"
    ),
    "case.offer_declined": _declined,
    "case.compensation_issued": _issued,
    "voucher.redeemed": gettext_lazy("%(code)s was redeemed"),
    "voucher.expires_soon": gettext_lazy("The customer was reminded that voucher %(code)s ends soon"),
    "voucher.expired": gettext_lazy("Voucher %(code)s was not redeemed in time"),
}
