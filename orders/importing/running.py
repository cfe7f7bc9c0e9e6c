"""Orders of a file become rows, batch by batch. Each batch is one transaction together with its counts,
so a run that is cut off goes on where it stopped, and a file imported twice changes nothing."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from core import clock
from core.actors import Actor
from core.errors import Refused
from customers import actions as customer_actions
from customers.models import ContactPoint, Customer
from orders.actions.placing import Placement, place_orders
from orders.drafts import Outcome
from orders.importing.mappings import Mapping
from orders.importing.opening import Options, open_file
from orders.importing.reading import Buyer, FileOrder, Reading, read
from orders.importing.rows import Reason, Store, shown
from orders.models import ImportProblem, ImportRun, Shop

BATCH = 500
COUNTED = (
    "orders",
    "returns",
    "incomplete",
    "errors",
    "created",
    "updated",
    "unchanged",
    "orders_done",
    "seen_at",
)
SHOWN_ROWS = 5

Progress = Callable[[int, int], None]


class TakenOver(Exception):
    """Somebody else goes on with this run."""


def shop_for(mapping: Mapping, code: str) -> Shop:
    """The shop a file belongs to: the one named, else the mapping's own, else the only one there is.

    Raises `Refused`: "import.unknown_shop", "import.which_shop".
    """
    if mapping.shop and code in {"", mapping.shop["code"]}:
        defaults = {name: value for name, value in mapping.shop.items() if name != "code"}
        return Shop.objects.get_or_create(code=mapping.shop["code"], defaults=defaults)[0]
    shops = {shop.code: shop for shop in Shop.objects.all()}
    if code:
        if code not in shops:
            raise Refused("import.unknown_shop", shop=code, known=sorted(shops))
        return shops[code]
    if len(shops) != 1:
        raise Refused("import.which_shop", known=sorted(shops))
    return next(iter(shops.values()))


def read_file(run: ImportRun, data: bytes, *, shop_code: str) -> tuple[Reading, Shop]:
    """Read a file and find its shop. Raises `Refused` "import.…" for what is no list of orders."""
    options = Options.of(run.options)
    opened = open_file(data, options)
    shop = shop_for(opened.header.mapping, shop_code)
    return read(opened, options, _store(shop, at=run.created_at)), shop


def _store(shop: Shop, *, at: datetime) -> Store:
    return Store(shop.code, shop.currency, ZoneInfo(shop.time_zone), shop.country, at)


@transaction.atomic
def note_findings(run: ImportRun, shop: Shop, reading: Reading) -> None:
    """Keep what a reading found: counts, problems, and how the file was understood."""
    run.shop, run.mapping = shop, reading.opened.header.mapping.name
    run.rows, run.orders, run.customers = reading.rows, len(reading.orders), reading.customers
    run.returns, run.incomplete = reading.returns, reading.incomplete
    run.errors, run.orders_total = len(reading.problems), len(reading.orders)
    run.created = run.updated = run.unchanged = run.orders_done = 0
    run.findings = _findings(reading)
    run.save()
    run.problems.all().delete()
    _note_problems(run, reading.problems.items())


def _note_problems(run: ImportRun, problems: Iterable[tuple[int, Sequence[Reason]]]) -> None:
    ImportProblem.objects.bulk_create(
        (
            ImportProblem(run=run, line=line, reasons=[asdict(reason) for reason in reasons])
            for line, reasons in problems
        ),
        batch_size=1000,
    )


def _findings(reading: Reading) -> dict[str, object]:
    opened, header = reading.opened, reading.opened.header
    places = sorted(header.places.values())
    first = islice((line for line in opened.lines if not line.is_blank and not line.defect), SHOWN_ROWS)
    return {
        "encoding": opened.encoding,
        "delimiter": opened.delimiter,
        "sheet": opened.sheet,
        "header_line": header.line,
        "ignored": list(header.ignored),
        "titles": [
            title for _place, title in sorted((header.places[n], t) for n, t in header.titles.items())
        ],
        "head": [
            {
                "line": line.number,
                "cells": [shown(line.cells[n])[:60] if n < len(line.cells) else "" for n in places],
            }
            for line in first
        ],
        "dates": reading.habits.dates,
        "decimals": reading.habits.decimals,
        "unwrapped": reading.unwrapped,
        "readable_with_single_quotes": reading.readable_with_single_quotes,
        "returns_without_order": reading.returns_without_order,
    }


def import_orders(
    run: ImportRun, shop: Shop, orders: Sequence[FileOrder], *, by: Actor, progress: Progress
) -> None:
    """Import what is left to do of the run's orders. Raises `TakenOver` when another worker does it."""
    while run.orders_done < len(orders):
        progress(run.orders_done, len(orders))
        batch = orders[run.orders_done : run.orders_done + BATCH]
        customers = _customers([order.buyer for order in batch], by=by)
        _import_batch(run, shop, batch, customers, by=by)
    progress(len(orders), len(orders))


