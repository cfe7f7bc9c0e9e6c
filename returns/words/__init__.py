"""Sentences for refusals and events of the returns desk."""

from collections.abc import Callable
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext
from django.utils.translation import gettext as _

from core import bilingual, dates
from core.clock import now
from returns import warranty_words, withdrawal_words
from returns.risk import RiskFlag
from returns.states import CaseKind, CaseStatus, RefusalReason, Verb
from returns.words import kinds
from returns.words.saying import Facts, Words, label_of, money_of, with_money


def _cannot(facts: Facts) -> str:
    return _("%(number)s is “%(status)s” now; this cannot be done any more, or not yet.") % {
        **facts,
        "status": label_of(CaseStatus, facts["status"]),
    }


def _not_allowed(facts: Facts) -> str:
    return _("You may not do this: %(verb)s.") % {"verb": label_of(Verb, facts["verb"])}


def _item_too_many(facts: Facts) -> str:
    pattern = ngettext(
        "Only %(left)s unit of “%(title)s” can be returned.",
        "Only %(left)s units of “%(title)s” can be returned.",
        facts["left"],
    )
    return pattern % facts


def _received_too_many(facts: Facts) -> str:
    pattern = ngettext(
        "Only %(left)s more unit of “%(title)s” is expected.",
        "Only %(left)s more units of “%(title)s” are expected.",
        facts["left"],
    )
    return pattern % facts


def _evidence_missing(facts: Facts) -> str:
    if facts["evidence"] == "photo":
        return _("Please add at least one photo or video that shows the problem.")
    return _("Please add at least one file that shows the problem.")


CANNOT: dict[str, Words] = {f"case.cannot_{verb.value}": _cannot for verb in Verb}

