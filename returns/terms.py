"""The terms of a return: a policy as it stood when the request was made, in the currency of the order."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from core.hours import Mode


@dataclass(frozen=True)
class Terms:
    """A frozen policy. Amounts are minor units of `currency`; a limit of 0 allows nothing.

    `freight_payer` is "shop", "customer" or "fault" (whoever caused the return). `proration_method` is
    "proportional" or "resettlement": how a discount of the whole order is taken apart. `kinds` that are not
    listed cannot be asked for; an empty list allows all. `evidence` is what a request must show, whatever
    its reason asks for. `lifted` says what a law changed in the policy: rule, what, before, after.
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
    keep_item_below: int = 0
    country: str = ""
    window_anchor: str = "last_parcel"
    bonus_days: int = 0
    kinds: Sequence[str] = ()
    evidence: str = ""
    proration_method: str = "proportional"
    auto_approve_risk_below: int = 60
    lifted: Sequence[Mapping[str, Any]] = ()

    def approves_unseen(self, amount: int, risk: int = 0) -> bool:
        """Whether amount and risk are so small that nobody looks, neither before nor at paying."""
        return 0 < self.auto_approve_limit >= amount and risk < self.auto_approve_risk_below

    def lets_keep(self, amount: int) -> bool:
        """Whether goods of this value are not worth sending back: they are refunded and stay."""
        return 0 < amount < self.keep_item_below

    def as_json(self) -> dict[str, Any]:
        """Plain data for the row of a case."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Terms":
        """The terms kept with a case; what an older case did not know yet takes its default."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: _frozen(value) for name, value in data.items() if name in known})


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
