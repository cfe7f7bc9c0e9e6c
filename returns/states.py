"""Cases and refunds: their states, and which may follow which. Verbs, buttons, API and tests read this.

Each kind of case is a machine: a list of transitions, put together from legs that kinds share. A new kind is
a new list; nothing else has to learn of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.rights import Right
from core.actors import Actor


class CaseKind(models.TextChoices):
    REFUND_ONLY = "refund_only", _("Refund without return")
    RETURN_REFUND = "return_refund", _("Return and refund")
    EXCHANGE = "exchange", _("Exchange")
    REPAIR = "repair", _("Repair")
    RESEND = "resend", _("Resend")
    COMPENSATION = "compensation", _("Compensation")


class CaseStatus(models.TextChoices):
    SUBMITTED = "submitted", _("Awaiting review")
    INFO_REQUIRED = "info_required", _("More evidence needed")
    APPROVED = "approved", pgettext_lazy("case status", "Approved")
    AWAITING_RETURN = "awaiting_return", _("Awaiting customer shipment")
    RETURN_IN_TRANSIT = "return_in_transit", _("Return in transit")
    RECEIVED = "received", _("Received, to inspect")
    INSPECTING = "inspecting", _("Inspecting")
    INSPECTION_DISPUTE = "inspection_dispute", _("Inspection disputed")
    AWAITING_REFUND = "awaiting_refund", _("Refund due")
    REFUNDING = "refunding", _("Refund in progress")
    REFUND_FAILED = "refund_failed", _("Refund failed")
    AWAITING_DISPATCH = "awaiting_dispatch", _("Awaiting dispatch")
    DISPATCHED = "dispatched", _("Dispatched")
    AWAITING_ACCEPTANCE = "awaiting_acceptance", _("Awaiting customer confirmation")
    DIAGNOSING = "diagnosing", _("Diagnosing")
    QUOTED = "quoted", _("Quote sent")
    REPAIRING = "repairing", _("Repairing")
    TESTING = "testing", _("Testing")
    COMPLETED = "completed", pgettext_lazy("case status", "Completed")
    REJECTED = "rejected", pgettext_lazy("case status", "Rejected")
    CANCELLED = "cancelled", _("Withdrawn by customer")
    CLOSED_TIMEOUT = "closed_timeout", _("Closed by timeout")
    ESCALATED = "escalated", _("Escalated")
    RETURNED_TO_CUSTOMER = "returned_to_customer", _("Goods sent back")


class Fault(models.TextChoices):
    """Who caused the return; decides who bears postage and fees."""

    MERCHANT = "merchant", pgettext_lazy("fault", "Shop")
    CUSTOMER = "customer", pgettext_lazy("fault", "Customer")
    CARRIER = "carrier", pgettext_lazy("fault", "Carrier")
    UNKNOWN = "unknown", pgettext_lazy("fault", "Unknown")


class TimerKind(models.TextChoices):
    REVIEW = "review", _("Review")
    INFO = "info", _("Evidence")
    SHIP_BACK = "ship_back", _("Sending back")
    RECEIPT = "receipt", pgettext_lazy("return step", "Receipt")
    REFUND = "refund", _("Refund")


class Verb(models.TextChoices):
    """What can be done to a case; the labels stand on buttons."""

    SUBMIT = "submit", _("Send request")
    AUTO_APPROVE = "auto_approve", _("Approve by rule")
    REQUEST_INFO = "request_info", _("Ask for evidence")
    SUPPLY = "supply", _("Send evidence")
    APPROVE = "approve", _("Approve")
    REFUSE = "refuse", _("Refuse")
    WITHDRAW = "withdraw", _("Withdraw")
    INSTRUCT = "instruct", _("Send return instructions")
    ADD_TRACKING = "add_tracking", _("Add tracking number")
    NOTE_DELIVERY = "note_delivery", _("Note delivery")
    RECEIVE = "receive", _("Receive parcel")
    START_INSPECTION = "start_inspection", _("Start inspection")
    INSPECT = "inspect", _("Record inspection")
    OFFER_DEDUCTION = "offer_deduction", _("Offer a reduced refund")
    AGREE_DEDUCTION = "agree_deduction", _("Accept the reduced refund")
    WAIVE_DEDUCTION = "waive_deduction", _("Refund in full")
    SEND_BACK = "send_back", _("Send goods back")
    FINISH_SEND_BACK = "finish_send_back", _("Goods are back with the customer")
    CREATE_REFUND = "create_refund", _("Pay refund")
    CONFIRM_REFUND = "confirm_refund", _("Release payment")
    CANCEL_REFUND = "cancel_refund", _("Cancel payment")
    RETRY_REFUND = "retry_refund", _("Try again")
    PAY_BY_HAND = "pay_by_hand", _("Paid by hand")
    SETTLE_REFUND = "settle_refund", _("Book the answer")
    TIME_OUT = "time_out", _("Deadline passed")


@dataclass(frozen=True)
class Transition:
    """One row of a machine: `verb` leads from `source` to `target` for the actors named.

    Staff need `right` (none: not for staff). `starts` lists the timers that begin here; which timers end or
    stand still follows from `RUNS_IN` and `PAUSED_IN`.
    """

    verb: Verb
    source: CaseStatus | None
    target: CaseStatus
    customer: bool = False
    system: bool = False
    right: Right | None = None
    starts: tuple[TimerKind, ...] = ()

    def open_to(self, by: Actor) -> bool:
        """Whether this actor may take this step."""
        if by.actor_kind == "customer":
            return self.customer
        if by.actor_kind == "system":
            return self.system
        may = getattr(by, "may", None)
        return bool(self.right and may and may(self.right))


INTAKE: tuple[Transition, ...] = (
    Transition(
        Verb.SUBMIT,
        None,
        CaseStatus.SUBMITTED,
        customer=True,
        system=True,
        right=Right.DECIDE_CASES,
        starts=(TimerKind.REVIEW,),
    ),
    Transition(Verb.AUTO_APPROVE, CaseStatus.SUBMITTED, CaseStatus.APPROVED, system=True),
    Transition(
        Verb.REQUEST_INFO,
        CaseStatus.SUBMITTED,
        CaseStatus.INFO_REQUIRED,
        right=Right.DECIDE_CASES,
        starts=(TimerKind.INFO,),
    ),
    # Staff supply and withdraw too: customers also do so on the phone or by mail.
    Transition(
        Verb.SUPPLY,
        CaseStatus.INFO_REQUIRED,
        CaseStatus.SUBMITTED,
        customer=True,
        right=Right.DECIDE_CASES,
    ),
    Transition(Verb.APPROVE, CaseStatus.SUBMITTED, CaseStatus.APPROVED, right=Right.DECIDE_CASES),
    Transition(Verb.REFUSE, CaseStatus.SUBMITTED, CaseStatus.REJECTED, right=Right.DECIDE_CASES),
    Transition(Verb.TIME_OUT, CaseStatus.SUBMITTED, CaseStatus.APPROVED, system=True),
    Transition(Verb.TIME_OUT, CaseStatus.INFO_REQUIRED, CaseStatus.CLOSED_TIMEOUT, system=True),
    Transition(
        Verb.WITHDRAW, CaseStatus.SUBMITTED, CaseStatus.CANCELLED, customer=True, right=Right.DECIDE_CASES
    ),
    Transition(
        Verb.WITHDRAW, CaseStatus.INFO_REQUIRED, CaseStatus.CANCELLED, customer=True, right=Right.DECIDE_CASES
    ),
    Transition(
        Verb.WITHDRAW,
        CaseStatus.AWAITING_RETURN,
        CaseStatus.CANCELLED,
        customer=True,
        right=Right.DECIDE_CASES,
    ),
)

RETURN_LEG: tuple[Transition, ...] = (
    Transition(
        Verb.INSTRUCT,
        CaseStatus.APPROVED,
        CaseStatus.AWAITING_RETURN,
        system=True,
        right=Right.DECIDE_CASES,
        starts=(TimerKind.SHIP_BACK,),
    ),
    Transition(
        Verb.ADD_TRACKING,
        CaseStatus.AWAITING_RETURN,
        CaseStatus.RETURN_IN_TRANSIT,
        customer=True,
        system=True,
        right=Right.DECIDE_CASES,
    ),
    Transition(Verb.TIME_OUT, CaseStatus.AWAITING_RETURN, CaseStatus.CLOSED_TIMEOUT, system=True),
    Transition(
        Verb.NOTE_DELIVERY,
        CaseStatus.RETURN_IN_TRANSIT,
        CaseStatus.RETURN_IN_TRANSIT,
        system=True,
        starts=(TimerKind.RECEIPT,),
    ),
    # A parcel can lie on the bench before anybody has told its number.
    Transition(Verb.RECEIVE, CaseStatus.AWAITING_RETURN, CaseStatus.RECEIVED, right=Right.RECEIVE_PARCELS),
    Transition(Verb.RECEIVE, CaseStatus.RETURN_IN_TRANSIT, CaseStatus.RECEIVED, right=Right.RECEIVE_PARCELS),
    Transition(Verb.RECEIVE, CaseStatus.RECEIVED, CaseStatus.RECEIVED, right=Right.RECEIVE_PARCELS),
    Transition(Verb.TIME_OUT, CaseStatus.RETURN_IN_TRANSIT, CaseStatus.RECEIVED, system=True),
)


def _inspection(next_leg: CaseStatus, *starts: TimerKind) -> tuple[Transition, ...]:
    """Inspection, which leads on to what the kind of case does with goods that are back."""
    return (
        Transition(
            Verb.START_INSPECTION, CaseStatus.RECEIVED, CaseStatus.INSPECTING, right=Right.RECEIVE_PARCELS
        ),
        Transition(Verb.INSPECT, CaseStatus.INSPECTING, next_leg, right=Right.RECEIVE_PARCELS, starts=starts),
        Transition(
            Verb.INSPECT,
            CaseStatus.INSPECTING,
            CaseStatus.INSPECTION_DISPUTE,
            right=Right.RECEIVE_PARCELS,
        ),
        Transition(
            Verb.OFFER_DEDUCTION,
            CaseStatus.INSPECTION_DISPUTE,
            CaseStatus.INSPECTION_DISPUTE,
            right=Right.DECIDE_CASES,
        ),
        Transition(
            Verb.AGREE_DEDUCTION, CaseStatus.INSPECTION_DISPUTE, next_leg, customer=True, starts=starts
        ),
        Transition(
            Verb.WAIVE_DEDUCTION,
            CaseStatus.INSPECTION_DISPUTE,
            next_leg,
            right=Right.DECIDE_CASES,
            starts=starts,
        ),
        Transition(
            Verb.SEND_BACK,
            CaseStatus.INSPECTION_DISPUTE,
            CaseStatus.RETURNED_TO_CUSTOMER,
            right=Right.DECIDE_CASES,
        ),
        # What passed the inspection goes on; only what did not goes back.
        Transition(
            Verb.SEND_BACK,
            CaseStatus.INSPECTION_DISPUTE,
            next_leg,
            right=Right.DECIDE_CASES,
            starts=starts,
        ),
        Transition(
            Verb.FINISH_SEND_BACK,
            CaseStatus.RETURNED_TO_CUSTOMER,
            CaseStatus.COMPLETED,
            system=True,
            right=Right.DECIDE_CASES,
        ),
    )


PAYOUT: tuple[Transition, ...] = (
    # With a second person needed the payment waits and the case stays where it is.
    Transition(
        Verb.CREATE_REFUND,
        CaseStatus.AWAITING_REFUND,
        CaseStatus.AWAITING_REFUND,
        right=Right.PAY_REFUNDS,
    ),
    Transition(
        Verb.CREATE_REFUND,
        CaseStatus.AWAITING_REFUND,
        CaseStatus.REFUNDING,
        system=True,
        right=Right.PAY_REFUNDS,
    ),
    Transition(
        Verb.CONFIRM_REFUND, CaseStatus.AWAITING_REFUND, CaseStatus.REFUNDING, right=Right.PAY_REFUNDS
    ),
    Transition(
        Verb.CONFIRM_REFUND, CaseStatus.AWAITING_REFUND, CaseStatus.COMPLETED, right=Right.PAY_REFUNDS
    ),
    Transition(Verb.CONFIRM_REFUND, CaseStatus.REFUND_FAILED, CaseStatus.COMPLETED, right=Right.PAY_REFUNDS),
    Transition(
        Verb.CANCEL_REFUND,
        CaseStatus.AWAITING_REFUND,
        CaseStatus.AWAITING_REFUND,
        right=Right.PAY_REFUNDS,
    ),
    Transition(
        Verb.CANCEL_REFUND, CaseStatus.REFUND_FAILED, CaseStatus.REFUND_FAILED, right=Right.PAY_REFUNDS
    ),
    # Nothing to pay: a gift came back, or the fees ate it all.
    Transition(Verb.SETTLE_REFUND, CaseStatus.AWAITING_REFUND, CaseStatus.COMPLETED, system=True),
    Transition(Verb.SETTLE_REFUND, CaseStatus.REFUNDING, CaseStatus.REFUNDING, system=True),
    Transition(Verb.SETTLE_REFUND, CaseStatus.REFUNDING, CaseStatus.COMPLETED, system=True),
    Transition(Verb.SETTLE_REFUND, CaseStatus.REFUNDING, CaseStatus.REFUND_FAILED, system=True),
    Transition(Verb.RETRY_REFUND, CaseStatus.REFUND_FAILED, CaseStatus.REFUNDING, right=Right.PAY_REFUNDS),
    Transition(
        Verb.PAY_BY_HAND, CaseStatus.AWAITING_REFUND, CaseStatus.AWAITING_REFUND, right=Right.PAY_REFUNDS
    ),
    Transition(Verb.PAY_BY_HAND, CaseStatus.REFUND_FAILED, CaseStatus.REFUND_FAILED, right=Right.PAY_REFUNDS),
)

MACHINES: Mapping[str, tuple[Transition, ...]] = {
    CaseKind.RETURN_REFUND: (
        *INTAKE,
        *RETURN_LEG,
        *_inspection(CaseStatus.AWAITING_REFUND, TimerKind.REFUND),
        *PAYOUT,
    ),
}

RUNS_IN: Mapping[str, frozenset[str]] = {
    TimerKind.REVIEW: frozenset({CaseStatus.SUBMITTED}),
    TimerKind.INFO: frozenset({CaseStatus.INFO_REQUIRED}),
    TimerKind.SHIP_BACK: frozenset({CaseStatus.AWAITING_RETURN}),
    TimerKind.RECEIPT: frozenset({CaseStatus.RETURN_IN_TRANSIT}),
    TimerKind.REFUND: frozenset({CaseStatus.AWAITING_REFUND, CaseStatus.REFUNDING, CaseStatus.REFUND_FAILED}),
}
"""The states in which a timer counts; in any other it ends, unless it stands still there."""

PAUSED_IN: Mapping[str, frozenset[str]] = {TimerKind.REVIEW: frozenset({CaseStatus.INFO_REQUIRED})}


class Units(models.TextChoices):
    """Which of a case line's counts are taken from the order line."""

    REQUESTED = "requested"
    APPROVED = "approved"
    TAKEN_BACK = "taken_back"
    NONE = "none"


