"""Money: integer minor units and an ISO 4217 code, rounded here and nowhere else."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import format_currency, get_currency_precision
from django.utils.translation import get_language, to_locale


@dataclass(frozen=True)
class Money:
    """`amount` in minor units (cents, fen, yen) of `currency` (ISO 4217)."""

    amount: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + other._same(self.currency), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - other._same(self.currency), self.currency)

    def _same(self, currency: str) -> int:
        if self.currency != currency:
            raise ValueError(f"{self.currency} cannot be added to {currency}")
        return self.amount


def exponent(currency: str) -> int:
    """Decimal places of the currency: CNY 2, JPY 0, KWD 3 (CLDR)."""
    return get_currency_precision(currency)


def to_minor(value: Decimal, currency: str) -> int:
    """Minor units of a decimal amount, half up: 12.345 USD -> 1235."""
    return int(value.scaleb(exponent(currency)).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def to_decimal(amount: int, currency: str) -> Decimal:
    """The decimal amount of minor units: 1235 USD -> Decimal("12.35")."""
    return Decimal(amount).scaleb(-exponent(currency))


def convert(money: Money, rate: Decimal, currency: str) -> Money:
    """The amount in another currency, half up; `rate` is what one unit of its own is worth there."""
    return Money(to_minor(to_decimal(money.amount, money.currency) * rate, currency), currency)


def format_money(money: Money, language: str | None = None) -> str:
    """The amount as the reader writes it: "US$12.35" in Chinese, "$12.35" in English."""
    locale = to_locale(language or get_language() or "en")
    return format_currency(to_decimal(money.amount, money.currency), money.currency, locale=locale)


def allocate(total: int, weights: Sequence[int]) -> list[int]:
    """Share `total` minor units by `weights`: largest remainder, ties to the earliest.

    The shares sum to `total` and none is negative. Raises ValueError for a negative total or
    weight, or when there is something to share and nothing to share it by.
    """
    if total < 0 or any(weight < 0 for weight in weights):
        raise ValueError("total and weights must not be negative")
    whole = sum(weights)
    if whole == 0:
        if total:
            raise ValueError("a total cannot be shared by weights of zero")
        return [0] * len(weights)
    shares = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for index in by_remainder[: total - sum(shares)]:
        shares[index] += 1
    return shares
