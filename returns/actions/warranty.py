"""Verbs of warranties: register, verify, void, lengthen after a repair, extend."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from accounts.models import User
from core import clock, events, files, zones
from core.actors import Actor
from core.errors import Refused
from core.models import Attachment, Event
from core.numbers import next_number
from customers.models import Customer
from orders.models import OrderLine
from returns import policies, warranties
from returns.cover import Length, extend_for_repair, last_day, suspend_for_repair
from returns.models import PlanPrice, Warranty, WarrantyPlan
from returns.warranty_states import PlanStart, Start, VoidReason, WarrantyKind, WarrantyStatus


@transaction.atomic
def register_warranty(
    customer: Customer,
    *,
    serial_no: str,
    by: Actor,
    line: OrderLine | None = None,
    title: str = "",
    started_on: date | None = None,
    attachments: Sequence[Attachment] = (),
) -> Warranty:
    """Register a device for the manufacturer's warranty.

    With a `line` of the customer's own order it is valid at once. Without one, `title` and `started_on` (the
    day of purchase) are what the customer says; it waits for staff, who see the proof in `attachments`,
    unless they register it themselves. Twice is once. Refuses with warranty.serial_odd,
    warranty.serial_taken, warranty.line_full, warranty.not_delivered, warranty.not_yours, warranty.no_rule,
    warranty.title_missing, warranty.start_odd or warranty.proof_missing.
    """
    key = warranties.serial_key(serial_no)
    if not key:
        raise Refused("warranty.serial_odd", serial_no=serial_no)
    _lock_serial(key)
    if known := _registered(key):
        if known.customer_id != customer.pk:
            raise Refused("warranty.serial_taken", serial_no=serial_no)
        return known
    at = clock.now()
    if line is not None:
        row = _of_own_line(customer, line, serial_no, started_on, at)
    else:
        row = _as_told(customer, serial_no, title, started_on, at)
        if not isinstance(by, User) and not attachments:
            raise Refused("warranty.proof_missing")
    if isinstance(by, User):
        row.verified_by, row.verified_at, row.status = by, at, WarrantyStatus.ACTIVE
    row = _write(row, at)
    files.claim(attachments, subject=row, by=by, public=True)
    _record("warranty.registered", row, by=by, at=at, verified=row.status == WarrantyStatus.ACTIVE)
    return row


def _lock_serial(key: str) -> None:
    """Registrations of one device queue up, also the first two."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"warranty of {key}"])


def _registered(key: str) -> Warranty | None:
    rows = Warranty.objects.standing().filter(serial_key=key, kind=WarrantyKind.MANUFACTURER)
    return rows.select_related("customer").first()


def _of_own_line(
    customer: Customer, line: OrderLine, serial_no: str, started_on: date | None, at: datetime
) -> Warranty:
    line = (
        OrderLine.objects.select_for_update(of=("self",))
        .select_related("order__customer", "order__shop")
        .get(pk=line.pk)
    )
    if line.order.customer_id != customer.pk:
        raise Refused("warranty.not_yours")
    units = line.warranties.standing().filter(kind=WarrantyKind.MANUFACTURER).exclude(serial_key="").count()
    if units >= line.quantity:
        raise Refused("warranty.line_full", title=line.title, units=line.quantity)
    if line.order.delivered_at is None:
        raise Refused("warranty.not_delivered", title=line.title)
    rules = warranties.active_rules()
    row = warranties.of_line(line, WarrantyKind.MANUFACTURER, rules, serial=serial_no)
    return row or _from_first_use(line, serial_no, started_on, at)


def _from_first_use(line: OrderLine, serial_no: str, started_on: date | None, at: datetime) -> Warranty:
    """Where the rule counts from registration or first use, which no order can tell."""
    told = _as_told(line.order.customer, serial_no, line.title, started_on, at, line=line)
    told.status, told.verified_at = WarrantyStatus.ACTIVE, at
    return told


def _first_day(started_on: date | None, today: date, line: OrderLine | None) -> date:
    """The day that was told; what is bought here and now may begin without one."""
    day = started_on or (today if line is not None else None)
    if day is None or day > today:
        raise Refused("warranty.start_odd")
    return day