@transaction.atomic
def _import_batch(
    run: ImportRun,
    shop: Shop,
    batch: Sequence[FileOrder],
    customers: dict[Buyer, Customer],
    *,
    by: Actor,
) -> None:
    held = ImportRun.objects.select_for_update().get(pk=run.pk)
    if (held.orders_done, held.attempts) != (run.orders_done, run.attempts):
        raise TakenOver
    drafts = [replace(order.draft, customer_id=customers[order.buyer].pk) for order in batch]
    placements = place_orders(shop, drafts, by=by, event="order.imported")
    for order, placement in zip(batch, placements, strict=True):
        _count(run, order, placement)
    _note_problems(run, _refused(batch, placements))
    run.orders_done += len(batch)
    run.seen_at = clock.now()
    run.save(update_fields=COUNTED)


def _count(run: ImportRun, order: FileOrder, placement: Placement) -> None:
    run.created += placement.outcome is Outcome.CREATED
    run.updated += placement.outcome is Outcome.UPDATED
    run.unchanged += placement.outcome is Outcome.UNCHANGED
    if placement.outcome is Outcome.REFUSED:
        run.orders -= 1
        run.returns -= order.is_returned
        run.incomplete -= order.draft.incomplete
        run.errors += len(order.lines)


def _refused(
    batch: Sequence[FileOrder], placements: Sequence[Placement]
) -> Iterator[tuple[int, list[Reason]]]:
    for order, placement in zip(batch, placements, strict=True):
        if placement.refusal is not None:
            refusal = placement.refusal
            reason = Reason("", order.draft.number, refusal.code, refusal.facts)
            yield from ((line, [reason]) for line in order.lines)


def _customers(buyers: Iterable[Buyer], *, by: Actor) -> dict[Buyer, Customer]:
    """Who the buyers are: most are asked for together, the rest are got or created."""
    wanted = {buyer: _contacts(buyer) for buyer in buyers}
    kinds: dict[str, set[str]] = {}
    for contacts in wanted.values():
        for contact in contacts:
            kinds.setdefault(contact.kind, set()).add(contact.normalized)
    same = Q()
    for kind, values in kinds.items():
        same |= Q(kind=kind, normalized__in=values)
    points = ContactPoint.objects.filter(same).select_related("customer")
    owners = {(point.kind, point.normalized): point.customer for point in points}
    found = {}
    for buyer, contacts in wanted.items():
        owned = [owners.get((contact.kind, contact.normalized)) for contact in contacts]
        known = owned[0] if owned and all(owned) else None
        found[buyer] = known or customer_actions.get_or_create_customer(
            external=buyer.external,
            email=buyer.email,
            phone=buyer.phone,
            name=buyer.name,
            language=buyer.language,
            country=buyer.country,
            by=by,
        )
    return found


def _contacts(buyer: Buyer) -> list[customer_actions.Contact]:
    return customer_actions.contacts_from(
        external=buyer.external, email=buyer.email, phone=buyer.phone, country=buyer.country
    )
