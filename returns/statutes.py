"""What the law grants in a situation: which rights hold, which do not, and until when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from core import countries
from core.hours import Mode
from returns import rules
from returns.holidays import public_holidays
from returns.models import StatutoryRule
from returns.situations import Situation
from returns.states import CaseKind

Right = StatutoryRule.Right
UNION = "EU"

SERVES: Mapping[str, frozenset[str]] = {
    Right.WITHDRAWAL: frozenset({CaseKind.RETURN_REFUND}),
    Right.DEFECT: frozenset({CaseKind.RETURN_REFUND, CaseKind.EXCHANGE, CaseKind.REPAIR}),
    Right.CONFORMITY: frozenset({CaseKind.EXCHANGE, CaseKind.REPAIR}),
}
"""The kinds of case a right opens the way to."""

FOR_FAULTS = frozenset({Right.DEFECT, Right.CONFORMITY})


@dataclass(frozen=True)
class Floor:
    """A statutory right looked at. `why_not` is "" where it applies, else "exempt" (by the mark `exempt`),
    "no_right", "not_faulty", "reason_open" (nobody knows yet whether the goods are faulty) or "other_kind".

    `until` is its end, None before it begins; `holds_now` says that it has not passed.
    """

    rule: StatutoryRule
    why_not: str = ""
    exempt: str = ""
    until: datetime | None = None
    holds_now: bool = True

    @property
    def applies(self) -> bool:
        return not self.why_not

    @property
    def would_apply_to_faults(self) -> bool:
        """Whether faulty goods would have this right, if it turned out that these are."""
        return self.why_not == "reason_open"


def floors(situation: Situation, statutes: Sequence[StatutoryRule]) -> tuple[Floor, ...]:
    """The rights in force where the goods went on the day of the order, and whether each applies."""
    return tuple(_floor(rule, situation) for rule in statutes if _is_law(rule, situation))


def _is_law(rule: StatutoryRule, situation: Situation) -> bool:
    here = rule.territory.upper() == situation.country or (
        rule.territory.upper() == UNION and situation.country in countries.EUROPEAN_UNION
    )
    started = rule.valid_from is None or rule.valid_from <= situation.day
    return here and started and (rule.valid_to is None or situation.day <= rule.valid_to)


def _floor(rule: StatutoryRule, situation: Situation) -> Floor:
    exempt = next(iter(sorted(situation.flags & set(rule.exemptions))), "")
    start = situation.starts_at(rule.anchor)
    until = None
    if start is not None:
        until = rules.period(
            start,
            rule.min_days,
            cast(Mode, rule.mode),
            situation.zone,
            lambda *years: public_holidays(situation.country, *years),
        ).until
    return Floor(
        rule, _why_not(rule, situation, exempt), exempt, until, until is None or situation.at < until
    )


def _why_not(rule: StatutoryRule, situation: Situation, exempt: str) -> str:
    if rule.min_days == 0:
        return "no_right"
    if exempt:
        return "exempt"
    if situation.kind not in SERVES[rule.right]:
        return "other_kind"
    if rule.right in FOR_FAULTS and not situation.is_faulty:
        return "not_faulty" if situation.reason else "reason_open"
    return ""
