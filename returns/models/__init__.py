"""Rows of the returns desk, by noun."""

from returns.models.cases import Case, CaseLine, ReturnParcel, Timer
from returns.models.compensation import CompensationVoucher
from returns.models.configuration import PolicyAmounts, Reason, ReturnPolicy, ServiceCentre
from returns.models.customs import CustomsLine, ReturnCustoms
from returns.models.drafts import ReturnDraft
from returns.models.fulfilment import Replacement
from returns.models.gateways import GatewayAnswer, GatewayConnection, GatewayNotice
from returns.models.inspections import Disposition, Inspection
from returns.models.rates import ExchangeRate
from returns.models.refunds import Refund, RefundLine
from returns.models.repairs import RepairOrder, RepairPart
from returns.models.risk import CaseRisk, RiskRule
from returns.models.sandbox import SandboxBehaviour, SandboxRefund
from returns.models.statutes import StatutoryRule
from returns.models.warranty import PlanPrice, Warranty, WarrantyPlan, WarrantyRule
from returns.models.withdrawal import Withdrawal, WithdrawalRight

__all__ = [
    "Case",
    "CaseLine",
    "CaseRisk",
    "CompensationVoucher",
    "CustomsLine",
    "Disposition",
    "ExchangeRate",
    "GatewayAnswer",
    "GatewayConnection",
    "GatewayNotice",
    "Inspection",
    "PlanPrice",
    "PolicyAmounts",
    "Reason",
    "Refund",
    "RefundLine",
    "RepairOrder",
    "RepairPart",
    "Replacement",
    "ReturnCustoms",
    "ReturnDraft",
    "ReturnParcel",
    "ReturnPolicy",
    "RiskRule",
    "SandboxBehaviour",
    "SandboxRefund",
    "ServiceCentre",
    "StatutoryRule",
    "Timer",
    "Warranty",
    "WarrantyPlan",
    "WarrantyRule",
    "Withdrawal",
    "WithdrawalRight",
]
