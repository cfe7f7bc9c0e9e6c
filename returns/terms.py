"""The terms of a return: a policy as it stood when the request was made, in the currency of the order."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from core.hours import Mode


@dataclass(frozen=True)
class Terms:
    """A frozen policy. Amounts are minor units of `currency`; a limit of 0 allows nothing.

    `freight_payer` is "shop", "customer" or "fault" (whoever caused the return). `proration_method` is
    "proportional" or "resettlement": how a discount of the whole order is taken apart.
    """

    policy: int
    name_en: str
    name_zh: str
    currency: str
    zone: str
    window_days: int = 30
    window_mode: Mode = "elapsed"
    review_hours: int = 48
    approve_on_timeout: bool = True
    info_days: int = 7
    ship_back_days: int = 7
    receipt_days: int = 10
    refund_days: int = 7
    escalate_days: int = 7
    quote_days: int = 7
    dispatch_days: int = 3
    acceptance_days: int = 10
    offer_days: int = 7
    freight_payer: str = "fault"
    restocking_basis_points: int = 0
    refunds_shipping: bool = False
    auto_approve_limit: int = 0
    agent_limit: int = 0
    one_payer_limit: int = 0
    label_fee: int = 0
    standard_shipping: int = 0
    free_shipping_from: int = 0
    proration_method: str = "proportional"

    def approves_unseen(self, amount: int) -> bool:
        """Whether an amount is so small that nobody looks at it, neither before nor at paying."""
        return 0 < self.auto_approve_limit >= amount

    def as_json(self) -> dict[str, Any]:
        """Plain data for the row of a case."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Terms":
        """The terms kept with a case; what an older case did not know yet takes its default."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in data.items() if name in known})