def _as_told(
    customer: Customer,
    serial_no: str,
    title: str,
    started_on: date | None,
    at: datetime,
    line: OrderLine | None = None,
) -> Warranty:
    zone, country = _place(customer, line)
    today = warranties.day_in(zone, at)
    if not title.strip():
        raise Refused("warranty.title_missing")
    day = _first_day(started_on, today, line)
    rule = warranties.rule_for(
        WarrantyKind.MANUFACTURER,
        country=country,
        category=line.category if line else "",
        contract_on=day,
        rules=warranties.active_rules(),
    )
    if rule is None:
        raise Refused("warranty.no_rule")
    starts_on = today if rule.starts == Start.REGISTERED else day
    return Warranty(
        kind=WarrantyKind.MANUFACTURER,
        status=WarrantyStatus.PENDING,
        customer=customer,
        order_line=line,
        serial_no=serial_no.strip(),
        serial_key=warranties.serial_key(serial_no),
        sku=line.sku if line else "",
        title=title.strip(),
        country=country,
        zone=zone,
        rule=rule,
        contract_on=day,
        starts_on=starts_on,
        months=rule.months,
        ends_on=Length(rule.months).last_day(starts_on),
    )


def _place(customer: Customer, line: OrderLine | None) -> tuple[str, str]:
    """The clock and the country of a device: of its order, else of the person."""
    if line is not None:
        return policies.zone_of(line.order), policies.country_of(line.order)
    return zones.of_country(customer.country) or customer.time_zone, customer.country


def _write(row: Warranty, at: datetime) -> Warranty:
    row.number = next_number("G")
    row.registered_at = row.updated_at = at
    if row.status == WarrantyStatus.ACTIVE and row.verified_at is None:
        row.verified_at = at
    row.save(force_insert=True)
    return row


def _locked(warranty: Warranty) -> Warranty:
    """The fresh row, locked; what the law gives is kept now, as something is about to change it."""
    if warranty.number:
        rows = Warranty.objects.select_for_update(of=("self",))
        return rows.select_related("rule", "plan", "customer", "order_line__order", "follows").get(
            pk=warranty.pk
        )
    assert warranty.order_line is not None
    OrderLine.objects.select_for_update().get(pk=warranty.order_line.pk)
    same = Warranty.objects.standing().filter(
        order_line=warranty.order_line_id, kind=warranty.kind, serial_key=warranty.serial_key
    )
    if known := same.first():
        return _locked(known)
    return _write(warranty, clock.now())


def _change(warranty: Warranty, at: datetime, **changes: Any) -> Warranty:
    for name, value in changes.items():
        setattr(warranty, name, value)
    warranty.version += 1
    warranty.updated_at = at
    warranty.save(update_fields=[*changes, "version", "updated_at"])
    return warranty


def _record(kind: str, row: Warranty, *, by: Actor, at: datetime, **data: Any) -> Event:
    """Write the event to the timeline of the order, or of the warranty where no order is known."""
    facts: dict[str, Any] = {"number": row.number, "title": row.title, "ends_on": row.ends_on.isoformat()}
    return events.record(kind, row, by=by, thread=row.order or row, at=at, **facts, **data)


@transaction.atomic
def verify_warranty(warranty: Warranty, *, by: User, started_on: date | None = None) -> Warranty:
    """The proof fits: the warranty is valid, from `started_on` if the proof says another day. Twice is once.

    Refuses with warranty.cannot_verify when it is void, warranty.start_odd for a day in the future.
    """
    row, at = _locked(warranty), clock.now()
    if row.status == WarrantyStatus.ACTIVE:
        return row
    if row.status == WarrantyStatus.VOID:
        raise Refused("warranty.cannot_verify", number=row.number)
    day = started_on or row.starts_on
    if day > warranties.day_in(row.zone, at):
        raise Refused("warranty.start_odd")
    row = _change(
        row,
        at,
        status=WarrantyStatus.ACTIVE,
        starts_on=day,
        ends_on=warranties.length_of(row).last_day(day),
        verified_at=at,
        verified_by=by,
    )
    _record("warranty.verified", row, by=by, at=at)
    return row


@transaction.atomic
def void_warranty(warranty: Warranty, *, reason: str, by: Actor) -> Warranty:
    """End a warranty for a reason, for good. Twice is once."""
    row, at = _locked(warranty), clock.now()
    if row.status == WarrantyStatus.VOID:
        return row
    row = _change(row, at, status=WarrantyStatus.VOID, voided_at=at, void_reason=VoidReason(reason).value)
    _record("warranty.voided", row, by=by, at=at, reason=row.void_reason)
    return row


