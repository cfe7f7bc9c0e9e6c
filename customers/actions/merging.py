"""Two customers turn out to be one person, and can be told apart again.

What belongs to a customer goes over to the person they are merged into. Ways to reach them and addresses go
at once; each floor above lets its own rows follow when it hears of it (`take_along`), and gives exactly these
back when it is undone (`bring_back`).
"""

from typing import Any

from django.db import connection, models, transaction

from core import clock, events
from core.actors import Actor
from core.errors import Refused
from core.models import Event
from customers.actions.people import index
from customers.models import Address, ContactPoint, Customer, CustomerMerge, MovedRows, Tier
from customers.queries import surviving

ONE_AT_A_TIME = 0x6375_7374
"""The key of the lock that persons are merged under: rare, and never two at once."""


@transaction.atomic
def merge_customers(customer: Customer, *, into: Customer, by: Actor, note: str = "") -> Customer:
    """Let a customer be the same person as another; returns the one that goes on. Twice changes nothing.

    The one that goes on keeps their name, language and preferred contacts; what they lack, the better
    tier, and the news they do not want come from the other. Refuses with customer.cannot_merge: itself, or
    merged elsewhere.
    """
    if customer.pk == into.pk:
        raise Refused("customer.cannot_merge", number=customer.number, into=into.number, why="itself")
    source, target = _held(customer, into)
    if surviving(source).pk == target.pk:
        return target
    if source.merged_into is not None:
        raise Refused(
            "customer.cannot_merge", number=source.number, into=source.merged_into.number, why="elsewhere"
        )
    now = clock.now()
    moved = list(source.addresses.values_list("pk", flat=True))
    Address.objects.filter(pk__in=moved).update(customer=target)
    was = {"points": _move_points(source, target), "set": _fill_in(source, target), "addresses": moved}
    source.merged_into = target
    source.save(update_fields=["merged_into"])
    merge = CustomerMerge.objects.create(customer=source, into=target, note=note.strip(), was=was, at=now)
    _index(source, target)
    facts: dict[str, Any] = {
        "number": source.number,
        "into": target.number,
        "merge": merge.pk,
        "note": note.strip(),
    }
    events.record("customer.merged", source, by=by, at=now, **facts)
    events.record("customer.took_in", target, by=by, at=now, **facts)
    return target


@transaction.atomic
def unmerge_customers(customer: Customer, *, by: Actor) -> Customer:
    """Tell a merged customer apart again: what came with them goes back, what came since stays.

    Whoever is signed in as one of both has to prove who they are again. One who is not merged stays as they
    are. Refuses with customer.cannot_unmerge while the other is merged themselves.
    """
    source, _end = _held(customer, customer)
    if source.merged_into is None:
        return source
    target = source.merged_into
    if target.merged_into is not None:
        raise Refused("customer.cannot_unmerge", number=source.number, into=target.number)
    now = clock.now()
    merge = CustomerMerge.objects.select_for_update().get(customer=source, undone_at=None)
    _give_back_points(merge)
    Address.objects.filter(pk__in=merge.was["addresses"], customer=target).update(customer=source)
    _take_out(target, merge.was["set"])
    source.merged_into, merge.undone_at = None, now
    source.save(update_fields=["merged_into"])
    merge.save(update_fields=["undone_at"])
    both = Customer.objects.filter(pk__in=[source.pk, target.pk])
    both.update(visits_epoch=models.F("visits_epoch") + 1)
    _index(source, target)
    facts: dict[str, Any] = {"number": source.number, "into": target.number, "merge": merge.pk}
    events.record("customer.unmerged", source, by=by, at=now, **facts)
    events.record("customer.gave_back", target, by=by, at=now, **facts)
    return Customer.objects.get(pk=source.pk)


# --- rows of the floors above ------------------------------------------------------------------------


@transaction.atomic
def take_along(event: Event, *tables: models.QuerySet[Any]) -> CustomerMerge:
    """Let the customer's rows of these tables follow a `customer.merged`, and remember which."""
    merge = _merge_of(event)
    if merge.undone_at is not None:
        return merge
    target = surviving(merge.into)
    for table in tables:
        rows = table.filter(customer=merge.customer_id)
        keys = list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
        rows.filter(pk__in=keys).update(customer=target)
        MovedRows.objects.get_or_create(merge=merge, table=_name(table), defaults={"keys": keys})
    return merge


