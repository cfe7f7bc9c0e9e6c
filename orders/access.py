"""Who sees which orders. Lists, counts, searches and the API all ask here."""

from django.db.models import Q

from accounts.models import User
from accounts.rights import Right
from customers.access import Portal
from orders.models import Order, OrderQuerySet


def orders_for(user: User) -> OrderQuerySet:
    """Orders a member of staff may see: all of them with the right, none without."""
    return Order.objects.all() if user.may(Right.READ_CUSTOMERS) else Order.objects.none()


def orders_of(portal: Portal) -> OrderQuerySet:
    """Orders a visitor of the portal may see: one's own, and those opened with their number."""
    if not portal.is_known:
        return Order.objects.none()
    mine = Q(pk__in=portal.orders)
    if portal.customer is not None:
        mine |= Q(customer=portal.customer)
    return Order.objects.filter(mine)