REFUSALS: dict[str, Words] = {
    **CANNOT,
    **kinds.REFUSALS,
    **warranty_words.REFUSALS,
    **withdrawal_words.REFUSALS,
    "case.not_allowed": _not_allowed,
    "case.changed_meanwhile": gettext_lazy(
        "%(number)s has changed since you opened this page. Look at it again, then decide."
    ),
    "case.no_items": gettext_lazy("Choose at least one item to return."),
    "case.item_twice": gettext_lazy("An item was listed twice. Please state it once, with its quantity."),
    "case.item_of_other_order": gettext_lazy("“%(title)s” belongs to another order."),
    "case.item_not_returnable": gettext_lazy("“%(title)s” cannot be returned."),
    "case.item_kind_not_allowed": gettext_lazy("“%(title)s” cannot be returned in this way."),
    "case.item_not_delivered": gettext_lazy("“%(title)s” has not been delivered yet."),
    "case.item_in_return": gettext_lazy("“%(title)s” is already part of a return."),
    "case.item_already_returned": gettext_lazy("“%(title)s” has already been returned."),
    "case.item_window_closed": gettext_lazy("The period to return “%(title)s” is over."),
    "case.item_too_many": _item_too_many,
    "case.reason_unknown": gettext_lazy("Please choose why you are returning it."),
    "case.evidence_missing": _evidence_missing,
    "case.ticket_of_other_customer": gettext_lazy("%(number)s belongs to another customer."),
    "case.nothing_supplied": gettext_lazy("Please write something or add a file."),
    "case.amount_too_high": with_money(
        gettext_lazy("At most %(most)s can be refunded for these items."), "most"
    ),
    "case.over_limit": with_money(
        gettext_lazy("You may approve up to %(limit)s. A team lead has to approve more."), "limit"
    ),
    "case.no_service_centre": gettext_lazy(
        "No service centre takes returns from this country. An administrator can add one in the settings."
    ),
    "case.tracking_number_odd": gettext_lazy(
        "“%(tracking_number)s” does not look like a tracking number. It has 6 to 40 letters and digits."
    ),
    "case.tracking_number_unusual": gettext_lazy(
        "Numbers of %(carrier)s do not look like %(tracking_number)s. Please check carrier and number; if"
        " both are right, tick the box below and send it again."
    ),
    "case.tracking_number_mistyped": gettext_lazy(
        "The check digit of %(tracking_number)s does not fit: a digit may be wrong or two may be swapped."
        " Please check the number; if it is right, tick the box below and send it again."
    ),
    "case.carrier_unknown": gettext_lazy(
        "The number %(tracking_number)s does not tell the carrier. Please say who carries the parcel."
    ),
    "case.tracking_number_used": gettext_lazy(
        "%(tracking_number)s already belongs to another parcel. Please check the number."
    ),
    "case.no_label_yet": gettext_lazy(
        "There is no address for %(number)s yet: label and guide come with the approval."
    ),
    "case.finished": gettext_lazy("%(number)s is finished; nothing travels any more."),
    "case.customs_lines": gettext_lazy("Declare every item of %(number)s exactly once."),
    "case.nothing_received": gettext_lazy("Say of at least one item how many units have arrived."),
    "case.received_too_many": _received_too_many,
    "case.lots_do_not_add_up": gettext_lazy(
        "%(received)s units of “%(title)s” were received, but %(judged)s are graded."
    ),
    "case.dispositions_do_not_add_up": gettext_lazy(
        "Say for all %(units)s units of “%(title)s” what becomes of them."
    ),
    "case.deduction_out_of_range": with_money(
        gettext_lazy("The deduction must be more than nothing and at most %(most)s."), "most"
    ),
    "case.no_deduction_offered": gettext_lazy("No reduced refund has been offered for %(number)s."),
    "policy.not_allowed": gettext_lazy("You do not have the right to change return policies."),
    "refund.key_odd": gettext_lazy("A key has 8 to 64 characters: letters, digits, and the signs _ - | * @."),
    "refund.key_reused": gettext_lazy("The key %(key)s was used for another refund."),
    "refund.waits_for_release": gettext_lazy("%(refund)s is under way already."),
    "refund.ledger_moved": with_money(
        gettext_lazy("Meanwhile %(refunded)s of this order has been refunded. Look at it again."), "refunded"
    ),
    "refund.by_hand_only": gettext_lazy(
        "No payment provider can pay this back. Pay it by hand and record it here with its proof."
    ),
    "refund.exceeds_payment": with_money(
        gettext_lazy("%(amount)s cannot be refunded; only %(left)s of the payment is left."), "amount", "left"
    ),
    "refund.provider_says_paid": gettext_lazy(
        "The payment provider says that it has paid %(refund)s after all. Try it again: it is not paid twice."
    ),
    "refund.proof_missing": gettext_lazy("Add the reference and the proof of the payment."),
    "refund.same_person": gettext_lazy("Somebody else has to release what you have asked for."),
    "refund.nothing_waits": gettext_lazy("Nothing of %(number)s waits for a release."),
}


ASKED: dict[str, str | Promise] = {
    CaseKind.REFUND_ONLY: gettext_lazy("%(actor)s asked for a refund of %(amount)s (%(number)s)"),
    CaseKind.EXCHANGE: gettext_lazy("%(actor)s asked for an exchange (%(number)s)"),
    CaseKind.REPAIR: gettext_lazy("%(actor)s asked for a repair (%(number)s)"),
    CaseKind.RESEND: gettext_lazy("%(actor)s asked for what is missing (%(number)s)"),
    CaseKind.COMPENSATION: gettext_lazy("%(actor)s asked for a compensation of %(amount)s (%(number)s)"),
}


def _submitted(facts: Facts) -> str:
    if asked := ASKED.get(facts.get("case_kind", "")):
        return str(asked) % {**facts, "amount": money_of(facts, "amount")}
    pattern = ngettext(
        "%(actor)s asked to return %(units)s unit for %(amount)s (%(number)s)",
        "%(actor)s asked to return %(units)s units for %(amount)s (%(number)s)",
        facts["units"],
    )
    return pattern % {**facts, "amount": money_of(facts, "amount")}