HOLDS: Mapping[str, Units] = {
    CaseStatus.SUBMITTED: Units.REQUESTED,
    CaseStatus.INFO_REQUIRED: Units.REQUESTED,
    CaseStatus.APPROVED: Units.APPROVED,
    CaseStatus.AWAITING_RETURN: Units.APPROVED,
    CaseStatus.RETURN_IN_TRANSIT: Units.APPROVED,
    CaseStatus.RECEIVED: Units.APPROVED,
    CaseStatus.INSPECTING: Units.APPROVED,
    CaseStatus.INSPECTION_DISPUTE: Units.APPROVED,
    CaseStatus.AWAITING_REFUND: Units.TAKEN_BACK,
    CaseStatus.REFUNDING: Units.TAKEN_BACK,
    CaseStatus.REFUND_FAILED: Units.TAKEN_BACK,
    CaseStatus.COMPLETED: Units.TAKEN_BACK,
    CaseStatus.RETURNED_TO_CUSTOMER: Units.NONE,
    CaseStatus.REJECTED: Units.NONE,
    CaseStatus.CANCELLED: Units.NONE,
    CaseStatus.CLOSED_TIMEOUT: Units.NONE,
}
"""Open units in a state: requested, approved, or none any more; or taken back for good (domain Q1, Q3)."""

