"""The way of a case as people see it: stages, who must act, colours, and the stepper."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.stepper import Step, StepState
from returns.models import Case
from returns.states import ADVANCE_EXCHANGE, CaseKind, CaseStatus, RefundStatus


class Stage(models.TextChoices):
    REQUEST = "request", _("Request")
    REVIEW = "review", _("Review")
    SHIPMENT = "shipment", _("Sending back")
    INSPECTION = "inspection", _("Inspection")
    REFUND = "refund", _("Refund")
    DIAGNOSIS = "diagnosis", _("Diagnosis")
    REPAIR = "repair", pgettext_lazy("stage", "Repair")
    DISPATCH = "dispatch", pgettext_lazy("stage", "Dispatch")
    DELIVERY = "delivery", pgettext_lazy("stage", "Delivery")
    OFFER = "offer", pgettext_lazy("stage", "Offer")
    COMPENSATION = "compensation", pgettext_lazy("stage", "Compensation")


_DECISION = (Stage.REQUEST, Stage.REVIEW)
_GOODS_BACK = (*_DECISION, Stage.SHIPMENT)
_TO_CUSTOMER = (Stage.DISPATCH, Stage.DELIVERY)

PATHS: Mapping[str, tuple[Stage, ...]] = {
    CaseKind.RETURN_REFUND: (*_GOODS_BACK, Stage.INSPECTION, Stage.REFUND),
    CaseKind.REFUND_ONLY: (*_DECISION, Stage.REFUND),
    CaseKind.EXCHANGE: (*_GOODS_BACK, Stage.INSPECTION, *_TO_CUSTOMER),
    ADVANCE_EXCHANGE: (*_DECISION, *_TO_CUSTOMER, Stage.SHIPMENT, Stage.INSPECTION),
    CaseKind.REPAIR: (*_GOODS_BACK, Stage.DIAGNOSIS, Stage.REPAIR, *_TO_CUSTOMER),
    CaseKind.RESEND: (*_DECISION, *_TO_CUSTOMER),
    CaseKind.COMPENSATION: (*_DECISION, Stage.OFFER, Stage.COMPENSATION),
}


@dataclass(frozen=True)
class Standing:
    """Where a status stands on the way: its stage, and who must act."""

    stage: Stage
    acts: str


SHOP, CUSTOMER, CARRIER = "shop", "customer", "carrier"

STANDINGS: Mapping[str, Standing] = {
    CaseStatus.SUBMITTED: Standing(Stage.REVIEW, SHOP),
    CaseStatus.INFO_REQUIRED: Standing(Stage.REVIEW, CUSTOMER),
    CaseStatus.ESCALATED: Standing(Stage.REVIEW, SHOP),
    CaseStatus.APPROVED: Standing(Stage.SHIPMENT, SHOP),
    CaseStatus.AWAITING_RETURN: Standing(Stage.SHIPMENT, CUSTOMER),
    CaseStatus.RETURN_IN_TRANSIT: Standing(Stage.SHIPMENT, CARRIER),
    CaseStatus.RECEIVED: Standing(Stage.INSPECTION, SHOP),
    CaseStatus.INSPECTING: Standing(Stage.INSPECTION, SHOP),
    CaseStatus.INSPECTION_DISPUTE: Standing(Stage.INSPECTION, SHOP),
    CaseStatus.RETURNED_TO_CUSTOMER: Standing(Stage.INSPECTION, CARRIER),
    CaseStatus.AWAITING_REFUND: Standing(Stage.REFUND, SHOP),
    CaseStatus.REFUNDING: Standing(Stage.REFUND, SHOP),
    CaseStatus.REFUND_FAILED: Standing(Stage.REFUND, SHOP),
    CaseStatus.DIAGNOSING: Standing(Stage.DIAGNOSIS, SHOP),
    CaseStatus.QUOTED: Standing(Stage.DIAGNOSIS, CUSTOMER),
    CaseStatus.REPAIRING: Standing(Stage.REPAIR, SHOP),
    CaseStatus.TESTING: Standing(Stage.REPAIR, SHOP),
    CaseStatus.AWAITING_PAYMENT: Standing(Stage.DISPATCH, CUSTOMER),
    CaseStatus.AWAITING_DISPATCH: Standing(Stage.DISPATCH, SHOP),
    CaseStatus.DISPATCHED: Standing(Stage.DELIVERY, CARRIER),
    CaseStatus.AWAITING_ACCEPTANCE: Standing(Stage.DELIVERY, CUSTOMER),
    CaseStatus.ISSUING: Standing(Stage.COMPENSATION, SHOP),
}

_DIFFERENCE = Standing(Stage.DISPATCH, SHOP)

ELSEWHERE: Mapping[str, Mapping[str, Standing]] = {
    CaseKind.REFUND_ONLY: {CaseStatus.APPROVED: Standing(Stage.REFUND, SHOP)},
    CaseKind.EXCHANGE: {
        CaseStatus.AWAITING_REFUND: _DIFFERENCE,
        CaseStatus.REFUNDING: _DIFFERENCE,
        CaseStatus.REFUND_FAILED: _DIFFERENCE,
    },
    ADVANCE_EXCHANGE: {
        CaseStatus.APPROVED: Standing(Stage.DISPATCH, SHOP),
        CaseStatus.AWAITING_PAYMENT: Standing(Stage.SHIPMENT, CUSTOMER),
    },
    CaseKind.REPAIR: {CaseStatus.RECEIVED: Standing(Stage.DIAGNOSIS, SHOP)},
    CaseKind.RESEND: {CaseStatus.APPROVED: Standing(Stage.DISPATCH, SHOP)},
    CaseKind.COMPENSATION: {
        CaseStatus.APPROVED: Standing(Stage.OFFER, CUSTOMER),
        CaseStatus.AWAITING_REFUND: Standing(Stage.COMPENSATION, SHOP),
        CaseStatus.REFUNDING: Standing(Stage.COMPENSATION, SHOP),
        CaseStatus.REFUND_FAILED: Standing(Stage.COMPENSATION, SHOP),
    },
}
"""Where a kind differs from the rest."""


def standing(machine: str, status: str) -> Standing | None:
    """Where an unfinished case of a machine stands; None where nobody has to act any more."""
    return ELSEWHERE.get(machine, {}).get(status) or STANDINGS.get(status)


ACTORS: Mapping[str, str | Promise] = {
    SHOP: pgettext_lazy("who acts", "The shop"),
    CUSTOMER: pgettext_lazy("who acts", "The customer"),
    CARRIER: pgettext_lazy("who acts", "The carrier"),
}
ACTORS_FOR_CUSTOMER: Mapping[str, str | Promise] = {**ACTORS, CUSTOMER: pgettext_lazy("who acts", "You")}

TONES: Mapping[str, str] = {
    CaseStatus.SUBMITTED: "attention",
    CaseStatus.INFO_REQUIRED: "info",
    CaseStatus.APPROVED: "attention",
    CaseStatus.AWAITING_RETURN: "info",
    CaseStatus.RETURN_IN_TRANSIT: "info",
    CaseStatus.RECEIVED: "attention",
    CaseStatus.INSPECTING: "attention",
    CaseStatus.INSPECTION_DISPUTE: "urgent",
    CaseStatus.AWAITING_REFUND: "attention",
    CaseStatus.REFUNDING: "info",
    CaseStatus.REFUND_FAILED: "urgent",
    CaseStatus.RETURNED_TO_CUSTOMER: "info",
    CaseStatus.ESCALATED: "urgent",
    CaseStatus.DIAGNOSING: "attention",
    CaseStatus.QUOTED: "info",
    CaseStatus.REPAIRING: "attention",
    CaseStatus.TESTING: "attention",
    CaseStatus.AWAITING_PAYMENT: "info",
    CaseStatus.AWAITING_DISPATCH: "attention",
    CaseStatus.DISPATCHED: "info",
    CaseStatus.AWAITING_ACCEPTANCE: "info",
    CaseStatus.ISSUING: "attention",
    CaseStatus.COMPLETED: "good",
}
REFUND_TONES: Mapping[str, str] = {
    RefundStatus.CREATED: "attention",
    RefundStatus.SUBMITTED: "info",
    RefundStatus.UNKNOWN: "attention",
    RefundStatus.SUCCEEDED: "good",
    RefundStatus.FAILED: "urgent",
}


def tone(case: Case) -> str:
    """The colour of a case's status; what has ended without a refund is neutral."""
    return TONES.get(case.status, "neutral")


