"""One machine for each kind of case: lists of transitions, put together from legs that kinds share.

A new kind is a new list; nothing else has to learn of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from accounts.rights import Right
from core.actors import Actor
from returns.states.choices import CaseKind, CaseStatus, TimerKind, Verb


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


Rows = tuple[Transition, ...]

ADVANCE_EXCHANGE = "advance_exchange"
"""The machine of an exchange whose replacement goes out before the old goods come back (极速换货)."""


def _desk(
    verb: Verb, source: CaseStatus | None, target: CaseStatus, *starts: TimerKind, customer: bool = False
) -> Transition:
    """A step of the returns desk; with `customer`, one that customers take themselves or on the phone."""
    return Transition(verb, source, target, customer=customer, right=Right.DECIDE_CASES, starts=starts)


def _bench(verb: Verb, source: CaseStatus, target: CaseStatus, *starts: TimerKind) -> Transition:
    """A step of the warehouse."""
    return Transition(verb, source, target, right=Right.RECEIVE_PARCELS, starts=starts)


def _by_itself(verb: Verb, source: CaseStatus, target: CaseStatus, *starts: TimerKind) -> Transition:
    """A step nobody takes: a deadline, a carrier's or a provider's news."""
    return Transition(verb, source, target, system=True, starts=starts)


def _intake(*granted: TimerKind, decides_late: bool = True) -> Rows:
    """From request to decision, and what can be done about a refusal.

    `granted` are the timers that start with the approval. `decides_late`: an overdue review may decide for
    the customer, and small amounts need none.
    """
    unseen: Rows = (
        Transition(Verb.AUTO_APPROVE, CaseStatus.SUBMITTED, CaseStatus.APPROVED, system=True, starts=granted),
        _by_itself(Verb.TIME_OUT, CaseStatus.SUBMITTED, CaseStatus.APPROVED, *granted),
    )
    return (
        Transition(
            Verb.SUBMIT,
            None,
            CaseStatus.SUBMITTED,
            customer=True,
            system=True,
            right=Right.DECIDE_CASES,
            starts=(TimerKind.REVIEW,),
        ),
        *(unseen if decides_late else ()),
        _desk(Verb.REQUEST_INFO, CaseStatus.SUBMITTED, CaseStatus.INFO_REQUIRED, TimerKind.INFO),
        # Staff supply, withdraw, resubmit and escalate too: customers also do so on the phone or by mail.
        _desk(Verb.SUPPLY, CaseStatus.INFO_REQUIRED, CaseStatus.SUBMITTED, customer=True),
        _desk(Verb.APPROVE, CaseStatus.SUBMITTED, CaseStatus.APPROVED, *granted),
        _desk(Verb.REFUSE, CaseStatus.SUBMITTED, CaseStatus.REJECTED, TimerKind.ESCALATE),
        _by_itself(Verb.TIME_OUT, CaseStatus.INFO_REQUIRED, CaseStatus.CLOSED_TIMEOUT),
        _desk(Verb.WITHDRAW, CaseStatus.SUBMITTED, CaseStatus.CANCELLED, customer=True),
        _desk(Verb.WITHDRAW, CaseStatus.INFO_REQUIRED, CaseStatus.CANCELLED, customer=True),
        _desk(Verb.RESUBMIT, CaseStatus.REJECTED, CaseStatus.SUBMITTED, TimerKind.REVIEW, customer=True),
        _desk(Verb.ESCALATE, CaseStatus.REJECTED, CaseStatus.ESCALATED, customer=True),
        _by_itself(Verb.TIME_OUT, CaseStatus.REJECTED, CaseStatus.REJECTED),
        _ruling(Verb.RULE_FOR_CUSTOMER, CaseStatus.APPROVED, *granted),
        _ruling(Verb.RULE_FOR_MERCHANT, CaseStatus.REJECTED),
    )


def _ruling(verb: Verb, to: CaseStatus, *starts: TimerKind) -> Transition:
    """The last word on an objection."""
    return Transition(verb, CaseStatus.ESCALATED, to, right=Right.OVERRULE_CASES, starts=starts)


RETURN_LEG: Rows = (
    Transition(
        Verb.INSTRUCT,
        CaseStatus.APPROVED,
        CaseStatus.AWAITING_RETURN,
        system=True,
        right=Right.DECIDE_CASES,
        starts=(TimerKind.SHIP_BACK,),
    ),
    _desk(Verb.WITHDRAW, CaseStatus.AWAITING_RETURN, CaseStatus.CANCELLED, customer=True),
    _by_itself(Verb.TIME_OUT, CaseStatus.AWAITING_RETURN, CaseStatus.CLOSED_TIMEOUT),
)


def _way_back() -> Rows:
    """From the parcel the customer has handed to a carrier to the bench."""
    return (
        Transition(
            Verb.ADD_TRACKING,
            CaseStatus.AWAITING_RETURN,
            CaseStatus.RETURN_IN_TRANSIT,
            customer=True,
            system=True,
            right=Right.DECIDE_CASES,
        ),
        _by_itself(
            Verb.NOTE_DELIVERY,
            CaseStatus.RETURN_IN_TRANSIT,
            CaseStatus.RETURN_IN_TRANSIT,
            TimerKind.RECEIPT,
        ),
        # A parcel can lie on the bench before anybody has told its number.
        _bench(Verb.RECEIVE, CaseStatus.AWAITING_RETURN, CaseStatus.RECEIVED),
        _bench(Verb.RECEIVE, CaseStatus.RETURN_IN_TRANSIT, CaseStatus.RECEIVED),
        _bench(Verb.RECEIVE, CaseStatus.RECEIVED, CaseStatus.RECEIVED),
        _by_itself(Verb.TIME_OUT, CaseStatus.RETURN_IN_TRANSIT, CaseStatus.RECEIVED),
        Transition(
            Verb.REPORT_LOST,
            CaseStatus.RETURN_IN_TRANSIT,
            CaseStatus.ESCALATED,
            system=True,
            right=Right.DECIDE_CASES,
        ),
    )


Leg = tuple[CaseStatus, tuple[TimerKind, ...]]
"""A status in which goods that are back, or money, go on, and the timers that start with it."""

TO_REFUND: Leg = (CaseStatus.AWAITING_REFUND, (TimerKind.REFUND,))
TO_DISPATCH: Leg = (CaseStatus.AWAITING_DISPATCH, (TimerKind.DISPATCH,))
TO_PAYMENT: Leg = (CaseStatus.AWAITING_PAYMENT, (TimerKind.PAYMENT,))
DONE: Leg = (CaseStatus.COMPLETED, ())


def _onward(verb: Verb, source: CaseStatus, legs: tuple[Leg, ...], right: Right | None = None) -> Rows:
    """The rows of a verb after which the case decides which leg comes next."""
    return tuple(Transition(verb, source, target, right=right, starts=starts) for target, starts in legs)


def _inspection(*legs: Leg) -> Rows:
    """Inspection, which leads on to what the kind of case does with goods that are back."""
    dispute = CaseStatus.INSPECTION_DISPUTE
    return (
        _bench(Verb.START_INSPECTION, CaseStatus.RECEIVED, CaseStatus.INSPECTING),
        *_onward(Verb.INSPECT, CaseStatus.INSPECTING, legs, Right.RECEIVE_PARCELS),
        _bench(Verb.INSPECT, CaseStatus.INSPECTING, dispute),
        _desk(Verb.OFFER_DEDUCTION, dispute, dispute),
        *(
            Transition(Verb.AGREE_DEDUCTION, dispute, target, customer=True, starts=starts)
            for target, starts in legs
        ),
        *_onward(Verb.WAIVE_DEDUCTION, dispute, legs, Right.DECIDE_CASES),
        _desk(Verb.SEND_BACK, dispute, CaseStatus.RETURNED_TO_CUSTOMER),
        # What passed the inspection goes on; only what did not goes back.
        *_onward(Verb.SEND_BACK, dispute, legs, Right.DECIDE_CASES),
        Transition(
            Verb.FINISH_SEND_BACK,
            CaseStatus.RETURNED_TO_CUSTOMER,
            CaseStatus.COMPLETED,
            system=True,
            right=Right.DECIDE_CASES,
        ),
        _desk(Verb.ESCALATE, dispute, CaseStatus.ESCALATED, customer=True),
        # The goods are with us: decided for the shop, the desk sends them back or offers less.
        Transition(Verb.RULE_FOR_MERCHANT, CaseStatus.ESCALATED, dispute, right=Right.OVERRULE_CASES),
        *_onward(Verb.RULE_FOR_CUSTOMER, CaseStatus.ESCALATED, legs, Right.OVERRULE_CASES),
    )


def _payout(done: Leg) -> Rows:
    """Money back to the customer, after which the case goes on with `done`."""
    due, failed = CaseStatus.AWAITING_REFUND, CaseStatus.REFUND_FAILED
    paying, (after, starts) = CaseStatus.REFUNDING, done
    return (
        # With a second person needed the payment waits and the case stays where it is.
        Transition(Verb.CREATE_REFUND, due, due, right=Right.PAY_REFUNDS),
        Transition(Verb.CREATE_REFUND, due, paying, system=True, right=Right.PAY_REFUNDS),
        Transition(Verb.CONFIRM_REFUND, due, paying, right=Right.PAY_REFUNDS),
        Transition(Verb.CONFIRM_REFUND, due, after, right=Right.PAY_REFUNDS, starts=starts),
        Transition(Verb.CONFIRM_REFUND, failed, after, right=Right.PAY_REFUNDS, starts=starts),
        Transition(Verb.CANCEL_REFUND, due, due, right=Right.PAY_REFUNDS),
        Transition(Verb.CANCEL_REFUND, failed, failed, right=Right.PAY_REFUNDS),
        # Nothing to pay: a gift came back, or the fees ate it all.
        _by_itself(Verb.SETTLE_REFUND, due, after, *starts),
        _by_itself(Verb.SETTLE_REFUND, paying, paying),
        _by_itself(Verb.SETTLE_REFUND, paying, after, *starts),
        _by_itself(Verb.SETTLE_REFUND, paying, failed),
        Transition(Verb.RETRY_REFUND, failed, paying, right=Right.PAY_REFUNDS),
        Transition(Verb.PAY_BY_HAND, due, due, right=Right.PAY_REFUNDS),
        Transition(Verb.PAY_BY_HAND, failed, failed, right=Right.PAY_REFUNDS),
    )


def _outbound(done: Leg = DONE) -> Rows:
    """Goods to the customer: a replacement, what was missing, what was repaired."""
    waiting, gone = CaseStatus.AWAITING_DISPATCH, CaseStatus.DISPATCHED
    there, (after, starts) = CaseStatus.AWAITING_ACCEPTANCE, done
    return (
        _bench(Verb.DISPATCH, waiting, gone),
        _by_itself(Verb.NOTE_HANDOVER, gone, there, TimerKind.ACCEPTANCE),
        *(
            Transition(
                Verb.REPORT_LOST,
                source,
                waiting,
                system=True,
                right=Right.DECIDE_CASES,
                starts=(TimerKind.DISPATCH,),
            )
            for source in (gone, there)
        ),
        _desk(Verb.ACCEPT_GOODS, gone, after, *starts, customer=True),
        _desk(Verb.ACCEPT_GOODS, there, after, *starts, customer=True),
        _by_itself(Verb.TIME_OUT, there, after, *starts),
    )


def _payment(*legs: Leg, source: CaseStatus = CaseStatus.AWAITING_PAYMENT) -> Rows:
    """The customer pays us: a difference, a repair, goods that were kept."""
    return tuple(
        Transition(Verb.RECORD_PAYMENT, source, target, system=True, right=Right.PAY_REFUNDS, starts=starts)
        for target, starts in legs
    )


def _conversion(*sources: CaseStatus) -> Rows:
    """States in which a case can go on as one of another kind; a deadline may bring it about, too."""
    return tuple(
        Transition(Verb.CONVERT, source, CaseStatus.CONVERTED, system=True, right=Right.DECIDE_CASES)
        for source in sources
    )


def _carried(*legs: Leg) -> Rows:
    """Where a case begins that continues another one: granted as that was, or with the goods here already."""
    return tuple(
        _by_itself(Verb.CARRY_OVER, CaseStatus.SUBMITTED, target, *starts)
        for target, starts in ((CaseStatus.APPROVED, ()), *legs)
    )


_BEFORE_SHIPPING = (CaseStatus.SUBMITTED, CaseStatus.APPROVED, CaseStatus.AWAITING_RETURN)

RETURN_REFUND: Rows = (
    *_intake(),
    *RETURN_LEG,
    *_way_back(),
    *_inspection(TO_REFUND),
    *_payout(DONE),
    *_conversion(*_BEFORE_SHIPPING),
    *_carried(TO_REFUND),
)

REFUND_ONLY: Rows = (
    *_intake(),
    Transition(
        Verb.PROCEED,
        CaseStatus.APPROVED,
        CaseStatus.AWAITING_REFUND,
        system=True,
        starts=(TimerKind.REFUND,),
    ),
    # Goods that have not left, or are still on their way, are held back before the money goes.
    _bench(Verb.STOP_SHIPMENT, CaseStatus.APPROVED, CaseStatus.AWAITING_REFUND, TimerKind.REFUND),
    _desk(Verb.STOP_SHIPMENT, CaseStatus.APPROVED, CaseStatus.AWAITING_REFUND, TimerKind.REFUND),
    _desk(Verb.WITHDRAW, CaseStatus.APPROVED, CaseStatus.CANCELLED, customer=True),
    *_payout(DONE),
    *_conversion(CaseStatus.SUBMITTED, CaseStatus.APPROVED),
    *_carried(),
)

EXCHANGE: Rows = (
    *_intake(),
    *RETURN_LEG,
    *_way_back(),
    *_inspection(TO_DISPATCH, TO_PAYMENT, TO_REFUND),
    *_payment(TO_DISPATCH),
    *_payout(TO_DISPATCH),
    *_outbound(),
    *_conversion(*_BEFORE_SHIPPING, CaseStatus.AWAITING_PAYMENT, CaseStatus.AWAITING_DISPATCH),
    *_carried(TO_DISPATCH, TO_PAYMENT, TO_REFUND),
)

EXCHANGE_IN_ADVANCE: Rows = (
    *_intake(),
    Transition(
        Verb.PROCEED,
        CaseStatus.APPROVED,
        CaseStatus.AWAITING_DISPATCH,
        system=True,
        starts=(TimerKind.DISPATCH,),
    ),
    *_outbound((CaseStatus.AWAITING_RETURN, (TimerKind.SHIP_BACK,))),
    *_way_back(),
    # Not sent back in time: the replacement has to be paid for, until the goods come after all.
    _by_itself(Verb.TIME_OUT, CaseStatus.AWAITING_RETURN, CaseStatus.AWAITING_PAYMENT, TimerKind.PAYMENT),
    Transition(
        Verb.ADD_TRACKING,
        CaseStatus.AWAITING_PAYMENT,
        CaseStatus.RETURN_IN_TRANSIT,
        customer=True,
        right=Right.DECIDE_CASES,
    ),
    *_payment(DONE),
    *_inspection(DONE, TO_PAYMENT),
    *_conversion(CaseStatus.SUBMITTED, CaseStatus.APPROVED, CaseStatus.AWAITING_DISPATCH),
)


def _workshop() -> Rows:
    """Diagnosis, a quote where no warranty pays, repair, test."""
    looking, quoted = CaseStatus.DIAGNOSING, CaseStatus.QUOTED
    mending, testing = CaseStatus.REPAIRING, CaseStatus.TESTING
    dispatch, (soon, *_rest) = TO_DISPATCH

    def work(verb: Verb, source: CaseStatus, target: CaseStatus, *starts: TimerKind) -> Transition:
        return Transition(verb, source, target, right=Right.REPAIR_GOODS, starts=starts)

    return (
        work(Verb.START_DIAGNOSIS, CaseStatus.RECEIVED, looking),
        work(Verb.DIAGNOSE, looking, mending),
        work(Verb.DIAGNOSE, looking, quoted, TimerKind.QUOTE),
        # Beyond repair and not to be replaced: it goes back as it came.
        work(Verb.DIAGNOSE, looking, dispatch, soon),
        _desk(Verb.ACCEPT_QUOTE, quoted, mending, customer=True),
        _desk(Verb.DECLINE_QUOTE, quoted, dispatch, soon, customer=True),
        _by_itself(Verb.TIME_OUT, quoted, dispatch, soon),
        work(Verb.FINISH_REPAIR, mending, testing),
        work(Verb.RECORD_TEST, testing, dispatch, soon),
        work(Verb.RECORD_TEST, testing, mending),
    )


REPAIR: Rows = (
    *_intake(),
    *RETURN_LEG,
    *_way_back(),
    *_workshop(),
    *(
        row
        for status in (CaseStatus.REPAIRING, CaseStatus.TESTING, CaseStatus.AWAITING_DISPATCH)
        for row in _payment((status, ()), source=status)
    ),
    *_outbound(),
    *_conversion(*_BEFORE_SHIPPING, CaseStatus.DIAGNOSING, CaseStatus.QUOTED, CaseStatus.TESTING),
    # A parcel that was lost on its way to us: decided for the customer, it cannot be repaired any more.
    *_conversion(CaseStatus.ESCALATED),
    *_carried(),
)

RESEND: Rows = (
    *_intake(),
    Transition(
        Verb.PROCEED,
        CaseStatus.APPROVED,
        CaseStatus.AWAITING_DISPATCH,
        system=True,
        starts=(TimerKind.DISPATCH,),
    ),
    *_outbound(),
    *_conversion(CaseStatus.SUBMITTED, CaseStatus.AWAITING_DISPATCH),
    *_carried(),
)

COMPENSATION: Rows = (
    *_intake(TimerKind.OFFER, decides_late=False),
    *(
        _desk(Verb.ACCEPT_OFFER, CaseStatus.APPROVED, target, *starts, customer=True)
        for target, starts in (TO_REFUND, (CaseStatus.ISSUING, ()))
    ),
    # Declined once, the desk may offer something else; declined again, the matter rests.
    _desk(Verb.DECLINE_OFFER, CaseStatus.APPROVED, CaseStatus.SUBMITTED, TimerKind.REVIEW, customer=True),
    _desk(Verb.DECLINE_OFFER, CaseStatus.APPROVED, CaseStatus.CANCELLED, customer=True),
    _by_itself(Verb.TIME_OUT, CaseStatus.APPROVED, CaseStatus.CLOSED_TIMEOUT),
    _by_itself(Verb.ISSUE, CaseStatus.ISSUING, CaseStatus.COMPLETED),
    *_payout(DONE),
)

MACHINES: Mapping[str, Rows] = {
    CaseKind.RETURN_REFUND: RETURN_REFUND,
    CaseKind.REFUND_ONLY: REFUND_ONLY,
    CaseKind.EXCHANGE: EXCHANGE,
    ADVANCE_EXCHANGE: EXCHANGE_IN_ADVANCE,
    CaseKind.REPAIR: REPAIR,
    CaseKind.RESEND: RESEND,
    CaseKind.COMPENSATION: COMPENSATION,
}

CONVERSIONS: Mapping[str, frozenset[str]] = {
    CaseKind.RETURN_REFUND: frozenset({CaseKind.EXCHANGE, CaseKind.REPAIR, CaseKind.REFUND_ONLY}),
    CaseKind.REFUND_ONLY: frozenset({CaseKind.RETURN_REFUND, CaseKind.RESEND}),
    CaseKind.EXCHANGE: frozenset({CaseKind.RETURN_REFUND, CaseKind.REPAIR}),
    CaseKind.REPAIR: frozenset({CaseKind.RETURN_REFUND, CaseKind.EXCHANGE}),
    CaseKind.RESEND: frozenset({CaseKind.REFUND_ONLY}),
    CaseKind.COMPENSATION: frozenset(),
}
"""What a case of a kind can go on as."""

FINAL: frozenset[str] = frozenset(
    {
        CaseStatus.COMPLETED,
        CaseStatus.REJECTED,
        CaseStatus.CANCELLED,
        CaseStatus.CLOSED_TIMEOUT,
        CaseStatus.CONVERTED,
    }
)
"""Nobody has to act any more. A refusal can still be objected to while its time for that lasts."""

OPEN: tuple[CaseStatus, ...] = tuple(status for status in CaseStatus if status not in FINAL)


def steps_from(machine: str, status: str | None, verb: str) -> list[Transition]:
    """The rows for `verb` in `status`; several where the outcome decides, none where it is not allowed."""
    return [row for row in MACHINES.get(machine, ()) if row.source == status and row.verb == verb]


def verbs_for(machine: str, status: str, by: Actor) -> list[Verb]:
    """What this actor can do now, in the order of the table: the buttons of a case."""
    rows = [row for row in MACHINES.get(machine, ()) if row.source == status and row.open_to(by)]
    return list(dict.fromkeys(row.verb for row in rows))


def transitions() -> Iterator[tuple[str, Transition]]:
    """Every row of every machine with its kind."""
    for machine, rows in MACHINES.items():
        for row in rows:
            yield machine, row
