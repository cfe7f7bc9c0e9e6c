"""What is known of earlier repairs of the same goods. Reads rows, writes none."""

from returns.models import Case
from returns.states import CaseKind, CaseStatus

REPAIRS_BEFORE_EXCHANGE = 2
"""After so many repairs of a thing its owner may ask for another one, or for the money (三包)."""


def earlier_repairs(case: Case) -> int:
    """How many repairs of the goods of a case were completed before it."""
    return (
        Case.objects.filter(
            kind=CaseKind.REPAIR,
            status=CaseStatus.COMPLETED,
            lines__order_line__in=case.lines.values("order_line"),
        )
        .exclude(pk=case.pk)
        .distinct()
        .count()
    )
