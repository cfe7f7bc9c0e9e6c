"""Questions about warranties: which rule holds, what covers an item, what a serial number tells."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from customers import queries as people
from orders.models import Order, OrderLine
from returns import policies
from returns.cover import Cover, Length, RepairTerms, cover
from returns.models import Warranty, WarrantyPlan, WarrantyRule
from returns.warranty_states import Start, VoidReason, WarrantyKind, WarrantyStatus

CATEGORY_WEIGHT, COUNTRY_WEIGHT = 4, 1
SERIAL = re.compile(r"[A-Z0-9]{4,60}")
GIVEN = (WarrantyKind.STATUTORY, WarrantyKind.MANUFACTURER)
"""What goods have without anybody registering them. It becomes a row once something changes it."""

NEVER_WAS = (VoidReason.MISTAKE, VoidReason.NO_PROOF)
"""Void for a reason that says nothing about the goods: what the law gives is not lost by it."""


def serial_key(text: str) -> str:
    """A serial number as it is compared: capital letters and digits; "" for what is none."""
    key = re.sub(r"[^A-Z0-9]+", "", text.upper())
    return key if SERIAL.fullmatch(key) else ""


def day_in(zone: str, at: datetime) -> date:
    """The day on the wall calendar of a zone."""
    return at.astimezone(ZoneInfo(zone)).date()


def active_rules() -> list[WarrantyRule]:
    """All rules that are switched on, read once for a page or a request."""
    return list(WarrantyRule.objects.filter(is_active=True))


def rule_for(
    kind: str, *, country: str, category: str, contract_on: date, rules: Iterable[WarrantyRule]
) -> WarrantyRule | None:
    """The rule of a kind for goods of a category in a country, for a contract of a day; None without one."""
    fitting = [
        rule
        for rule in rules
        if rule.kind == kind
        and (not rule.countries or country in rule.countries)
        and rule.category.casefold() in ("", category.casefold())
        and rule.valid_from <= contract_on
        and (rule.valid_to is None or contract_on <= rule.valid_to)
    ]
    return max(fitting, key=_rank, default=None)


def _rank(rule: WarrantyRule) -> tuple[int, date, int]:
    specificity = CATEGORY_WEIGHT * bool(rule.category) + COUNTRY_WEIGHT * bool(rule.countries)
    return specificity, rule.valid_from, rule.pk


def length_of(warranty: Warranty) -> Length:
    """What makes up the length of a warranty."""
    return Length(warranty.months, warranty.suspended_days, warranty.extended_months)


def repair_terms(warranty: Warranty) -> RepairTerms:
    """What a repair does to it; nothing for one without a rule, such as a bought extension."""
    rule = warranty.rule
    if rule is None:
        return RepairTerms()
    return RepairTerms(rule.after_repair, rule.repair_months, rule.repair_contracts_from)


# --- an item of an order -----------------------------------------------------------------------------


def of_line(
    line: OrderLine, kind: str, rules: Iterable[WarrantyRule], *, serial: str = ""
) -> Warranty | None:
    """What the rules give to a delivered item of itself, not saved; None without rule or delivery."""
    order = line.order
    zone, country = policies.zone_of(order), policies.country_of(order)
    contract_on = day_in(zone, order.placed_at)
    rule = rule_for(kind, country=country, category=line.category, contract_on=contract_on, rules=rules)
    if rule is None or order.delivered_at is None or rule.starts != Start.DELIVERED:
        return None
    starts_on = day_in(zone, order.delivered_at)
    return Warranty(
        kind=kind,
        customer=order.customer,
        order_line=line,
        serial_no=serial.strip(),
        serial_key=serial_key(serial),
        sku=line.sku,
        title=line.title,
        country=country,
        zone=zone,
        rule=rule,
        contract_on=contract_on,
        starts_on=starts_on,
        months=rule.months,
        ends_on=Length(rule.months).last_day(starts_on),
    )


def covering(
    line: OrderLine, serial: str, at: datetime, *, rules: Sequence[WarrantyRule] | None = None
) -> Cover[Warranty]:
    """What covers an item of an order at an instant, or why nothing does. `serial` may be "".

    The warranty may not be saved yet (`pk` None): the verbs keep it when they change it.
    """
    kept = [
        row for row in _known(line) if not serial_key(serial) or row.serial_key in ("", serial_key(serial))
    ]
    return cover(_with_given(line, kept, active_rules() if rules is None else rules, serial), at)


def _known(line: OrderLine) -> QuerySet[Warranty]:
    return line.warranties.select_related("rule", "plan", "follows").order_by("pk")


def _with_given(
    line: OrderLine, kept: Sequence[Warranty], rules: Iterable[WarrantyRule], serial: str = ""
) -> list[Warranty]:
    said = [row for row in kept if row.status != WarrantyStatus.VOID or row.void_reason not in NEVER_WAS]
    kinds = {row.kind for row in said}
    given = [of_line(line, kind, rules, serial=serial) for kind in GIVEN if kind not in kinds]
    return [*said, *filter(None, given)]


@dataclass(frozen=True)
class Covered:
    """An item of an order with the answer to whether it is covered, and its warranties."""

    line: OrderLine
    cover: Cover[Warranty]
    warranties: Sequence[Warranty]


def of_order(order: Order, at: datetime) -> list[Covered]:
    """Each item of an order with its cover, in the order of the order; three questions to the database."""
    rules, lines = active_rules(), list(order.lines.prefetch_related("warranties"))
    found = []
    for line in lines:
        line.order = order
        rows = _with_given(line, list(line.warranties.all()), rules)
        found.append(Covered(line, cover(rows, at), rows))
    return found


# --- a serial number ---------------------------------------------------------------------------------


def of_serial(serial: str) -> QuerySet[Warranty]:
    """Warranties of the device with this serial number; none for what is no serial number."""
    key = serial_key(serial)
    if not key:
        return Warranty.objects.none()
    return Warranty.objects.filter(serial_key=key).select_related("rule", "plan").order_by("pk")


def check(serial: str, at: datetime) -> Cover[Warranty]:
    """Whether the device with this serial number is covered. Strangers are told no more than that."""
    return cover(of_serial(serial), at)


def plans_for(warranty: Warranty, currency: str) -> list[WarrantyPlan]:
    """Plans on sale in a currency that fit a warranty and are not sold with it yet."""
    category = warranty.order_line.category if warranty.order_line else ""
    rows = WarrantyPlan.objects.filter(is_active=True, prices__currency=currency)
    taken = set(warranty.extensions.standing().values_list("plan", flat=True))
    return [
        plan
        for plan in rows.filter(Q(category="") | Q(category__iexact=category)).order_by("months", "pk")
        if plan.pk not in taken
    ]


def matching(warranties: QuerySet[Warranty], text: str) -> QuerySet[Warranty]:
    """Warranties meant by their number, a serial, order or article number, an e-mail address or a phone.

    Keys are looked up first, so that every condition is one that an index answers.
    """
    text = text.strip()
    if not text:
        return warranties
    wanted = Q(number=text.upper()) | Q(sku__iexact=text)
    if key := serial_key(text):
        wanted |= Q(serial_key=key)
    orders = Order.objects.filter(Q(number__iexact=text) | Q(reference__iexact=text))
    if named := list(orders.values_list("pk", flat=True)[:50]):
        wanted |= Q(order_line__order__in=named)
    if customers := list(people.reached_by(text).values_list("customer", flat=True)):
        wanted |= Q(customer__in=customers)
    return warranties.filter(wanted)
