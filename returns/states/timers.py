"""In which states a deadline of a case counts, and in which it stands still."""

from collections.abc import Mapping

from returns.states.choices import CaseStatus, TimerKind

_MONEY = frozenset({CaseStatus.AWAITING_REFUND, CaseStatus.REFUNDING, CaseStatus.REFUND_FAILED})

RUNS_IN: Mapping[str, frozenset[str]] = {
    TimerKind.REVIEW: frozenset({CaseStatus.SUBMITTED}),
    TimerKind.INFO: frozenset({CaseStatus.INFO_REQUIRED}),
    TimerKind.SHIP_BACK: frozenset({CaseStatus.AWAITING_RETURN}),
    TimerKind.RECEIPT: frozenset({CaseStatus.RETURN_IN_TRANSIT}),
    TimerKind.REFUND: _MONEY,
    TimerKind.ESCALATE: frozenset({CaseStatus.REJECTED}),
    TimerKind.QUOTE: frozenset({CaseStatus.QUOTED}),
    TimerKind.DISPATCH: frozenset({CaseStatus.AWAITING_DISPATCH}),
    TimerKind.ACCEPTANCE: frozenset({CaseStatus.AWAITING_ACCEPTANCE}),
    TimerKind.OFFER: frozenset({CaseStatus.APPROVED}),
    TimerKind.PAYMENT: frozenset({CaseStatus.AWAITING_PAYMENT}),
}
"""The states in which a timer counts; in any other it ends, unless it stands still there."""

PAUSED_IN: Mapping[str, frozenset[str]] = {TimerKind.REVIEW: frozenset({CaseStatus.INFO_REQUIRED})}
