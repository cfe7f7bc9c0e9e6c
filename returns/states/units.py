"""Which units a case holds of its order lines, by machine and status (domain Q1, Q3)."""

from collections.abc import Mapping

from django.db import models

from returns.states.choices import CaseKind, CaseStatus
from returns.states.machines import ADVANCE_EXCHANGE


class Units(models.TextChoices):
    """Which of a case line's counts are taken from the order line, and whether for good.

    REQUESTED, CLAIMED (approved, else requested), APPROVED and ACCEPTED are reserved; TAKEN_BACK (what was
    accepted) and SETTLED (what was approved, the goods staying where they are) are gone for good.
    """

    REQUESTED = "requested"
    CLAIMED = "claimed"
    APPROVED = "approved"
    ACCEPTED = "accepted"
    TAKEN_BACK = "taken_back"
    SETTLED = "settled"
    NONE = "none"


FOR_GOOD: frozenset[str] = frozenset({Units.TAKEN_BACK, Units.SETTLED})

_REFUND = (
    CaseStatus.AWAITING_REFUND,
    CaseStatus.REFUNDING,
    CaseStatus.REFUND_FAILED,
    CaseStatus.COMPLETED,
)

_INTAKE: Mapping[str, Units] = {
    CaseStatus.SUBMITTED: Units.REQUESTED,
    CaseStatus.INFO_REQUIRED: Units.REQUESTED,
    CaseStatus.APPROVED: Units.APPROVED,
    CaseStatus.ESCALATED: Units.CLAIMED,
    CaseStatus.REJECTED: Units.NONE,
    CaseStatus.CANCELLED: Units.NONE,
    CaseStatus.CLOSED_TIMEOUT: Units.NONE,
    CaseStatus.CONVERTED: Units.NONE,
}

_RETURN: Mapping[str, Units] = {
    CaseStatus.AWAITING_RETURN: Units.APPROVED,
    CaseStatus.RETURN_IN_TRANSIT: Units.APPROVED,
    CaseStatus.RECEIVED: Units.APPROVED,
    CaseStatus.INSPECTING: Units.APPROVED,
    CaseStatus.INSPECTION_DISPUTE: Units.APPROVED,
    CaseStatus.RETURNED_TO_CUSTOMER: Units.NONE,
}


def _outbound(held: Units) -> Mapping[str, Units]:
    """Goods go to the customer in place of those held; then the order line is as it was."""
    on_the_way = (CaseStatus.AWAITING_DISPATCH, CaseStatus.DISPATCHED, CaseStatus.AWAITING_ACCEPTANCE)
    return {**dict.fromkeys(on_the_way, held), CaseStatus.COMPLETED: Units.NONE}


_AT_THE_BENCH = (CaseStatus.DIAGNOSING, CaseStatus.QUOTED, CaseStatus.REPAIRING, CaseStatus.TESTING)
_IN_EXCHANGE = (*_REFUND[:3], CaseStatus.AWAITING_PAYMENT)

HOLDS: Mapping[str, Mapping[str, Units]] = {
    CaseKind.RETURN_REFUND: {**_INTAKE, **_RETURN, **dict.fromkeys(_REFUND, Units.TAKEN_BACK)},
    CaseKind.REFUND_ONLY: {**_INTAKE, **dict.fromkeys(_REFUND, Units.SETTLED)},
    CaseKind.EXCHANGE: {
        **_INTAKE,
        **_RETURN,
        **dict.fromkeys(_IN_EXCHANGE, Units.ACCEPTED),
        **_outbound(Units.ACCEPTED),
    },
    ADVANCE_EXCHANGE: {
        **_INTAKE,
        **_RETURN,
        **_outbound(Units.APPROVED),
        CaseStatus.AWAITING_PAYMENT: Units.APPROVED,
    },
    CaseKind.REPAIR: {
        **_INTAKE,
        **_RETURN,
        **dict.fromkeys(_AT_THE_BENCH, Units.APPROVED),
        **_outbound(Units.APPROVED),
    },
    CaseKind.RESEND: {**_INTAKE, **_outbound(Units.APPROVED)},
    CaseKind.COMPENSATION: dict.fromkeys(CaseStatus, Units.NONE),
}
"""By machine and status. An exchange, a repair and a resend end with the customer holding the same units
again, on what was paid for them at first: they can come back once more, and bring no more than that."""