@transaction.atomic
def bring_back(event: Event, *tables: models.QuerySet[Any]) -> CustomerMerge:
    """Give the rows that followed a merge back after `customer.unmerged`."""
    merge = _merge_of(event)
    for table in tables:
        moved = MovedRows.objects.filter(merge=merge, table=_name(table)).first()
        if moved is not None:
            table.filter(pk__in=moved.keys).update(customer=merge.customer_id)
    return merge


def _merge_of(event: Event) -> CustomerMerge:
    """The merge an event is about; both its people are held, before any row of theirs."""
    merge = CustomerMerge.objects.select_related("into__merged_into").get(pk=event.data["merge"])
    _hold(merge.customer_id, merge.into_id, no_key=True)
    merge.refresh_from_db(fields=["undone_at"])
    return merge


def _name(table: models.QuerySet[Any]) -> str:
    return str(table.model._meta.label_lower)


# --- inside ------------------------------------------------------------------------------------------


def _held(customer: Customer, into: Customer) -> tuple[Customer, Customer]:
    """The customer and the person the other is in the end, held; nobody else merges people meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
    target = surviving(Customer.objects.get(pk=into.pk))
    _hold(customer.pk, target.pk)
    people = Customer.objects.select_related("tier").in_bulk([customer.pk, target.pk])
    return people[customer.pk], people[target.pk]


def _hold(*keys: int, no_key: bool = False) -> None:
    rows = Customer.objects.filter(pk__in=keys).order_by("pk").select_for_update(of=("self",), no_key=no_key)
    list(rows.values_list("pk"))


def _move_points(source: Customer, target: Customer) -> list[list[Any]]:
    """Let the ways to reach the one reach the other; the preferred ones of the other stay preferred."""
    taken = set(target.contact_points.filter(is_primary=True).values_list("kind", flat=True))
    moved = []
    for point in source.contact_points.all():
        moved.append([point.pk, point.is_primary])
        point.customer, point.is_primary = target, point.is_primary and point.kind not in taken
        point.save(update_fields=["customer", "is_primary"])
    return moved


def _give_back_points(merge: CustomerMerge) -> None:
    flags = dict(merge.was["points"])
    ours = ContactPoint.objects.filter(pk__in=flags, customer=merge.into_id)
    for point in ours:
        point.customer_id, point.is_primary = merge.customer_id, flags[point.pk]
        point.save(update_fields=["customer", "is_primary"])
    left = ContactPoint.objects.filter(customer=merge.into_id)
    for kind in set(left.values_list("kind", flat=True)):
        same = left.filter(kind=kind)
        if not same.filter(is_primary=True).exists():
            same.filter(pk=same.order_by("pk")[0].pk).update(is_primary=True)


def _fill_in(source: Customer, target: Customer) -> dict[str, list[Any]]:
    """Give the one that goes on what they lack; returns {field: [before, after]}."""
    found: dict[str, Any] = {
        name: getattr(source, name) for name in ("name", "country") if not getattr(target, name)
    }
    if source.tier and (target.tier is None or source.tier.rank > target.tier.rank):
        found["tier_id"] = source.tier.pk
    if unwanted := sorted({*target.news_off, *source.news_off} - set(target.news_off)):
        found["news_off"] = [*target.news_off, *unwanted]
    changed = {name: [getattr(target, name), value] for name, value in found.items() if value}
    Customer.objects.filter(pk=target.pk).update(**{name: after for name, (_was, after) in changed.items()})
    return changed


def _take_out(target: Customer, changed: dict[str, list[Any]]) -> None:
    """Undo `_fill_in`, but for what somebody has changed since, or a tier that is no more."""
    for name, (before, after) in changed.items():
        if name == "tier_id" and before and not Tier.objects.filter(pk=before).exists():
            continue
        Customer.objects.filter(pk=target.pk, **{name: after}).update(**{name: before})


def _index(*customers: Customer) -> None:
    for customer in customers:
        index(Customer.objects.get(pk=customer.pk))