def steps_of(case: Case, *, for_customer: bool = False) -> list[Step]:
    """The stepper: stages with the day they were done, the deadline of the present one, and who must act."""
    path = PATHS[case.machine]
    reached = path.index(_stage_of(case))
    ended = standing(case.machine, case.status) is None
    return [
        Step(
            label=stage.label,
            state=_state(case, index, reached),
            at=_done_at(case, stage) if index < reached or case.status == CaseStatus.COMPLETED else None,
            due_at=None if ended or index != reached else case.due_at,
            actor=_actor(case, for_customer) if index == reached else "",
        )
        for index, stage in enumerate(path)
    ]


def _state(case: Case, index: int, reached: int) -> StepState:
    if index < reached or case.status == CaseStatus.COMPLETED:
        return StepState.DONE
    if index > reached:
        return StepState.NEXT
    stuck = standing(case.machine, case.status) is None or case.status == CaseStatus.REFUND_FAILED
    return StepState.FAILED if stuck else StepState.NOW


def _stage_of(case: Case) -> Stage:
    """The present stage; of a case that has ended, the one in which it did."""
    here = standing(case.machine, case.status)
    path = PATHS[case.machine]
    if here is not None:
        disputed = case.status == CaseStatus.ESCALATED and case.shipped_back_at is not None
        return Stage.SHIPMENT if disputed and Stage.SHIPMENT in path else here.stage
    if case.inspected_at and case.refund_amount is None and Stage.INSPECTION in path:
        return Stage.INSPECTION
    return next((stage for stage in path if _done_at(case, stage) is None), path[-1])


def _done_at(case: Case, stage: Stage) -> datetime | None:
    return {
        Stage.REQUEST: case.requested_at,
        Stage.REVIEW: case.approved_at,
        Stage.SHIPMENT: case.received_at,
        Stage.INSPECTION: case.inspected_at,
        Stage.DIAGNOSIS: case.dispatched_at,
        Stage.REPAIR: case.dispatched_at,
        Stage.DISPATCH: case.dispatched_at,
        Stage.DELIVERY: case.handed_over_at,
    }.get(stage, case.finished_at if case.status == CaseStatus.COMPLETED else None)


def _actor(case: Case, for_customer: bool) -> str | Promise:
    if standing(case.machine, case.status) is None:
        return ""
    return (ACTORS_FOR_CUSTOMER if for_customer else ACTORS)[acts(case)]


def acts(case: Case) -> str:
    """Who must act now; a reduced refund that was offered is the customer's to answer."""
    if case.status == CaseStatus.INSPECTION_DISPUTE and case.deduction is not None:
        return CUSTOMER
    here = standing(case.machine, case.status)
    return here.acts if here else SHOP
