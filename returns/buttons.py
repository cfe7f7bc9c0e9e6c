"""The buttons of a case: exactly the verbs this member of staff can do now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from accounts.models import User
from returns.actions.receivables import amount_owed
from returns.gateways import gateway_for
from returns.models import Case, Refund
from returns.states import CaseKind, Verb, verbs_for


@dataclass(frozen=True)
class Button:
    """`asks`: opens a form first. `tone` is primary, danger or quiet."""

    verb: Verb
    url_name: str
    icon: str
    tone: str = ""
    asks: bool = True

    @property
    def label(self) -> str:
        return str(self.verb.label)


BUTTONS: Sequence[Button] = (
    Button(Verb.APPROVE, "console:case-approve", "check", "primary"),
    Button(Verb.REQUEST_INFO, "console:case-request-info", "camera"),
    Button(Verb.REFUSE, "console:case-refuse", "x"),
    Button(Verb.SUPPLY, "console:case-supply", "file-plus", "primary"),
    Button(Verb.INSTRUCT, "console:case-instruct", "send", "primary"),
    Button(Verb.ADD_TRACKING, "console:case-track", "truck"),
    Button(Verb.RECEIVE, "console:warehouse-case", "package-check", "primary"),
    Button(Verb.START_INSPECTION, "console:warehouse-case", "search-check", "primary"),
    Button(Verb.INSPECT, "console:warehouse-case", "search-check", "primary"),
    Button(Verb.OFFER_DEDUCTION, "console:case-offer-deduction", "badge-percent", "primary"),
    Button(Verb.WAIVE_DEDUCTION, "console:case-waive-deduction", "hand-coins", asks=False),
    Button(Verb.SEND_BACK, "console:case-send-back", "undo-2"),
    Button(Verb.FINISH_SEND_BACK, "console:case-finish-send-back", "check", "primary", asks=False),
    Button(Verb.CREATE_REFUND, "console:refund-pay", "banknote", "primary"),
    Button(Verb.CONFIRM_REFUND, "console:refund-confirm", "check-check", "primary"),
    Button(Verb.CANCEL_REFUND, "console:refund-cancel", "x", asks=False),
    Button(Verb.RETRY_REFUND, "console:refund-retry", "rotate-cw", "primary", asks=False),
    Button(Verb.PAY_BY_HAND, "console:refund-pay-by-hand", "hand-coins"),
    Button(Verb.STOP_SHIPMENT, "console:case-stop-shipment", "octagon-x", "primary", asks=False),
    Button(Verb.RULE_FOR_CUSTOMER, "console:case-rule-for-customer", "scale", "primary"),
    Button(Verb.RULE_FOR_MERCHANT, "console:case-rule-for-merchant", "gavel"),
    Button(Verb.START_DIAGNOSIS, "console:case-start-diagnosis", "search-check", "primary", asks=False),
    Button(Verb.DIAGNOSE, "console:case-diagnose", "stethoscope", "primary"),
    Button(Verb.FINISH_REPAIR, "console:case-finish-repair", "wrench", "primary"),
    Button(Verb.RECORD_TEST, "console:case-record-test", "clipboard-check", "primary"),
    Button(Verb.ACCEPT_QUOTE, "console:case-accept-quote", "check", asks=False),
    Button(Verb.DECLINE_QUOTE, "console:case-decline-quote", "x", asks=False),
    Button(Verb.RECORD_PAYMENT, "console:case-record-payment", "banknote", "primary"),
    Button(Verb.DISPATCH, "console:case-dispatch", "truck", "primary"),
    Button(Verb.ACCEPT_GOODS, "console:case-accept-goods", "check", asks=False),
    Button(Verb.ACCEPT_OFFER, "console:case-accept-offer", "check", asks=False),
    Button(Verb.DECLINE_OFFER, "console:case-decline-offer", "x"),
    Button(Verb.REPORT_LOST, "console:case-report-lost", "package-x"),
    Button(Verb.RESUBMIT, "console:case-resubmit", "rotate-cw"),
    Button(Verb.ESCALATE, "console:case-escalate", "megaphone"),
    Button(Verb.CONVERT, "console:case-convert", "shuffle", "quiet"),
    Button(Verb.WITHDRAW, "console:case-withdraw", "undo-2", "quiet", asks=False),
)
BY_VERB: Mapping[Verb, Button] = {button.verb: button for button in BUTTONS}


def buttons_for(case: Case, user: User, refunds: Sequence[Refund]) -> list[Button]:
    """The verbs of the table, less those the refunds of the case leave no room for."""
    verbs = set(verbs_for(case.machine, case.status, user)) - _without_sense(case, refunds)
    if Verb.RECEIVE in verbs and verbs & {Verb.START_INSPECTION, Verb.START_DIAGNOSIS}:
        verbs.discard(Verb.RECEIVE)
    return [button for button in BUTTONS if button.verb in verbs]


def _without_sense(case: Case, refunds: Sequence[Refund]) -> set[Verb]:
    return _about_refunds(case, refunds) | _about_objections(case) | _about_payments(case)


def _about_objections(case: Case) -> set[Verb]:
    settled = {Verb.RESUBMIT, Verb.ESCALATE} if case.is_settled else set[Verb]()
    if case.kind == CaseKind.REPAIR and case.received_at is None and case.shipped_back_at:
        settled.add(Verb.RULE_FOR_CUSTOMER)  # the goods are lost: it goes on as another kind of case
    return settled


def _about_payments(case: Case) -> set[Verb]:
    owes = amount_owed(case)
    if owes and case.kind == CaseKind.REPAIR:
        return {Verb.DISPATCH}
    return set() if owes else {Verb.RECORD_PAYMENT}


def _about_refunds(case: Case, refunds: Sequence[Refund]) -> set[Verb]:
    if any(refund.waits_for_release for refund in refunds):
        return {Verb.CREATE_REFUND, Verb.PAY_BY_HAND, Verb.RETRY_REFUND}
    waiting = {Verb.CONFIRM_REFUND, Verb.CANCEL_REFUND}
    if any(gateway_for(payment) for payment in case.order.payments.all()):
        return waiting
    return {*waiting, Verb.CREATE_REFUND, Verb.RETRY_REFUND}
