"""Devices registered, an extension sold, and contracts withdrawn from: something to see on those pages."""

from collections.abc import Mapping
from datetime import datetime

from accounts.models import User
from aftersales.demo.stage import Story
from core import clock
from orders.models import Order, OrderLine
from orders.states import OrderStatus
from returns import actions, withdrawals
from returns.models import WarrantyPlan

SERIALS = ("SG-R2-204417", "SG-R2-204981", "AUD-118-70932", "ELE-715-33120", "ELE-709-41877", "AUD-210-55102")
DEVICES = ("audio", "electronics")


def rights(staff: Mapping[str, User]) -> Story:
    """Some customers register what they bought, one buys an extension, two withdraw from a contract."""
    now = clock.now()
    _register(staff)
    _withdraw(now)
    yield now


def _register(staff: Mapping[str, User]) -> None:
    plan = _plan()
    lines = OrderLine.objects.filter(category__in=DEVICES, order__delivered_at__isnull=False)
    for serial, line in zip(SERIALS, lines.select_related("order__customer").order_by("-pk"), strict=False):
        buyer = line.order.customer
        row = actions.register_warranty(buyer, serial_no=serial, line=line, by=buyer)
        if serial == SERIALS[0]:
            actions.sell_extension(row, plan=plan, by=staff["agent"])


def _withdraw(now: datetime) -> None:
    for order in _withdrawable(now):
        row = actions.declare_withdrawal(
            order,
            name=order.customer.name,
            email=order.customer.email,
            language=order.customer.language,
            by=order.customer,
        )
        actions.confirm_withdrawal(row, by=order.customer)


def _plan() -> WarrantyPlan:
    """Two years more for devices."""
    plan, _new = WarrantyPlan.objects.get_or_create(
        code="care-24",
        defaults={"name_en": "Care: two years more", "name_zh": "安心延保：两年", "months": 24},
    )
    for currency, price in (("CNY", 19_900), ("USD", 3_900)):
        plan.prices.get_or_create(currency=currency, defaults={"price": price})
    return plan


def _withdrawable(now: datetime) -> list[Order]:
    """A delivered order and one on its way, if there are any that can be withdrawn from."""
    found: list[Order] = []
    recent = Order.objects.select_related("shop", "customer").prefetch_related("lines").order_by("-placed_at")
    for status in (OrderStatus.DELIVERED, OrderStatus.SHIPPED):
        possible = (
            order for order in recent.filter(status=status)[:60] if not withdrawals.chance(order, now).blocked
        )
        found += [order for order in (next(possible, None),) if order is not None]
    return found
