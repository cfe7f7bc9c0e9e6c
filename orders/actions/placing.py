"""Putting orders on record, one or many at a time, each once per shop and number."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q, QuerySet

from core import clock
from core.actors import Actor
from core.errors import Refused
from customers.models import Customer
from orders import rules
from orders.actions.catching_up import catch_up, is_up_to_date
from orders.actions.writing import DEFAULT_GATEWAY, Batch, Priced, write
from orders.drafts import DiscountDraft, LineDraft, OrderDraft, Outcome, PaymentDraft
from orders.models import Order, Payment, Shop


@dataclass(frozen=True)
class Placement:
    """What became of one draft."""

    draft: OrderDraft
    outcome: Outcome
    order: Order | None = None
    refusal: Refused | None = None


def place_order(
    shop: Shop,
    number: str,
    *,
    customer: Customer,
    placed_at: datetime,
    lines: Sequence[LineDraft],
    by: Actor,
    currency: str = "",
    discounts: Sequence[DiscountDraft] = (),
    shipping: int = 0,
    tax: int = 0,
    payment: PaymentDraft | None = None,
    ship_to: Mapping[str, str] | None = None,
    fx_rate: Decimal | None = None,
) -> tuple[Order, bool]:
    """Put one order on record and say whether it is new; amounts are minor units of `currency`.

    The same content again changes nothing (False); a payment told later for an order that was not
    paid is added. Raises `Refused`: "order.differs" when the shop's number stands for another content,
    and the codes of `rules.price` for what cannot be an order.
    """
    draft = OrderDraft(
        number=number.strip(),
        customer_id=customer.pk,
        currency=currency or shop.currency,
        placed_at=placed_at,
        lines=tuple(lines),
        discounts=tuple(discounts),
        shipping=shipping,
        tax=tax,
        payment=payment,
        ship_to=ship_to or {},
        fx_rate=fx_rate,
    )
    (placement,) = place_orders(shop, [draft], by=by)
    if placement.order is None:
        raise placement.refusal or Refused("order.differs", number=draft.number)
    return placement.order, placement.outcome is Outcome.CREATED


@transaction.atomic
def place_orders(
    shop: Shop, drafts: Sequence[OrderDraft], *, by: Actor, event: str = "order.placed"
) -> list[Placement]:
    """Put many orders with different numbers on record in few statements; one refused stops no other.

    New rows go in with ON CONFLICT DO NOTHING in the order of their numbers: who places the same number
    at the same moment waits, and then finds it on record. Orders on record catch up with what they
    lacked: lines of incomplete ones, a payment, parcels, returned units.
    """
    batch = Batch(shop, by, event, clock.now())
    placements: dict[str, Placement] = {}
    priced: dict[str, Priced] = {}
    for draft in sorted(drafts, key=lambda each: each.number):
        try:
            priced[draft.number] = (draft, rules.price(draft))
        except Refused as refusal:
            placements[draft.number] = Placement(draft, Outcome.REFUSED, refusal=refusal)
    placements |= _place_new(batch, priced)
    placements |= _meet_known(batch, {n: pair for n, pair in priced.items() if n not in placements})
    return [placements[draft.number] for draft in drafts]


def _place_new(batch: Batch, priced: Mapping[str, Priced]) -> dict[str, Placement]:
    known = set(_on_record(batch.shop, priced).values_list("number", flat=True))
    fresh = {number: pair for number, pair in priced.items() if number not in known}
    taken = _with_taken_payments(draft for draft, _prices in fresh.values())
    placements = {
        draft.number: Placement(
            draft, Outcome.REFUSED, refusal=Refused("order.payment_taken", number=draft.number)
        )
        for draft in taken
    }
    for order in write(batch, [pair for number, pair in fresh.items() if number not in placements]):
        placements[order.number] = Placement(fresh[order.number][0], Outcome.CREATED, order)
    return placements


def _on_record(shop: Shop, numbers: Iterable[str]) -> QuerySet[Order]:
    return Order.objects.filter(shop=shop, number__in=list(numbers))


def _with_taken_payments(drafts: Iterable[OrderDraft]) -> list[OrderDraft]:
    """Drafts whose payment is on record for another order, or told for two of them."""
    named = [(draft, names) for draft in drafts if draft.payment and (names := _names(draft.payment))]
    if not named:
        return []
    wanted = Q()
    for gateway, external_id in (name for _draft, names in named for name in names):
        wanted |= Q(gateway=gateway, external_id=external_id)
    seen = set(Payment.objects.filter(wanted).values_list("gateway", "external_id"))
    taken = []
    for draft, names in named:
        if len(set(names)) < len(names) or not seen.isdisjoint(names):
            taken.append(draft)
        seen.update(names)
    return taken


def _names(payment: PaymentDraft) -> list[tuple[str, str]]:
    """The names that the rows of a payment brought along."""
    told = [(payment.gateway, payment.external_id)]
    told += [(each.gateway, each.external_id) for each in payment.tenders]
    return [(gateway or DEFAULT_GATEWAY, external_id) for gateway, external_id in told if external_id]


def _meet_known(batch: Batch, priced: Mapping[str, Priced]) -> dict[str, Placement]:
    """Drafts whose numbers are on record: nothing to do, something to catch up with, or refused."""
    if not priced:
        return {}
    known = _on_record(batch.shop, priced).select_related("customer", "shop")
    placements = {}
    for order in known.prefetch_related("lines", "shipments").order_by("number"):
        draft, prices = priced[order.number]
        placements[order.number] = _meet(batch, order, draft, prices)
    return placements


def _meet(batch: Batch, order: Order, draft: OrderDraft, priced: rules.PricedOrder) -> Placement:
    if is_up_to_date(order, draft, priced):
        return Placement(draft, Outcome.UNCHANGED, order)
    try:
        return Placement(draft, Outcome.UPDATED, catch_up(order, draft, priced, by=batch.by))
    except Refused as refusal:
        return Placement(draft, Outcome.REFUSED, refusal=refusal)
