"""The customs declaration of a return: as staff wrote it down, else drawn from the order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from returns.models import Case, CaseLine, CustomsLine, ReturnCustoms
from returns.policies import country_of

Purpose, Incoterm = ReturnCustoms.Purpose, ReturnCustoms.Incoterm


@dataclass(frozen=True)
class Good:
    """Goods of one case line. `value` is for all units, in minor units of the case's currency."""

    line: CaseLine
    units: int
    description: str
    hs_code: str
    origin: str
    value: int


@dataclass(frozen=True)
class Declaration:
    """What is printed and what the form begins with."""

    goods: Sequence[Good]
    purpose: str = Purpose.RETURNED_GOODS
    incoterm: str = Incoterm.DAP
    eori: str = ""
    ioss: str = ""
    note: str = ""
    is_written: bool = field(default=False)

    @property
    def value(self) -> int:
        """What all goods are declared to be worth, in minor units."""
        return sum(good.value for good in self.goods)


def crosses_border(case: Case) -> bool:
    """Whether the goods go back to another country than the one they were sent to."""
    centre, country = case.service_centre, country_of(case.order)
    return centre is not None and bool(country) and centre.country != country


def declaration(case: Case) -> Declaration:
    """The declaration on record; without one a draft: titles, what was paid, and codes used before."""
    lines = list(case.lines.select_related("order_line"))
    written = ReturnCustoms.objects.filter(case=case).first()
    if written is None:
        known = _known_goods({line.order_line.sku for line in lines})
        return Declaration([_drafted(line, known) for line in lines])
    rows = {row.case_line_id: row for row in written.lines.all()}
    return Declaration(
        goods=[_written(line, rows[line.pk]) for line in lines if line.pk in rows],
        purpose=written.purpose,
        incoterm=written.incoterm,
        eori=written.eori,
        ioss=written.ioss,
        note=written.note,
        is_written=True,
    )


def units_of(line: CaseLine) -> int:
    """Units that travel: those that were approved, before that those asked for."""
    return line.quantity_approved or line.quantity_requested


def _written(line: CaseLine, row: CustomsLine) -> Good:
    return Good(line, units_of(line), row.description, row.hs_code, row.origin, row.value)


def _drafted(line: CaseLine, known: Mapping[str, CustomsLine]) -> Good:
    """What was paid for these units is what they are worth; codes as they were last used for the SKU."""
    sold, units = line.order_line, units_of(line)
    last = known.get(sold.sku)
    return Good(
        line,
        units,
        description=last.description if last else sold.title[:200],
        hs_code=last.hs_code if last else "",
        origin=last.origin if last else "",
        value=sold.paid * units // sold.quantity,
    )


def _known_goods(skus: set[str]) -> dict[str, CustomsLine]:
    """The latest declared goods of each SKU."""
    used = CustomsLine.objects.filter(case_line__order_line__sku__in=skus).select_related(
        "case_line__order_line"
    )
    return {row.case_line.order_line.sku: row for row in used.order_by("pk")}
