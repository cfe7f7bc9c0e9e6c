"""What a refund is in the books of the shop: at the rate of the order, and at the rate of the day it left."""

from datetime import datetime
from decimal import Decimal

from core.money import convert
from orders.models import Order
from returns.models import ExchangeRate, Refund


def book(refund: Refund, order: Order, at: datetime, rate: Decimal | None = None) -> None:
    """Fill in the amounts in the shop's currency, unsaved; what has no known rate stays empty.

    `rate` is the provider's own, which goes before ours (domain E14).
    """
    refund.book_currency = order.shop.currency
    if refund.currency == refund.book_currency:
        refund.book_amount = refund.cash_amount = refund.amount
        return
    now = rate or rate_on(refund.currency, refund.book_currency, at)
    refund.book_amount = _in_books(refund, order.fx_rate)
    refund.cash_amount = _in_books(refund, now)


def _in_books(refund: Refund, rate: Decimal | None) -> int | None:
    return convert(refund.money, rate, refund.book_currency).amount if rate else None


def rate_on(currency: str, book_currency: str, at: datetime) -> Decimal | None:
    """The latest rate known for the day of `at` (UTC), if any."""
    known = ExchangeRate.objects.filter(currency=currency, book_currency=book_currency, day__lte=at.date())
    return known.order_by("-day").values_list("rate", flat=True).first()