WITHOUT_MONEY = (CaseKind.EXCHANGE, CaseKind.REPAIR, CaseKind.RESEND)


def _policy(text: str | Promise) -> Callable[[Facts], str]:
    """A sentence that names a policy in the reader's language."""

    def say(facts: Facts) -> str:
        chinese = bilingual.is_chinese(get_language())
        return str(text) % {**facts, "name": facts["name_zh" if chinese else "name_en"]}

    return say


def _flagged(facts: Facts) -> str:
    return _("Signs of risk on %(number)s, so somebody has to look: %(signs)s") % {
        **facts,
        "signs": pgettext("list", ", ").join(label_of(RiskFlag, flag) for flag in facts["flags"]),
    }


def _approved(facts: Facts) -> str:
    if facts.get("case_kind", "") in WITHOUT_MONEY:
        return _approved_goods(facts)
    said = {**facts, "amount": money_of(facts, "amount")}
    if facts.get("rule") == "converted":
        return _("%(number)s was approved before: %(amount)s") % said
    if facts.get("rule") == "auto_approve_limit":
        return _("%(number)s was approved at once: %(amount)s") % said
    if facts.get("rule") == "review_timeout":
        return _("%(number)s was approved because the review took too long: %(amount)s") % said
    return _("%(actor)s approved %(number)s: %(amount)s") % said


def _approved_goods(facts: Facts) -> str:
    match facts.get("rule"):
        case "converted":
            return _("%(number)s was approved before") % facts
        case "auto_approve_limit":
            return _("%(number)s was approved at once") % facts
        case "review_timeout":
            return _("%(number)s was approved because the review took too long") % facts
    return _("%(actor)s approved %(number)s") % facts


def _refused(facts: Facts) -> str:
    said = {**facts, "reason": label_of(RefusalReason, facts["reason"])}
    if facts.get("text"):
        return _("%(actor)s refused %(number)s: %(reason)s. %(text)s") % said
    return _("%(actor)s refused %(number)s: %(reason)s") % said


def _instructed(facts: Facts) -> str:
    said = {**facts, "day": dates.day(datetime.fromisoformat(facts["due_at"]), now())}
    return _("Return instructions for %(number)s were sent; send it back by %(day)s") % said


def _received(facts: Facts) -> str:
    pattern = ngettext(
        "%(units)s unit of %(number)s was received",
        "%(units)s units of %(number)s were received",
        facts["units"],
    )
    text = pattern % facts
    missing = facts.get("missing")
    if not missing:
        return text
    rest = ngettext("%(missing)s unit is missing", "%(missing)s units are missing", missing) % facts
    return pgettext("two facts", "%(first)s; %(second)s") % {"first": text, "second": rest}


def _inspected(facts: Facts) -> str:
    if not facts["passed"]:
        return _("The inspection of %(number)s found a problem") % facts
    if "amount" not in facts or facts.get("case_kind") in WITHOUT_MONEY:
        return _("%(number)s passed the inspection") % facts
    said = {**facts, "amount": money_of(facts, "amount")}
    return _("%(number)s passed the inspection; %(amount)s will be refunded") % said


def _completed(facts: Facts) -> str:
    if not facts["amount"]:
        return _("%(number)s is completed") % facts
    return _("%(number)s is completed: %(amount)s was refunded") % {
        **facts,
        "amount": money_of(facts, "amount"),
    }


def _closed(facts: Facts) -> str:
    if facts["waited_for"] == CaseStatus.INFO_REQUIRED:
        return _("%(number)s was closed because the evidence did not come in time") % facts
    return _("%(number)s was closed because the goods were not sent back in time") % facts


def _created(facts: Facts) -> str:
    said = {**facts, "amount": money_of(facts, "amount")}
    if facts.get("second"):
        return _("%(actor)s asked to pay %(amount)s (%(number)s); a second person has to release it") % said
    return _("%(actor)s had %(amount)s paid (%(number)s)") % said