FINAL: frozenset[str] = frozenset(
    {CaseStatus.COMPLETED, CaseStatus.REJECTED, CaseStatus.CANCELLED, CaseStatus.CLOSED_TIMEOUT}
)
OPEN: tuple[CaseStatus, ...] = tuple(status for status in CaseStatus if status not in FINAL)


def steps_from(kind: str, status: str | None, verb: str) -> list[Transition]:
    """The rows for `verb` in `status`; several where the outcome decides, none where it is not allowed."""
    return [row for row in MACHINES.get(kind, ()) if row.source == status and row.verb == verb]


def verbs_for(kind: str, status: str, by: Actor) -> list[Verb]:
    """What this actor can do now, in the order of the table: the buttons of a case."""
    rows = [row for row in MACHINES.get(kind, ()) if row.source == status and row.open_to(by)]
    return list(dict.fromkeys(row.verb for row in rows))


class RefusalReason(models.TextChoices):
    WINDOW_CLOSED = "window_closed", _("The return period is over")
    NOT_RETURNABLE = "not_returnable", _("This item cannot be returned")
    USED = "used", _("The item has been used or is incomplete")
    EVIDENCE = "evidence", _("The evidence does not show the problem")
    NO_FAULT = "no_fault", _("The item works as described")
    OTHER = "other", pgettext_lazy("reason", "Another reason")


