"""Which service centre takes goods back."""

from orders.models import Order
from returns.models import Case, ServiceCentre
from returns.policies import country_of
from returns.states import CaseKind

Capability = ServiceCentre.Capability

NEEDS = {CaseKind.REPAIR.value: Capability.REPAIR}
"""What a kind of case asks of a centre; every other kind asks that goods are inspected."""


def fitting(country: str, categories: set[str], kind: str) -> list[ServiceCentre]:
    """Active centres that serve a country and take goods of all these categories, the preferred first."""
    needed = NEEDS.get(kind, Capability.INSPECT)
    centres = ServiceCentre.objects.filter(is_active=True)
    return [centre for centre in centres if _fits(centre, country, categories, needed)]


def _fits(centre: ServiceCentre, country: str, categories: set[str], needed: str) -> bool:
    """An empty list of countries, categories or capabilities leaves nothing out."""
    taken = {category.casefold() for category in centre.categories}
    serves = not centre.serves or country in centre.serves
    takes = not taken or {category.casefold() for category in categories} <= taken
    return serves and takes and (not centre.capabilities or needed in centre.capabilities)


def centre_for(order: Order, case: Case | None = None) -> ServiceCentre | None:
    """The centre for the country the goods went to and, where the case is known, for its goods and kind."""
    lines = case.lines.select_related("order_line") if case else ()
    categories = {line.order_line.category for line in lines}
    kind = case.kind if case else CaseKind.RETURN_REFUND
    return next(iter(fitting(country_of(order), categories, kind)), None)
