"""What consumers in the EU are told before a remedy for faulty goods: Directive (EU) 2024/1799."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orders.models import Order
from returns import policies, warranties
from returns.models import Reason, WarrantyRule
from returns.states import Fault
from returns.warranty_states import AfterRepair, WarrantyKind


def duty(order: Order, reasons: Iterable[Reason]) -> WarrantyRule | None:
    """The rule by which the customer has to be told; None without a fault or under another law.

    It is a statutory rule whose repair adds months, for the country and the day of the contract.
    """
    if not any(is_fault(reason) for reason in reasons):
        return None
    zone = policies.zone_of(order)
    contract_on = warranties.day_in(zone, order.placed_at)
    rule = warranties.rule_for(
        WarrantyKind.STATUTORY,
        country=policies.country_of(order),
        category="",
        contract_on=contract_on,
        rules=warranties.active_rules(),
    )
    if rule is None or rule.after_repair != AfterRepair.MONTHS_ONCE:
        return None
    begins = rule.repair_contracts_from
    return rule if begins is None or contract_on >= begins else None


def is_fault(reason: Reason) -> bool:
    """Whether goods with this reason are not as they should be, and that can be seen on them."""
    return reason.fault_default in (Fault.MERCHANT, Fault.CARRIER) and bool(reason.evidence_required)


def sentences(rule: WarrantyRule) -> Sequence[str]:
    """What is said, in the active language."""
    months = ngettext(
        "A repair makes the time in which the seller answers for faults %(months)s month longer, once.",
        "A repair makes the time in which the seller answers for faults %(months)s months longer, once.",
        rule.repair_months,
    )
    return (
        _("You may choose repair or replacement, unless one of them is impossible or out of proportion."),
        months % {"months": rule.repair_months},
        _("You get a refurbished item as the replacement only if you ask for it yourself."),
    )
