"""Rows of the returns desk, by noun."""

from returns.models.cases import Case, CaseLine, ReturnParcel, Timer
from returns.models.configuration import PolicyAmounts, Reason, ReturnPolicy, ServiceCentre
from returns.models.customs import CustomsLine, ReturnCustoms
from returns.models.drafts import ReturnDraft
from returns.models.inspections import Disposition, Inspection
from returns.models.refunds import Refund, RefundLine
from returns.models.sandbox import SandboxBehaviour, SandboxRefund

__all__ = [
    "Case",
    "CaseLine",
    "CustomsLine",
    "Disposition",
    "Inspection",
    "PolicyAmounts",
    "Reason",
    "Refund",
    "RefundLine",
    "ReturnCustoms",
    "ReturnDraft",
    "ReturnParcel",
    "ReturnPolicy",
    "SandboxBehaviour",
    "SandboxRefund",
    "ServiceCentre",
    "Timer",
]
