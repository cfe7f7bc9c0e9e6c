"""Rows of the returns desk, by noun."""

from returns.models.cases import Case, CaseLine, ReturnParcel, Timer
from returns.models.configuration import PolicyAmounts, Reason, ReturnPolicy, ServiceCentre
from returns.models.drafts import ReturnDraft
from returns.models.inspections import Disposition, Inspection
from returns.models.refunds import Refund, RefundLine
from returns.models.risk import CaseRisk, RiskRule
from returns.models.sandbox import SandboxBehaviour, SandboxRefund
from returns.models.statutes import StatutoryRule

__all__ = [
    "Case",
    "CaseLine",
    "CaseRisk",
    "Disposition",
    "Inspection",
    "PolicyAmounts",
    "Reason",
    "Refund",
    "RefundLine",
    "ReturnDraft",
    "ReturnParcel",
    "ReturnPolicy",
    "RiskRule",
    "SandboxBehaviour",
    "SandboxRefund",
    "ServiceCentre",
    "StatutoryRule",
    "Timer",
]
