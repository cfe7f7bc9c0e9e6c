"""Rows of the returns desk, by noun."""

from returns.models.cases import Case, CaseLine, ReturnParcel, Timer
from returns.models.configuration import PolicyAmounts, Reason, ReturnPolicy, ServiceCentre
from returns.models.drafts import ReturnDraft
from returns.models.inspections import Disposition, Inspection
from returns.models.refunds import Refund, RefundLine
from returns.models.sandbox import SandboxBehaviour, SandboxRefund
from returns.models.warranty import PlanPrice, Warranty, WarrantyPlan, WarrantyRule
from returns.models.withdrawal import Withdrawal, WithdrawalRight

__all__ = [
    "Case",
    "CaseLine",
    "Disposition",
    "Inspection",
    "PlanPrice",
    "PolicyAmounts",
    "Reason",
    "Refund",
    "RefundLine",
    "ReturnDraft",
    "ReturnParcel",
    "ReturnPolicy",
    "SandboxBehaviour",
    "SandboxRefund",
    "ServiceCentre",
    "Timer",
    "Warranty",
    "WarrantyPlan",
    "WarrantyRule",
    "Withdrawal",
    "WithdrawalRight",
]