@transaction.atomic
def add_repair_days(warranty: Warranty, *, days: int, by: Actor, about: str = "") -> Warranty:
    """Add the days in repair to the end, where the rule does that (China); elsewhere nothing changes.

    `about` names the repair: the same one again adds nothing. Refuses with warranty.days_odd.
    """
    if not 0 <= days <= MOST_REPAIR_DAYS:
        raise Refused("warranty.days_odd", most=MOST_REPAIR_DAYS)
    row, at = _locked(warranty), clock.now()
    length = warranties.length_of(row)
    longer = suspend_for_repair(length, warranties.repair_terms(row), days=days)
    if longer == length or _done_before(row, "warranty.suspended", about):
        return row
    row = _lengthened(row, longer, at)
    _record("warranty.suspended", row, by=by, at=at, days=days, about=about)
    return row


MOST_REPAIR_DAYS = 730


def _done_before(row: Warranty, kind: str, about: str) -> bool:
    return bool(about) and events.history(row, kinds=[kind]).filter(data__about=about).exists()


@transaction.atomic
def extend_after_repair(warranty: Warranty, *, by: Actor, about: str = "") -> Warranty:
    """Add the months that a repair brings, once (EU, contracts from 2026-07-31); else nothing changes."""
    row, at = _locked(warranty), clock.now()
    length = warranties.length_of(row)
    longer = extend_for_repair(length, warranties.repair_terms(row), contract_on=row.contract_on)
    if longer == length:
        return row
    row = _lengthened(row, longer, at)
    _record("warranty.extended", row, by=by, at=at, months=longer.extended_months, about=about)
    return row


def _lengthened(row: Warranty, longer: Length, at: datetime) -> Warranty:
    """With its new length; extensions that begin when it ends move along."""
    row = _change(
        row,
        at,
        suspended_days=longer.suspended_days,
        extended_months=longer.extended_months,
        ends_on=longer.last_day(row.starts_on),
    )
    later = row.extensions.select_for_update(of=("self",)).select_related("plan").order_by("pk")
    for extension in later.filter(plan__starts=PlanStart.AFTER_MANUFACTURER):
        starts_on, ends_on = _span(row, extension.months)
        _change(extension, at, starts_on=starts_on, ends_on=ends_on)
    return row


def _span(base: Warranty, months: int) -> tuple[date, date]:
    """First and last day of an extension that begins when `base` ends."""
    return base.ends_on + timedelta(days=1), last_day(base.ends_on, months)


@transaction.atomic
def sell_extension(warranty: Warranty, *, plan: WarrantyPlan, by: Actor, currency: str = "") -> Warranty:
    """Sell an extension of a valid warranty at the price of the plan; the same plan again is the same sale.

    `currency` defaults to that of the order. Refuses with warranty.cannot_extend when it is not valid, over
    or an extension itself, warranty.plan_not_sold without a price in the currency or for other goods.
    """
    row, at = _locked(warranty), clock.now()
    if sold := row.extensions.standing().filter(plan=plan).first():
        return sold
    today = warranties.day_in(row.zone, at)
    if row.status != WarrantyStatus.ACTIVE or row.kind == WarrantyKind.EXTENDED or row.is_over(today):
        raise Refused("warranty.cannot_extend", number=row.number)
    price = _price(row, plan, currency or (row.order.currency if row.order else ""))
    at_once = plan.starts == PlanStart.AT_PURCHASE
    starts_on, ends_on = (today, last_day(today, plan.months)) if at_once else _span(row, plan.months)
    extension = Warranty(
        kind=WarrantyKind.EXTENDED,
        customer=row.customer,
        order_line=row.order_line,
        serial_no=row.serial_no,
        serial_key=row.serial_key,
        sku=row.sku,
        title=row.title,
        country=row.country,
        zone=row.zone,
        plan=plan,
        follows=row,
        contract_on=today,
        starts_on=starts_on,
        months=plan.months,
        ends_on=ends_on,
        price=price.price,
        currency=price.currency,
    )
    extension = _write(extension, at)
    _record(
        "warranty.sold", extension, by=by, at=at, price=price.price, currency=price.currency, base=row.number
    )
    return extension


def _price(row: Warranty, plan: WarrantyPlan, currency: str) -> PlanPrice:
    category = row.order_line.category if row.order_line else ""
    found = plan.prices.filter(currency=currency).first()
    if found is None or not plan.is_active or plan.category.casefold() not in ("", category.casefold()):
        raise Refused("warranty.plan_not_sold", currency=currency)
    return found
