"""The returns desk by itself: requests, approvals, receipts, inspections, refunds, one after another.

Each is one call of the verb, committed, as a page or the API makes it. A second process doubles it, as long
as there is a second core.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db.models import Sum

from accounts.models import User
from accounts.rights import Role
from bench.figures import WARM_UP, measure
from core import clock
from core.actors import SYSTEM
from core.numbers import next_number
from customers.models import Customer
from orders import actions as orders
from orders.drafts import LineDraft, PaymentDraft
from orders.models import Order, Payment, Shop
from orders.states import TrackingStatus
from returns import actions, payments
from returns.models import Case, Reason, Refund, ServiceCentre
from returns.states import CaseStatus

PRICE = 2_490


@dataclass
class Desk:
    """Who works, and the cases on their way; `runs` of each step are measured."""

    runs: int
    reason: Reason
    staff: dict[str, User]
    cases: list[Case] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)

    def __len__(self) -> int:
        return self.runs + WARM_UP


def run(runs: int) -> None:
    """Measure `runs` cases from request to refund and print how many of each step a second does."""
    desk = _furnish(runs)
    steps: Sequence[tuple[str, Callable[[int], object]]] = (
        ("request", lambda number: _request(desk, number)),
        ("approve", lambda number: _approve(desk, number)),
        ("receive", lambda number: _receive(desk, number)),
        ("inspect", lambda number: _inspect(desk, number)),
        ("refund, asked for", lambda number: _refund(desk, number)),
        ("refund, paid", lambda number: payments.submit_due(limit=1)),
    )
    print(f"\n{'returns':<22}{'median ms':>12}{'p95 ms':>10}{'per second':>13}")
    for label, act in steps:
        figures = measure(act, runs=runs)
        print(
            f"{label:<22}{figures.median:>12.1f}{figures.p95:>10.1f}{figures.per_second:>13.1f}", flush=True
        )
    _check(desk)


def _furnish(runs: int) -> Desk:
    staff: dict[str, User] = {
        role: User.objects.create(email=f"bench-{role}@example.com", name=str(role.label), role=role)
        for role in (Role.LEAD, Role.WAREHOUSE, Role.FINANCE)
    }
    ServiceCentre.objects.create(code="bench", name_en="Bench", name_zh="Bench", country="US", lines="1")
    desk = Desk(runs, Reason.objects.get(code="changed_mind"), staff)
    shop = Shop.objects.create(code="bench", name="Bench", currency="USD", time_zone="UTC", country="US")
    desk.orders = [_order(shop, _customer(), number) for number in range(len(desk))]
    return desk


def _customer() -> Customer:
    """Everybody asks once, as most people do."""
    return Customer.objects.create(
        number=next_number("C"), name="Carol", country="US", created_at=clock.now()
    )


def _order(shop: Shop, customer: Customer, number: int) -> Order:
    order, _created = orders.place_order(
        shop,
        f"B-{number}",
        customer=customer,
        placed_at=clock.now(),
        lines=(LineDraft(sku="LAMP", title="Lamp", quantity=1, unit_price=PRICE),),
        payment=PaymentDraft(gateway="sandbox", external_id=f"bench-{number}"),
        ship_to={"country": "US"},
        by=SYSTEM,
    )
    parcel = orders.record_shipment(
        order, carrier="UPS", tracking_number=f"BENCH{number:08d}", shipped_at=clock.now(), by=SYSTEM
    )
    orders.record_tracking(parcel, status=TrackingStatus.DELIVERED, occurred_at=clock.now(), by=SYSTEM)
    return Order.objects.get(pk=order.pk)


def _at(number: int) -> int:
    """Measured runs count from 0, those before them downwards from -1."""
    return number + WARM_UP if number >= 0 else -1 - number


def _request(desk: Desk, number: int) -> None:
    order = desk.orders[_at(number)]
    item = actions.Item(order.lines.get(), 1, desk.reason)
    desk.cases.append(actions.submit(order, items=[item], by=order.customer))


def _approve(desk: Desk, number: int) -> None:
    case = desk.cases[_at(number)]
    actions.approve(case, by=desk.staff[Role.LEAD])


def _receive(desk: Desk, number: int) -> None:
    case = Case.objects.get(pk=desk.cases[_at(number)].pk)
    actions.receive(case, counts={case.lines.get().pk: 1}, by=desk.staff[Role.WAREHOUSE])


def _inspect(desk: Desk, number: int) -> None:
    case, wei = desk.cases[_at(number)], desk.staff[Role.WAREHOUSE]
    actions.start_inspection(case, by=wei)
    actions.inspect(case, lots=[actions.Lot(case.lines.get(), 1, "A")], by=wei)


def _refund(desk: Desk, number: int) -> None:
    actions.create_refund(desk.cases[_at(number)], by=desk.staff[Role.FINANCE])


def _check(desk: Desk) -> None:
    """What was measured is what it says: all money is back, once."""
    payments.submit_due(limit=len(desk))
    done = Case.objects.filter(pk__in=[case.pk for case in desk.cases], status=CaseStatus.COMPLETED)
    paid = Refund.objects.filter(case__in=done, status="succeeded").aggregate(sum=Sum("amount"))["sum"]
    back = Payment.objects.filter(order__in=desk.orders).aggregate(sum=Sum("refunded"))["sum"]
    assert done.count() == len(desk), done.count()
    assert paid == back == PRICE * len(desk), (paid, back)