class Grade(models.TextChoices):
    A = "A", _("A · as new")
    B = "B", _("B · opened")
    C = "C", _("C · used")
    D = "D", _("D · damaged")
    E = "E", _("E · wrong or missing item")


class DispositionType(models.TextChoices):
    RESTOCK = "restock", _("Back to stock")
    OPEN_BOX = "open_box", _("Sell as open box")
    REFURBISH = "refurbish", _("Refurbish")
    REPAIR = "repair", pgettext_lazy("disposition", "Repair")
    TO_VENDOR = "to_vendor", _("Return to vendor")
    TO_CUSTOMER = "to_customer", _("Return to customer")
    SCRAP = "scrap", _("Scrap")
    DONATE = "donate", _("Donate")
    MISSING = "missing", _("Missing")


class RefundStatus(models.TextChoices):
    CREATED = "created", pgettext_lazy("refund status", "Created")
    SUBMITTED = "submitted", pgettext_lazy("refund status", "Submitted")
    UNKNOWN = "unknown", pgettext_lazy("refund status", "Answer unknown")
    SUCCEEDED = "succeeded", pgettext_lazy("refund status", "Paid")
    FAILED = "failed", pgettext_lazy("refund status", "Failed")
    CANCELLED = "cancelled", pgettext_lazy("refund status", "Cancelled")


