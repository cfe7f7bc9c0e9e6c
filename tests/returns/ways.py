"""Cases of every kind, moved by their verbs to any status that people can bring about."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from accounts.rights import Role
from core import clock
from core.actors import SYSTEM
from orders.actions import record_tracking
from orders.models import Order
from orders.states import Direction, OrderStatus, TrackingStatus
from returns import actions
from returns.actions import Ask, Diagnosis, Item, Part
from returns.models import Case
from returns.states import ADVANCE_EXCHANGE, MACHINES, CaseKind, CaseStatus, CompensationType, Verb
from tests.returns import shop
from tests.returns.shop import Way

S = CaseStatus
REASONS: Mapping[str, str] = {
    CaseKind.RETURN_REFUND: "changed_mind",
    CaseKind.REFUND_ONLY: "changed_mind",
    CaseKind.EXCHANGE: "does_not_fit",
    ADVANCE_EXCHANGE: "does_not_fit",
    CaseKind.REPAIR: "other",
    CaseKind.RESEND: "not_received",
}


def undelivered(*lines: dict[str, Any], **fields: Any) -> Order:
    """An order that is paid and has not arrived."""
    return shop.order(*lines, delivered_at=None, status=OrderStatus.PAID, **fields)


def begin(machine: str, placed: Order | None = None, *, quantity: int = 1, **fields: Any) -> Case:
    """A request of one line, sent by the customer; a refund without return is for goods not sent yet."""
    if machine == CaseKind.COMPENSATION:
        return compensation(placed or shop.order(), **fields)
    if placed is None:
        made_up = undelivered if machine == CaseKind.REFUND_ONLY else shop.order
        placed = made_up(shop.line(quantity=quantity, paid=10_000 * quantity))
    advance = machine == ADVANCE_EXCHANGE
    kind = CaseKind.EXCHANGE if advance else CaseKind(machine)
    item = shop.item(placed, quantity, code=fields.pop("code", REASONS[machine]))
    return actions.submit(placed, items=[item], by=placed.customer, kind=kind, advance=advance, **fields)


def compensation(
    placed: Order, amount: int = 2_000, given: str = CompensationType.VOUCHER, **fields: Any
) -> Case:
    """A compensation asked for by the desk."""
    return actions.request_compensation(
        placed,
        amount=amount,
        compensation_type=given,
        reason=shop.reason(fields.pop("code", "arrived_late")),
        by=shop.staff(Role.AGENT),
        items=fields.pop("items", ()),
        ask=Ask(**fields),
    )


def reach(machine: str, status: str, **fields: Any) -> Case:
    """A case of a machine, moved by its verbs to `status`."""
    made = begin(machine, **fields)
    for go in WAYS[machine][status]:
        made = go(Case.objects.get(pk=made.pk))
    return Case.objects.get(pk=made.pk)


def fresh(made: Case) -> Case:
    return Case.objects.get(pk=made.pk)


# --- steps -------------------------------------------------------------------------------------------


def ask(made: Case) -> Case:
    return actions.request_info(made, question="A photo, please.", by=shop.staff(Role.AGENT))


def refuse(made: Case) -> Case:
    return actions.refuse(made, reason="used", text="Worn.", by=shop.staff(Role.AGENT))


def withdraw(made: Case) -> Case:
    return actions.withdraw(made, by=made.customer)


def escalate(made: Case) -> Case:
    return actions.escalate(made, text="It was never worn.", by=made.customer)


def convert(made: Case) -> Case:
    to = next(iter(sorted(CONVERTED_TO[made.machine])))
    actions.convert(made, to=to, reason="They would rather have it so.", by=shop.staff(Role.LEAD))
    return made


CONVERTED_TO: Mapping[str, set[str]] = {
    CaseKind.RETURN_REFUND: {CaseKind.REPAIR},
    CaseKind.REFUND_ONLY: {CaseKind.RESEND},
    CaseKind.EXCHANGE: {CaseKind.RETURN_REFUND},
    ADVANCE_EXCHANGE: {CaseKind.RETURN_REFUND},
    CaseKind.REPAIR: {CaseKind.RETURN_REFUND},
    CaseKind.RESEND: {CaseKind.REFUND_ONLY},
}


def choose(more: int) -> Way:
    """The replacement costs so much more than the goods were paid."""

    def go(made: Case) -> Case:
        line = made.lines.select_related("order_line", "case").get()
        return actions.choose_replacement(
            line,
            sku="LAMP-XL",
            title="Big desk lamp",
            unit_price=line.order_line.paid // line.order_line.quantity + more,
            is_same_variant=False,
            by=shop.staff(Role.AGENT),
        )

    return go


def dispatch(made: Case) -> Case:
    number = f"SF{next(shop._serial):08d}"
    return actions.dispatch(made, carrier="SF", tracking_number=number, by=shop.staff(Role.WAREHOUSE))


def hand_over(made: Case) -> Case:
    parcel = made.parcels.exclude(shipment__direction=Direction.RETURN).latest("pk").shipment
    record_tracking(parcel, status=TrackingStatus.DELIVERED, occurred_at=clock.now(), by=SYSTEM)
    actions.note_handover(parcel)
    return made


def accept(made: Case) -> Case:
    return actions.accept_goods(made, by=made.customer)


def lose(made: Case) -> Case:
    return actions.report_lost(made, text="No news for a month.", by=shop.staff(Role.AGENT))


def start_diagnosis(made: Case) -> Case:
    return actions.start_diagnosis(made, by=shop.staff(Role.TECHNICIAN))


QUOTE = Diagnosis("The switch is burnt.", parts=(Part("Switch", 1, 800),), labour=1_200)
UNDER_WARRANTY = Diagnosis("The switch is burnt.", under_warranty=True, parts=(Part("Switch", 1, 800),))


def diagnose(found: Diagnosis = QUOTE) -> Way:
    return lambda made: actions.diagnose(made, found=found, by=shop.staff(Role.TECHNICIAN))


def accept_quote(made: Case) -> Case:
    return actions.accept_quote(made, by=made.customer)


def finish_repair(made: Case) -> Case:
    return actions.finish_repair(made, work_done="New switch.", by=shop.staff(Role.TECHNICIAN))


def pass_test(made: Case) -> Case:
    return actions.record_test(made, passed=True, result="Lights up.", by=shop.staff(Role.TECHNICIAN))


def pay(made: Case) -> Case:
    return actions.record_customer_payment(
        made, reference=f"bank-{next(shop._serial)}", by=shop.staff(Role.FINANCE)
    )


def accept_offer(made: Case) -> Case:
    return actions.accept_offer(made, by=made.customer)


def time_out(days: int) -> Way:
    """Let the nearest deadline pass, and fire it as the sweep would `days` later."""

    def go(made: Case) -> Case:
        timer = made.timers.running().latest("pk")
        timer.due_at = clock.now() - timedelta(days=days)
        timer.save(update_fields=["due_at"])
        assert actions.time_out(timer)
        return made

    return go


approve, instruct, ship, receive = shop._approve, shop._instruct, shop._ship, shop._receive
start, passing, failing, send_back = shop._start, shop._pass, shop._fail, shop._send_back
refund, settle, refund_in_vain = shop._pay, shop._submit, shop._pay_in_vain

INTAKE: Mapping[str, Sequence[Way]] = {
    S.SUBMITTED: [],
    S.INFO_REQUIRED: [ask],
    S.REJECTED: [refuse],
    S.CANCELLED: [withdraw],
    S.ESCALATED: [refuse, escalate],
    S.CONVERTED: [convert],
}

_back = [approve, instruct, ship, receive]
RETURN_LEG: Mapping[str, Sequence[Way]] = {
    S.APPROVED: [approve],
    S.AWAITING_RETURN: [approve, instruct],
    S.RETURN_IN_TRANSIT: [approve, instruct, ship],
    S.RECEIVED: _back,
}


def _inspection(back: Sequence[Way]) -> dict[str, Sequence[Way]]:
    return {
        S.INSPECTING: [*back, start],
        S.INSPECTION_DISPUTE: [*back, start, failing],
        S.RETURNED_TO_CUSTOMER: [*back, start, failing, send_back],
    }


def _outbound(ready: Sequence[Way]) -> dict[str, Sequence[Way]]:
    return {
        S.AWAITING_DISPATCH: ready,
        S.DISPATCHED: [*ready, dispatch],
        S.AWAITING_ACCEPTANCE: [*ready, dispatch, hand_over],
        S.COMPLETED: [*ready, dispatch, hand_over, accept],
    }


def _payout(due: Sequence[Way]) -> dict[str, Sequence[Way]]:
    return {
        S.AWAITING_REFUND: due,
        S.REFUNDING: [*due, refund],
        S.REFUND_FAILED: [*due, refund_in_vain],
    }


_judged = [*_back, start, passing]
_cheaper = [approve, instruct, choose(-3_000), ship, receive, start, passing]
_dearer = [approve, instruct, choose(3_000), ship, receive, start, passing]
_replaced = [approve, dispatch, hand_over, accept]
_mended = [*_back, start_diagnosis, diagnose(), accept_quote, finish_repair, pass_test, pay]

WAYS: Mapping[str, Mapping[str, Sequence[Way]]] = {
    CaseKind.RETURN_REFUND: {
        **INTAKE,
        **RETURN_LEG,
        **_inspection(_back),
        **_payout(_judged),
        S.COMPLETED: [*_judged, refund, settle],
        S.CLOSED_TIMEOUT: [approve, instruct, time_out(0)],
    },
    CaseKind.REFUND_ONLY: {
        **INTAKE,
        S.APPROVED: [approve],
        **_payout([approve, lambda made: actions.stop_shipment(made, by=shop.staff(Role.WAREHOUSE))]),
        S.COMPLETED: [
            approve,
            lambda made: actions.stop_shipment(made, by=shop.staff(Role.WAREHOUSE)),
            refund,
            settle,
        ],
        S.CLOSED_TIMEOUT: [ask, time_out(1)],
    },
    CaseKind.EXCHANGE: {
        **INTAKE,
        **RETURN_LEG,
        **_inspection(_back),
        **_payout(_cheaper),
        S.AWAITING_PAYMENT: _dearer,
        **_outbound(_judged),
        S.CLOSED_TIMEOUT: [approve, instruct, time_out(0)],
    },
    ADVANCE_EXCHANGE: {
        **INTAKE,
        **_outbound([approve]),
        S.AWAITING_RETURN: _replaced,
        S.RETURN_IN_TRANSIT: [*_replaced, ship],
        S.RECEIVED: [*_replaced, ship, receive],
        **_inspection([*_replaced, ship, receive]),
        S.AWAITING_PAYMENT: [*_replaced, time_out(2)],
        S.COMPLETED: [*_replaced, ship, receive, start, passing],
        S.CLOSED_TIMEOUT: [ask, time_out(1)],
    },
    CaseKind.REPAIR: {
        **INTAKE,
        **RETURN_LEG,
        S.DIAGNOSING: [*_back, start_diagnosis],
        S.QUOTED: [*_back, start_diagnosis, diagnose()],
        S.REPAIRING: [*_back, start_diagnosis, diagnose(), accept_quote],
        S.TESTING: [*_back, start_diagnosis, diagnose(), accept_quote, finish_repair],
        **_outbound(_mended),
        S.CLOSED_TIMEOUT: [approve, instruct, time_out(0)],
    },
    CaseKind.RESEND: {**INTAKE, **_outbound([approve]), S.CLOSED_TIMEOUT: [ask, time_out(1)]},
    CaseKind.COMPENSATION: {
        **{status: way for status, way in INTAKE.items() if status != S.CONVERTED},
        S.APPROVED: [approve],
        S.COMPLETED: [approve, accept_offer],
        S.CLOSED_TIMEOUT: [approve, time_out(1)],
    },
}
"""By machine and status; no service centre is needed on the way."""

CASH: Mapping[str, Sequence[Way]] = {
    **_payout([approve, accept_offer]),
    S.COMPLETED: [approve, accept_offer, refund, settle],
}
"""The ways of a compensation in money."""

PASSING_BY = {
    (ADVANCE_EXCHANGE, S.APPROVED),
    (CaseKind.RESEND, S.APPROVED),
    (CaseKind.COMPENSATION, S.ISSUING),
    *((CaseKind.COMPENSATION, status) for status in CASH if status != S.COMPLETED),
}
"""States a case of a machine only passes through, or is led to by `CASH`."""


def doings(case: Case) -> dict[Verb, Callable[[], Any]]:
    """Each verb of people with arguments that are right in some status, by somebody who may."""
    lead, wei, fin = shop.staff(Role.LEAD), shop.staff(Role.WAREHOUSE), shop.staff(Role.FINANCE)
    tom, carol = shop.staff(Role.TECHNICIAN), case.customer
    line = case.lines.first()
    one = {line.pk: 1} if line else {}
    to = next(iter(sorted(CONVERTED_TO.get(case.machine, {CaseKind.REPAIR}))))
    return {
        Verb.REQUEST_INFO: lambda: actions.request_info(case, question="Which?", by=lead),
        Verb.SUPPLY: lambda: actions.supply(case, text="This one.", by=carol),
        Verb.APPROVE: lambda: actions.approve(case, by=lead),
        Verb.REFUSE: lambda: actions.refuse(case, reason="other", by=lead),
        Verb.WITHDRAW: lambda: actions.withdraw(case, by=carol),
        Verb.RESUBMIT: lambda: actions.resubmit(case, text="Look again.", by=carol),
        Verb.ESCALATE: lambda: actions.escalate(case, text="I do not agree.", by=carol),
        Verb.RULE_FOR_CUSTOMER: lambda: actions.rule_for_customer(case, text="They are right.", by=lead),
        Verb.RULE_FOR_MERCHANT: lambda: actions.rule_for_merchant(case, text="We are right.", by=lead),
        Verb.CONVERT: lambda: actions.convert(case, to=to, reason="As agreed.", by=lead),
        Verb.INSTRUCT: lambda: actions.instruct(case, by=lead, centre=shop.centre()),
        Verb.ADD_TRACKING: lambda: actions.add_tracking(
            case, carrier="SF", tracking_number="SF9999999900001", by=carol
        ),
        Verb.RECEIVE: lambda: actions.receive(case, counts=one, by=wei),
        Verb.START_INSPECTION: lambda: actions.start_inspection(case, by=wei),
        Verb.INSPECT: lambda: actions.inspect(case, lots=shop.lots(case), by=wei),
        Verb.OFFER_DEDUCTION: lambda: actions.offer_deduction(case, amount=100, note="Worn", by=lead),
        Verb.WAIVE_DEDUCTION: lambda: actions.waive_deduction(case, by=lead),
        Verb.SEND_BACK: lambda: actions.send_back(case, carrier="SF", tracking_number="SF88888888", by=lead),
        Verb.FINISH_SEND_BACK: lambda: actions.finish_send_back(case, by=lead),
        Verb.STOP_SHIPMENT: lambda: actions.stop_shipment(case, by=wei),
        Verb.START_DIAGNOSIS: lambda: actions.start_diagnosis(case, by=tom),
        Verb.DIAGNOSE: lambda: actions.diagnose(case, found=QUOTE, by=tom),
        Verb.ACCEPT_QUOTE: lambda: actions.accept_quote(case, by=carol),
        Verb.DECLINE_QUOTE: lambda: actions.decline_quote(case, by=carol),
        Verb.FINISH_REPAIR: lambda: actions.finish_repair(case, work_done="Mended.", by=tom),
        Verb.RECORD_TEST: lambda: actions.record_test(case, passed=True, by=tom),
        Verb.DISPATCH: lambda: actions.dispatch(case, carrier="SF", tracking_number="SF77777777", by=wei),
        Verb.REPORT_LOST: lambda: actions.report_lost(case, by=lead),
        Verb.ACCEPT_GOODS: lambda: actions.accept_goods(case, by=carol),
        Verb.RECORD_PAYMENT: lambda: actions.record_customer_payment(case, reference="bank-x", by=fin),
        Verb.ACCEPT_OFFER: lambda: actions.accept_offer(case, by=carol),
        Verb.DECLINE_OFFER: lambda: actions.decline_offer(case, by=carol),
        Verb.CREATE_REFUND: lambda: actions.create_refund(case, by=fin),
        Verb.RETRY_REFUND: lambda: actions.retry_refund(case, by=fin),
    }


REACHED = [
    (machine, status)
    for machine in MACHINES
    for status in CaseStatus
    if status in WAYS[machine] or (machine == CaseKind.COMPENSATION and status in CASH)
]


def item_of(placed: Order, kind: str, *, code: str, quantity: int = 1, index: int = 0) -> Item:
    """An item of a request of several kinds."""
    return Item(placed.lines.all()[index], quantity, shop.reason(code), kind=kind)
