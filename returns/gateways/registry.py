"""Which provider holds a payment: `REFUND_GATEWAYS` names a class for each `Payment.gateway`."""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from returns.gateways.interface import Gateway


def gateway_of(name: str) -> Gateway | None:
    """The provider of payments with this `gateway`, or None where we have no line to it (cash, "manual")."""
    path = settings.REFUND_GATEWAYS.get(name)
    return _made(path) if path else None


@cache
def _made(path: str) -> Gateway:
    gateway: Gateway = import_string(path)()
    return gateway