REFUND_FOLLOWS: Mapping[str, frozenset[str]] = {
    RefundStatus.CREATED: frozenset({RefundStatus.SUBMITTED, RefundStatus.SUCCEEDED, RefundStatus.CANCELLED}),
    RefundStatus.SUBMITTED: frozenset({RefundStatus.UNKNOWN, RefundStatus.SUCCEEDED, RefundStatus.FAILED}),
    RefundStatus.UNKNOWN: frozenset({RefundStatus.SUCCEEDED, RefundStatus.FAILED}),
    # A gateway that takes the same number again lets a failed payment be tried again.
    RefundStatus.FAILED: frozenset({RefundStatus.CREATED}),
    RefundStatus.SUCCEEDED: frozenset(),
    RefundStatus.CANCELLED: frozenset(),
}

COUNTED: tuple[RefundStatus, ...] = (
    RefundStatus.CREATED,
    RefundStatus.SUBMITTED,
    RefundStatus.UNKNOWN,
    RefundStatus.SUCCEEDED,
)
"""Refunds that count against what was captured: money that has left or may leave (domain M1)."""

IN_FLIGHT: tuple[RefundStatus, ...] = (RefundStatus.CREATED, RefundStatus.SUBMITTED, RefundStatus.UNKNOWN)


def transitions() -> Iterator[tuple[str, Transition]]:
    """Every row of every machine with its kind."""
    for kind, rows in MACHINES.items():
        for row in rows:
            yield kind, row