def _with_reason(text: str | Promise) -> Callable[[Facts], str]:
    """A sentence with an amount, and what the provider said, if it said anything."""

    def say(facts: Facts) -> str:
        sentence = str(text) % {**facts, "amount": money_of(facts, "amount")}
        return f"{sentence} ({facts['reason']})" if facts.get("reason") else sentence

    return say


def _failed(facts: Facts) -> str:
    """Shown to customers too, so without the provider's words."""
    return _("The refund of %(amount)s did not go through; we are looking into it") % {
        "amount": money_of(facts, "amount")
    }


EVENTS: dict[str, Words] = {
    **kinds.EVENTS,
    **warranty_words.EVENTS,
    **withdrawal_words.EVENTS,
    "case.submitted": _submitted,
    "case.flagged": _flagged,
    "case.info_requested": gettext_lazy("%(actor)s asked for more evidence on %(number)s: %(question)s"),
    "case.info_supplied": gettext_lazy("%(actor)s sent more evidence on %(number)s"),
    "case.approved": _approved,
    "case.refused": _refused,
    "case.withdrawn": gettext_lazy("%(actor)s withdrew %(number)s"),
    "case.instructed": _instructed,
    "case.shipped_back": gettext_lazy("%(number)s is on its way back: %(carrier)s %(tracking_number)s"),
    "case.delivered_back": gettext_lazy("The carrier delivered %(number)s to us: %(tracking_number)s"),
    "case.customs_declared": gettext_lazy("%(actor)s wrote the customs declaration of %(number)s"),
    "case.evidence_packed": gettext_lazy("%(actor)s took an evidence pack of %(number)s: %(files)s files"),
    "case.received": _received,
    "case.receipt_assumed": gettext_lazy(
        "%(number)s counts as received, because the carrier delivered it and we did not answer in time"
    ),
    "case.inspection_started": gettext_lazy("%(actor)s began to inspect %(number)s"),
    "case.inspected": _inspected,
    "case.deduction_offered": with_money(
        gettext_lazy("%(actor)s offered a reduced refund of %(amount)s for %(number)s"), "amount"
    ),
    "case.deduction_agreed": with_money(
        gettext_lazy("%(actor)s accepted the reduced refund of %(amount)s for %(number)s"), "amount"
    ),
    "case.deduction_waived": with_money(
        gettext_lazy("%(actor)s decided to refund %(number)s in full: %(amount)s"), "amount"
    ),
    "case.sent_back": gettext_lazy("Goods of %(number)s were sent back: %(carrier)s %(tracking_number)s"),
    "case.remedies_told": gettext_lazy(
        "%(actor)s was told about the choice between repair and replacement: %(text)s"
    ),
    "case.completed": _completed,
    "case.closed_by_timeout": _closed,
    "case.review_overdue": gettext_lazy("The review of %(number)s is late"),
    "case.refund_overdue": gettext_lazy("The refund of %(number)s is late"),
    "policy.created": _policy(gettext_lazy("%(actor)s made the return policy “%(name)s”")),
    "policy.changed": _policy(gettext_lazy("%(actor)s changed the return policy “%(name)s”")),
    "refund.created": _created,
    "refund.paid_by_hand": with_money(
        gettext_lazy(
            "%(actor)s recorded %(amount)s paid by hand (%(reference)s); a second person has to confirm"
        ),
        "amount",
    ),
    "refund.confirmed": with_money(gettext_lazy("%(actor)s released %(amount)s (%(number)s)"), "amount"),
    "refund.cancelled": with_money(
        gettext_lazy("%(actor)s took back the payment of %(amount)s (%(number)s)"), "amount"
    ),
    "refund.retried": with_money(
        gettext_lazy("%(actor)s tried to pay %(amount)s again (%(number)s)"), "amount"
    ),
    "refund.succeeded": with_money(gettext_lazy("%(amount)s was paid back (%(number)s)"), "amount"),
    "refund.unknown": _with_reason(
        gettext_lazy("The payment provider did not answer about %(amount)s (%(number)s); we keep asking")
    ),
    "refund.failed": _failed,
}
