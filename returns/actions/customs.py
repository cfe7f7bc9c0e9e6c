"""Writing down what customs are told about goods that come back."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from core import clock
from core.errors import Refused
from returns.actions.steps import locked, record
from returns.models import Case, CustomsLine, ReturnCustoms


@dataclass(frozen=True)
class DeclaredGood:
    """Goods of one case line, by its key. `value` is in minor units of the case's currency."""

    line: int
    description: str
    value: int
    hs_code: str = ""
    origin: str = ""


@transaction.atomic
def declare_customs(
    case: Case,
    *,
    goods: Sequence[DeclaredGood],
    by: User,
    purpose: str = ReturnCustoms.Purpose.RETURNED_GOODS,
    incoterm: str = ReturnCustoms.Incoterm.DAP,
    eori: str = "",
    ioss: str = "",
    note: str = "",
    version: int | None = None,
) -> ReturnCustoms:
    """Write the declaration of a case, in place of the one before.

    Refuses with case.customs_lines where not exactly the lines of the case are declared, and with
    case.finished where nothing travels any more.
    """
    case, at = locked(case, version), clock.now()
    if case.finished_at:
        raise Refused("case.finished", number=case.number)
    if sorted(good.line for good in goods) != sorted(case.lines.values_list("pk", flat=True)):
        raise Refused("case.customs_lines", number=case.number)
    told = {"purpose": purpose, "incoterm": incoterm, "eori": eori, "ioss": ioss, "note": note}
    written, _new = ReturnCustoms.objects.update_or_create(case=case, defaults={**told, "updated_at": at})
    written.lines.all().delete()
    CustomsLine.objects.bulk_create(
        CustomsLine(
            customs=written,
            case_line_id=good.line,
            description=good.description,
            hs_code=good.hs_code,
            origin=good.origin,
            value=good.value,
        )
        for good in goods
    )
    record("case.customs_declared", case, by=by, at=at, public=False)
    return written
