"""Cases and refunds: their states, and which may follow which. Verbs, buttons, API and tests read this."""

from returns.states.choices import (
    CASH_TYPES,
    CaseKind,
    CaseStatus,
    CompensationType,
    DispositionType,
    Fault,
    Grade,
    RefusalReason,
    TimerKind,
    Verb,
)
from returns.states.machines import (
    ADVANCE_EXCHANGE,
    CONVERSIONS,
    FINAL,
    MACHINES,
    OPEN,
    Transition,
    steps_from,
    transitions,
    verbs_for,
)
from returns.states.refunds import COUNTED, IN_FLIGHT, REFUND_FOLLOWS, RefundStatus
from returns.states.timers import PAUSED_IN, RUNS_IN
from returns.states.units import HOLDS, Units

__all__ = [
    "ADVANCE_EXCHANGE",
    "CASH_TYPES",
    "CONVERSIONS",
    "COUNTED",
    "FINAL",
    "HOLDS",
    "IN_FLIGHT",
    "MACHINES",
    "OPEN",
    "PAUSED_IN",
    "REFUND_FOLLOWS",
    "RUNS_IN",
    "CaseKind",
    "CaseStatus",
    "CompensationType",
    "DispositionType",
    "Fault",
    "Grade",
    "RefundStatus",
    "RefusalReason",
    "TimerKind",
    "Transition",
    "Units",
    "Verb",
    "steps_from",
    "transitions",
    "verbs_for",
]
