"""Finding orders."""

import unicodedata

from django.db.models import Q
from django.db.models.functions import Upper

from customers import queries as people
from customers.models import Customer
from orders.models import Order, OrderLine, OrderQuerySet, Shipment

MOST_FOUND = 500
"""Orders that one word of a search may stand for; nobody reads further."""

MOST_NAMESAKES = 20
"""Shops whose numbers look alike, that a guest's number is compared with."""

SHORTEST_BEGINNING = 3
NOBODY = Customer(pk=0)


def written(number: str) -> str:
    """An order number as it is compared: half width, capital letters, without # and spaces around it."""
    plain = unicodedata.normalize("NFKC", number).replace("\x00", "")
    return plain.strip().lstrip("#").strip().upper()


def find_for_guest(number: str, contact: str) -> Order | None:
    """The order of a guest who knows its number and an e-mail address or phone number of its customer.

    The number may be the one of any shop, or our reference. The contact is looked up even where there is
    no such order, so that the time of the answer does not tell which half was wrong.
    """
    named = numbered(Order.objects.all(), number).select_related("customer", "shop").order_by("-pk")
    candidates = list(named[:MOST_NAMESAKES])
    if not candidates:
        people.is_reached_by(NOBODY, contact)
    reached = [order for order in candidates if _is_reached(order, contact)]
    return reached[0] if reached else None


def _is_reached(order: Order, contact: str) -> bool:
    countries = [str(order.ship_to.get("country", "")), order.shop.country]
    return people.is_reached_by(order.customer, contact, countries=countries)


def numbered(orders: OrderQuerySet, number: str) -> OrderQuerySet:
    """Orders with this number or reference, whatever way it is written."""
    plain = written(number)
    if not plain:
        return orders.none()
    wanted = Q(upper__in=[plain, f"#{plain}"]) | Q(reference=plain)
    return orders.annotate(upper=Upper("number")).filter(wanted)


def keys_named(text: str) -> list[int]:
    """Keys of orders with this number, reference or tracking number; for other rooms' searches."""
    named = numbered(Order.objects.all(), text).values_list("pk", flat=True)
    tracked = Shipment.objects.annotate(upper=Upper("tracking_number")).filter(upper=written(text) or None)
    return list({*named[:MOST_FOUND], *tracked.values_list("order", flat=True)[:MOST_FOUND]})


def matching(orders: OrderQuerySet, text: str) -> OrderQuerySet:
    """Orders meant by what somebody typed into one box: number, SKU, tracking number, customer.

    Keys are looked up first, so that every condition on orders is one that an index answers.
    """
    plain = written(text)
    if not plain:
        return orders.none()
    lines = OrderLine.objects.annotate(upper=Upper("sku")).filter(upper=plain).order_by("-order")
    keys = {*keys_named(text), *lines.values_list("order", flat=True)[:MOST_FOUND]}
    wanted = Q(pk__in=keys)
    if len(plain) >= SHORTEST_BEGINNING:
        wanted |= Q(upper__startswith=plain)
    customers = people.matching(Customer.objects.all(), text).order_by("-pk")
    if found := list(customers.values_list("pk", flat=True)[:MOST_FOUND]):
        wanted |= Q(customer__in=found)
    return orders.annotate(upper=Upper("number")).filter(wanted)
