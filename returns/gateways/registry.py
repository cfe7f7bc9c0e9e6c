"""Which provider holds a payment: the connection of its shop, else a class that `REFUND_GATEWAYS` names."""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from orders.models import Payment
from returns.gateways.interface import Gateway
from returns.gateways.shop_system import ShopSystem


def gateway_for(payment: Payment) -> Gateway | None:
    """Who can pay a payment back, or None where we have no line to it (cash, "manual")."""
    for connection in payment.order.shop.gateway_connections.all():
        if connection.is_active and connection.gateway == payment.gateway:
            return ShopSystem(connection)
    return gateway_of(payment.gateway)


def gateway_of(name: str) -> Gateway | None:
    """The provider that the settings have for payments with this `gateway`."""
    path = settings.REFUND_GATEWAYS.get(name)
    return _made(path) if path else None


@cache
def _made(path: str) -> Gateway:
    gateway: Gateway = import_string(path)()
    return gateway
