"""What an exchange costs: the price of the replacement against what was paid. Reads rows, writes none."""

from collections.abc import Sequence

from returns import quotes, rules
from returns.models import Case, CaseLine, Replacement


def differences(lines: Sequence[CaseLine], counts: Sequence[int]) -> list[int]:
    """By line, what so many units of its replacement cost more than the goods did (below 0: less)."""
    chosen = {row.case_line_id: row for row in Replacement.objects.filter(case_line__in=lines)}
    parts = quotes.parts_of(lines, counts)
    return [
        _difference(chosen.get(line.pk), part.value, count)
        for line, part, count in zip(lines, parts, counts, strict=True)
    ]


def _difference(replacement: Replacement | None, paid: int, units: int) -> int:
    if replacement is None:
        return 0
    return rules.exchange_difference(
        paid, replacement.unit_price * units, same_variant=replacement.is_same_variant
    )


def expected_difference(case: Case) -> int:
    """What the exchange would cost the customer more if all approved or requested units were taken."""
    if case.difference is not None:
        return case.difference
    lines = list(case.lines.select_related("order_line"))
    return sum(differences(lines, [line.quantity_approved or line.quantity_requested for line in lines]))
