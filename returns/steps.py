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
from returns.states import CaseKind, CaseStatus, RefundStatus


class Stage(models.TextChoices):
    REQUEST = "request", _("Request")
    REVIEW = "review", _("Review")
    SHIPMENT = "shipment", _("Sending back")
    INSPECTION = "inspection", _("Inspection")
    REFUND = "refund", _("Refund")


PATHS: Mapping[str, tuple[Stage, ...]] = {
    CaseKind.RETURN_REFUND: (
        Stage.REQUEST,
        Stage.REVIEW,
        Stage.SHIPMENT,
        Stage.INSPECTION,
        Stage.REFUND,
    ),
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
}

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
    path = PATHS[case.kind]
    here = _stage_of(case)
    reached = path.index(here)
    return [
        Step(
            label=stage.label,
            state=_state(case, index, reached),
            at=_done_at(case, stage) if index < reached or case.status == CaseStatus.COMPLETED else None,
            due_at=case.due_at if index == reached and case.status in STANDINGS else None,
            actor=_actor(case, for_customer) if index == reached else "",
        )
        for index, stage in enumerate(path)
    ]


def _state(case: Case, index: int, reached: int) -> StepState:
    if index < reached or case.status == CaseStatus.COMPLETED:
        return StepState.DONE
    if index > reached:
        return StepState.NEXT
    return (
        StepState.NOW
        if case.status in STANDINGS and case.status != CaseStatus.REFUND_FAILED
        else StepState.FAILED
    )


def _stage_of(case: Case) -> Stage:
    """The present stage; of a case that has ended, the one in which it did."""
    if standing := STANDINGS.get(case.status):
        return standing.stage
    if case.refund_amount is not None:
        return Stage.REFUND
    if case.inspected_at:
        return Stage.INSPECTION
    return Stage.SHIPMENT if case.approved_at else Stage.REVIEW


def _done_at(case: Case, stage: Stage) -> datetime | None:
    return {
        Stage.REQUEST: case.requested_at,
        Stage.REVIEW: case.approved_at,
        Stage.SHIPMENT: case.received_at,
        Stage.INSPECTION: case.inspected_at,
        Stage.REFUND: case.finished_at,
    }[stage]


def _actor(case: Case, for_customer: bool) -> str | Promise:
    standing = STANDINGS.get(case.status)
    if standing is None:
        return ""
    return (ACTORS_FOR_CUSTOMER if for_customer else ACTORS)[acts(case)]


def acts(case: Case) -> str:
    """Who must act now; a reduced refund that was offered is the customer's to answer."""
    if case.status == CaseStatus.INSPECTION_DISPUTE and case.deduction is not None:
        return CUSTOMER
    return STANDINGS[case.status].acts
