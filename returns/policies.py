"""Which policy applies to an order line, and its terms frozen for a case."""

from collections.abc import Iterable
from typing import cast

from core import zones
from core.hours import Mode
from orders.models import Order, OrderLine
from returns.models import PolicyAmounts, ReturnPolicy
from returns.terms import Terms

CATEGORY_WEIGHT, COUNTRY_WEIGHT = 4, 1


def active_policies() -> list[ReturnPolicy]:
    """All policies in force, with their amounts, read once for a page or a request."""
    return list(ReturnPolicy.objects.filter(is_active=True).prefetch_related("amounts"))


def policy_for(line: OrderLine, order: Order, policies: Iterable[ReturnPolicy]) -> ReturnPolicy | None:
    """The matching policy with the highest priority; then the most specific, then the newest (domain 5.4)."""
    country = country_of(order)
    matching = [
        policy
        for policy in policies
        if policy.country.upper() in ("", country)
        and policy.category.casefold() in ("", line.category.casefold())
    ]
    return max(matching, key=_rank, default=None)


def _rank(policy: ReturnPolicy) -> tuple[int, int, int]:
    specificity = CATEGORY_WEIGHT * bool(policy.category) + COUNTRY_WEIGHT * bool(policy.country)
    return policy.priority, specificity, policy.pk


def country_of(order: Order) -> str:
    """Where the goods went; two letters, or "" where nobody knows."""
    return str(order.ship_to.get("country") or order.customer.country or order.shop.country).upper()


def zone_of(order: Order) -> str:
    """The clock on the customer's wall, which deadlines of a return are read on."""
    told = order.customer.time_zone if order.customer.time_zone != "UTC" else ""
    return zones.of_country(country_of(order)) or told or order.shop.time_zone


def freeze(policy: ReturnPolicy, order: Order) -> Terms:
    """The terms of a case made now. A currency the policy has no amounts for gets none: limits of 0."""
    found = next((row for row in policy.amounts.all() if row.currency == order.currency), None)
    amounts = found or PolicyAmounts(currency=order.currency)
    return Terms(
        policy=policy.pk,
        name_en=policy.name_en,
        name_zh=policy.name_zh,
        currency=order.currency,
        zone=zone_of(order),
        window_days=policy.window_days,
        window_mode=cast(Mode, policy.window_mode),
        review_hours=policy.review_hours,
        approve_on_timeout=policy.approve_on_timeout,
        info_days=policy.info_days,
        ship_back_days=policy.ship_back_days,
        receipt_days=policy.receipt_days,
        refund_days=policy.refund_days,
        freight_payer=policy.freight_payer,
        restocking_basis_points=int(policy.restocking_percent * 100),
        refunds_shipping=policy.refunds_shipping,
        auto_approve_limit=amounts.auto_approve_limit,
        agent_limit=amounts.agent_limit,
        one_payer_limit=amounts.one_payer_limit,
        label_fee=amounts.label_fee,
        standard_shipping=amounts.standard_shipping,
        free_shipping_from=amounts.free_shipping_from,
    )
