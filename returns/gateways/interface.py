"""What every payment provider must be able to do for us; tests/returns/test_gateways.py is the contract."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True)
class RefundRequest:
    """One refund as the provider is asked for it, in minor units. `key` is the same with every attempt.

    Where `tender` is not money, the same is given back in kind: `units` points, a gift card, a coupon.
    """

    key: str
    payment: str
    amount: int
    currency: str
    tender: str = "money"
    units: int | None = None


class Outcome(StrEnum):
    SUCCEEDED = "succeeded"
    PENDING = "pending"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    NOT_FOUND = "not_found"


@dataclass(frozen=True)
class Result:
    """An answer. With `succeeded` come the provider's number and what it says it paid.

    `rate` is the exchange rate it paid at, where it tells: what one unit of `currency` is in the shop's.
    `unknown` means: no answer; the money may have gone. `not_found` only answers a query.
    """

    outcome: Outcome
    refund_id: str = ""
    amount: int | None = None
    currency: str = ""
    message: str = ""
    rate: Decimal | None = None


@dataclass(frozen=True)
class GatewayRules:
    """What a provider allows.

    `retry_same_key`: a failed refund is tried again under its own key. Elsewhere a failure is final, and
    a new attempt needs a new key.
    """

    retry_same_key: bool = True
    max_partials: int | None = None
    min_gap_s: int = 0
    max_age_days: int | None = None


class Gateway(Protocol):
    """A payment provider. Both calls may take seconds and are made outside of any transaction."""

    rules: GatewayRules

    def refund(self, request: RefundRequest) -> Result:
        """Ask for a refund. The same key again never pays twice; another request under a key is refused."""

    def query(self, key: str) -> Result:
        """What became of the refund with this key."""
