"""What else happens at the demo shop: exchanges, repairs, resends, compensations, objections."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from aftersales.demo.goods import CARRIERS
from aftersales.demo.stories import Scene, Story, buy, photo, send_back, stands_at, travel
from aftersales.demo.texts import (
    COMPENSATION,
    DIAGNOSIS,
    EXCHANGE,
    MISSING,
    OBJECTION,
    REFUSAL,
    REPAIR,
    RULING,
    WORK_DONE,
    say,
)
from customers.models import Customer
from orders.models import Order
from returns import actions as returns
from returns.actions.receivables import amount_owed
from returns.models import Case, Reason
from returns.states import CaseKind, CaseStatus, CompensationType, RefusalReason


def _ask(scene: Scene, order: Order, kind: CaseKind, reason: str, text: str) -> Case:
    line = scene.dice.choice(list(order.lines.all()))
    item = returns.Item(line, 1, Reason.objects.get(code=reason))
    return returns.submit(
        order,
        items=[item],
        kind=kind,
        description=text,
        attachments=[photo(scene, order.customer)],
        by=order.customer,
    )


def _approve(scene: Scene, case: Case) -> Story:
    yield scene.office(scene.dice.uniform(0.5, 6))
    if stands_at(case, CaseStatus.SUBMITTED):
        returns.approve(case, by=scene.staff["lead"])


def _receive(scene: Scene, case: Case) -> Story:
    yield scene.office(scene.dice.uniform(0.5, 4))
    lines = list(case.lines.all())
    counts = {line.pk: line.quantity_approved for line in lines}
    returns.receive(case, counts=counts, by=scene.staff["warehouse"])
    yield scene.office(0.5)


def _dispatch(scene: Scene, case: Case, *, accept: bool = True) -> Story:
    """The goods travel to the customer, who confirms or forgets to."""
    yield scene.office(scene.dice.uniform(1, 10))
    if not stands_at(case, CaseStatus.AWAITING_DISPATCH):
        return
    sent = returns.dispatch(
        case,
        carrier=scene.dice.choice(CARRIERS[case.currency]),
        tracking_number=f"SG{scene.dice.randrange(10**11, 10**12)}",
        by=scene.staff["warehouse"],
    )
    yield scene.soon(2, 8)
    yield from travel(scene, sent.parcels.latest("pk").shipment)
    yield scene.soon(1, 30)
    if accept and stands_at(case, CaseStatus.AWAITING_ACCEPTANCE):
        returns.accept_goods(case, by=case.customer)


def exchange(scene: Scene, customer: Customer) -> Story:
    """Another size, in exchange for the one that does not fit."""
    order = yield from buy(scene, customer)
    yield scene.soon(6, 60)
    case = _ask(scene, order, CaseKind.EXCHANGE, "does_not_fit", say(EXCHANGE, customer.language))
    yield from _approve(scene, case)
    if not (yield from send_back(scene, case)):
        return
    yield from _receive(scene, case)
    wei = scene.staff["warehouse"]
    case = returns.start_inspection(case, by=wei)
    lots = [returns.Lot(line, line.quantity_received, "A") for line in case.lines.all()]
    returns.inspect(case, lots=lots, by=wei)
    yield from _dispatch(scene, case)


def _diagnosis(case: Case, customer: Customer, under_warranty: bool) -> returns.Diagnosis:
    part = returns.Part(say(DIAGNOSIS.part, customer.language), 1, 6_900 if case.currency == "CNY" else 1_200)
    return returns.Diagnosis(
        say(DIAGNOSIS.text, customer.language),
        under_warranty=under_warranty,
        parts=(part,),
        labour=part.unit_price,
        labour_minutes=45,
    )


def repair(
    scene: Scene, customer: Customer, *, under_warranty: bool, answers: bool = True, gets: str = "home"
) -> Story:
    """A thing that broke, mended under warranty or for a price the customer accepts.

    `gets` says how far it gets: "received", "bench" or "home".
    """
    order = yield from buy(scene, customer)
    yield scene.soon(20, 90)
    case = _ask(scene, order, CaseKind.REPAIR, "defective", say(REPAIR, customer.language))
    yield from _approve(scene, case)
    if not (yield from send_back(scene, case)):
        return
    yield from _receive(scene, case)
    if gets == "received":
        return
    tom = scene.staff["technician"]
    returns.start_diagnosis(case, by=tom)
    if gets == "bench":
        return
    yield scene.office(scene.dice.uniform(1, 6))
    returns.diagnose(case, found=_diagnosis(case, customer, under_warranty), by=tom)
    if not under_warranty:
        yield scene.soon(2, 30)
        if not answers:
            return
        returns.accept_quote(case, by=customer)
    yield scene.office(scene.dice.uniform(2, 12))
    returns.finish_repair(case, work_done=say(WORK_DONE, customer.language), by=tom)
    yield scene.office(1)
    returns.record_test(case, passed=True, by=tom)
    case.refresh_from_db()
    if amount_owed(case):
        yield scene.soon(3, 20)
        reference = f"TR{scene.dice.randrange(10**9, 10**10)}"
        returns.record_customer_payment(case, reference=reference, by=scene.staff["finance"])
    yield from _dispatch(scene, case)


def resend(scene: Scene, customer: Customer) -> Story:
    """Something of the order was not in the parcel."""
    order = yield from buy(scene, customer)
    yield scene.soon(3, 30)
    case = _ask(scene, order, CaseKind.RESEND, "not_received", say(MISSING, customer.language))
    yield from _approve(scene, case)
    yield from _dispatch(scene, case, accept=scene.dice.random() < 0.5)


def compensation(scene: Scene, customer: Customer, *, given: CompensationType, answers: bool = True) -> Story:
    """The parcel came late; the shop makes up for it."""
    order = yield from buy(scene, customer)
    yield scene.soon(2, 20)
    case = returns.request_compensation(
        order,
        amount=2_000 if order.currency == "CNY" else 500,
        compensation_type=given,
        reason=Reason.objects.get(code="arrived_late"),
        by=scene.agent(),
        ask=returns.Ask(description=say(COMPENSATION, customer.language)),
    )
    yield from _approve(scene, case)
    yield scene.soon(2, 40)
    if not answers or not stands_at(case, CaseStatus.APPROVED):
        return
    returns.accept_offer(case, by=customer)
    yield scene.office(4)
    if stands_at(case, CaseStatus.AWAITING_REFUND):
        returns.create_refund(case, by=scene.staff["finance"])


def objection(scene: Scene, customer: Customer, *, ruled: bool) -> Story:
    """A refusal the customer does not agree with; a team lead decides."""
    order = yield from buy(scene, customer)
    yield scene.soon(6, 60)
    case = _ask(scene, order, CaseKind.RETURN_REFUND, "not_as_described", say(OBJECTION, customer.language))
    yield scene.office(3)
    if not stands_at(case, CaseStatus.SUBMITTED):
        return
    text = say(REFUSAL, customer.language)
    returns.refuse(case, reason=RefusalReason.USED, text=text, by=scene.agent())
    yield scene.soon(1, 20)
    returns.escalate(case, text=say(OBJECTION, customer.language), by=customer)
    yield scene.office(5)
    if ruled:
        returns.rule_for_customer(case, text=say(RULING, customer.language), by=scene.staff["lead"])


def programme(
    scene: Scene, customers: list[Customer], *, until: datetime
) -> Iterator[tuple[datetime, Story]]:
    """Some of each kind, finished and under way."""
    for index in range(24):
        customer = customers[(index * 5 + 2) % len(customers)]
        at = until - timedelta(days=1.5 + index * 1.4, hours=scene.dice.uniform(0, 12))
        yield at, _story(scene, customer, index)
    for index, gets in enumerate(("received", "bench", "bench")):
        customer = customers[(index * 4 + 1) % len(customers)]
        at = until - timedelta(days=14 + index)
        yield at, repair(scene, customer, under_warranty=bool(index), gets=gets)


def _story(scene: Scene, customer: Customer, index: int) -> Story:
    turn = index // 8
    match index % 8:
        case 0 | 5:
            return exchange(scene, customer)
        case 1:
            return repair(scene, customer, under_warranty=True)
        case 2:
            return repair(scene, customer, under_warranty=False, answers=turn != 1)
        case 3:
            return resend(scene, customer)
        case 4:
            given = [CompensationType.VOUCHER, CompensationType.CASH, CompensationType.POINTS][turn]
            return compensation(scene, customer, given=given)
        case 6:
            return compensation(scene, customer, given=CompensationType.VOUCHER, answers=False)
    return objection(scene, customer, ruled=turn == 1)
