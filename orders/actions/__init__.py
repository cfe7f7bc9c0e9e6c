"""The verbs of orders. Each locks, checks, changes, records and returns the fresh row."""

from orders.actions.confirming import confirm_receipt
from orders.actions.parcels import record_shipment, record_tracking
from orders.actions.payments import record_payment
from orders.actions.placing import Placement, place_order, place_orders

__all__ = [
    "Placement",
    "confirm_receipt",
    "place_order",
    "place_orders",
    "record_payment",
    "record_shipment",
    "record_tracking",
]
