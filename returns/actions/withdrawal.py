"""Verbs of withdrawals: the statement, its confirmation, the acknowledgement, and the return that follows.

Locks are taken in this order: order, withdrawal; what opens the return locks further as `intake.submit` does.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from core import clock, events, files
from core.actors import SYSTEM, Actor
from core.errors import Refused
from core.models import Event
from core.numbers import next_number
from orders.models import Order
from returns import policies, withdrawal_pdf, withdrawals
from returns.actions.intake import Item, submit
from returns.models import Case, Reason, Withdrawal
from returns.withdrawal_states import CONFIRMED, FOLLOWS, WithdrawalStatus
from returns.withdrawals import GRACE, Chance
from tickets.actions import open_ticket
from tickets.models import Ticket
from tickets.states import Channel, TicketType

REASON = "changed_mind"
"""No reason is asked for; the desk's word for that."""


@transaction.atomic
def declare_withdrawal(
    order: Order,
    *,
    name: str,
    email: str,
    language: str,
    by: Actor,
    items: Mapping[int, int] | None = None,
) -> Withdrawal:
    """Take the statement down, the first of two steps. `items` is {position: units}; None: all that is left.

    A statement that was not confirmed is written anew; the same one again stays as it is. Refuses with
    withdrawal.not_offered, withdrawal.window_closed, withdrawal.order_cancelled, withdrawal.nothing_left,
    withdrawal.no_items, withdrawal.item_too_many or withdrawal.name_missing.
    """
    order, at = _locked_order(order), clock.now()
    found = withdrawals.chance(order, at)
    if found.blocked or found.right is None:
        raise Refused(f"withdrawal.{found.blocked}", number=order.number, until=_iso(found.until))
    if not name.strip():
        raise Refused("withdrawal.name_missing")
    units = dict(found.left if items is None else items)
    _check_units(order, units, found)
    said = {
        "right": found.right,
        "name": name.strip(),
        "email": email.strip(),
        "language": language,
        "items": {str(position): count for position, count in sorted(units.items())},
        "zone": policies.zone_of(order),
        "until": found.until,
    }
    not_confirmed = order.withdrawals.filter(status=WithdrawalStatus.DECLARED)
    row = not_confirmed.select_for_update().first()
    if row is not None and all(getattr(row, field) == value for field, value in said.items()):
        return row
    row = _state(row, order, said, at)
    _record("withdrawal.declared", row, by=by, at=at, thread=order)
    return row


def _locked_order(order: Order) -> Order:
    rows = Order.objects.select_for_update(of=("self",)).select_related("shop", "customer")
    return rows.get(pk=order.pk)


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _check_units(order: Order, units: Mapping[int, int], found: Chance) -> None:
    titles = {line.position: line.title for line in order.lines.all()}
    if not units:
        raise Refused("withdrawal.no_items")
    for position, count in units.items():
        left = found.left.get(position, 0)
        if not 1 <= count <= left:
            raise Refused("withdrawal.item_too_many", title=titles.get(position, position), left=left)


def _state(row: Withdrawal | None, order: Order, said: Mapping[str, Any], at: datetime) -> Withdrawal:
    if row is not None:
        return _change(row, at, declared_at=at, **said)
    return Withdrawal.objects.create(
        number=next_number("W"), order=order, declared_at=at, updated_at=at, **said
    )


def _change(row: Withdrawal, at: datetime, **changes: Any) -> Withdrawal:
    for name, value in changes.items():
        setattr(row, name, value)
    row.version += 1
    row.updated_at = at
    row.save(update_fields=[*changes, "version", "updated_at"])
    return row


def _record(
    kind: str, row: Withdrawal, *, by: Actor, at: datetime, thread: Order | Ticket | None = None, **data: Any
) -> Event:
    facts: dict[str, Any] = {"number": row.number, "order": row.order.number}
    return events.record(
        kind, row, by=by, thread=thread or row.ticket or row.order, at=at, public=True, **facts, **data
    )


def _locked(withdrawal: Withdrawal) -> Withdrawal:
    """The fresh row with its order, both locked."""
    order = _locked_order(withdrawal.order)
    rows = Withdrawal.objects.select_for_update(of=("self",)).select_related("right", "ticket", "case")
    row = rows.get(pk=withdrawal.pk)
    row.order = order
    return row


def _may_become(row: Withdrawal, status: WithdrawalStatus) -> bool:
    return status in FOLLOWS[WithdrawalStatus(row.status)]


@transaction.atomic
def confirm_withdrawal(withdrawal: Withdrawal, *, by: Actor, channel: str = Channel.PORTAL) -> Withdrawal:
    """Exercise the right, the second step: opens a request that staff see. Twice is once.

    A statement made in time can be confirmed for a day more. Refuses with withdrawal.window_closed after
    that, withdrawal.item_too_many when a return has taken units meanwhile.
    """
    row, at = _locked(withdrawal), clock.now()
    if not _may_become(row, WithdrawalStatus.WAITING):
        return row
    until = withdrawals.window_end(row.order, row.right)
    if until is not None and at >= until and (row.declared_at >= until or at - row.declared_at > GRACE):
        raise Refused("withdrawal.window_closed", until=_iso(until))
    left = withdrawals.units_left(row.order, row.right)
    _check_units(row.order, row.units, Chance(row.right, until, left))
    ticket = _request(row, by, channel)
    row = _change(row, at, status=WithdrawalStatus.WAITING, confirmed_at=at, ticket=ticket, until=until)
    _record("withdrawal.confirmed", row, by=by, at=at)
    return row


def _request(row: Withdrawal, by: Actor, channel: str) -> Ticket:
    """The request under which staff and the customer find the withdrawal; we acknowledge it ourselves."""
    with translation.override(row.language):
        subject = _("Withdrawal from the contract of order %(number)s") % {"number": row.order.number}
        items = "\n".join(f"{units} × {line.title}" for line, units in withdrawals.lines_of(row))
    ticket, _new = open_ticket(
        customer=row.order.customer,
        subject=subject,
        body=f"{subject}\n\n{items}",
        channel=channel,
        by=by,
        order=row.order,
        type=TicketType.RETURN,
        language=row.language,
        external_id=f"withdrawal:{row.number}",
        told=True,
    )
    return ticket


def write_acknowledgement(withdrawal: Withdrawal) -> SimpleUploadedFile:
    """The document as a file to be kept; `files.store` takes it."""
    content = withdrawal_pdf.acknowledgement(withdrawal)
    return SimpleUploadedFile(f"{withdrawal.number}.pdf", content, "application/pdf")


@transaction.atomic
def acknowledge_withdrawal(withdrawal: Withdrawal, *, by: Actor) -> Withdrawal:
    """Keep the acknowledgement for good, with its digest; whoever calls sends it. Twice is once.

    Refuses with withdrawal.not_confirmed.
    """
    row, at = _locked(withdrawal), clock.now()
    if row.acknowledged_at is not None:
        return row
    if row.status not in CONFIRMED:
        raise Refused("withdrawal.not_confirmed", number=row.number)
    kept = files.store(write_acknowledgement(row), subject=row, by=by, public=True)
    row = _change(row, at, acknowledged_at=at, acknowledgement=kept, digest=kept.sha256)
    _record("withdrawal.acknowledged", row, by=by, at=at, email=row.email, digest=row.digest)
    return row


@transaction.atomic
def open_withdrawal_case(withdrawal: Withdrawal, *, by: Actor) -> Withdrawal:
    """Make a return of it, in the customer's name. Twice is once.

    Refuses with withdrawal.not_confirmed, and as `submit` does: case.item_not_delivered and the like.
    """
    row, at = _locked(withdrawal), clock.now()
    if row.status == WithdrawalStatus.DECLARED:
        raise Refused("withdrawal.not_confirmed", number=row.number)
    if not _may_become(row, WithdrawalStatus.IN_CASE):
        return row
    case = _submit(row)
    row = _change(row, at, status=WithdrawalStatus.IN_CASE, case=case, obstacle="", obstacle_facts={})
    _record("withdrawal.case_opened", row, by=by, at=at, case=case.number)
    return row


def _submit(row: Withdrawal) -> Case:
    reason = Reason.objects.get(code=REASON)
    assert row.ticket is not None
    return submit(
        row.order,
        items=[Item(line, units, reason) for line, units in withdrawals.lines_of(row)],
        by=row.order.customer,
        channel=row.ticket.channel,
        ticket=row.ticket,
    )


@transaction.atomic
def note_obstacle(withdrawal: Withdrawal, *, refused: Refused, by: Actor = SYSTEM) -> Withdrawal:
    """Remember why the return cannot be opened yet, for staff to see; the same again changes nothing."""
    row, at = _locked(withdrawal), clock.now()
    if row.status != WithdrawalStatus.WAITING or row.obstacle == refused.code:
        return row
    row = _change(row, at, obstacle=refused.code, obstacle_facts=refused.facts)
    _record("withdrawal.waiting", row, by=by, at=at, obstacle=refused.code, facts=refused.facts)
    return row


@transaction.atomic
def settle_withdrawal(withdrawal: Withdrawal, *, note: str, by: User) -> Withdrawal:
    """Staff have dealt with it another way, say by stopping the parcel and paying back. Twice is once.

    Refuses with withdrawal.not_confirmed, withdrawal.note_missing, withdrawal.cannot_settle.
    """
    row, at = _locked(withdrawal), clock.now()
    if row.status == WithdrawalStatus.SETTLED:
        return row
    if row.status == WithdrawalStatus.DECLARED:
        raise Refused("withdrawal.not_confirmed", number=row.number)
    if not _may_become(row, WithdrawalStatus.SETTLED):
        raise Refused("withdrawal.cannot_settle", number=row.number)
    if not note.strip():
        raise Refused("withdrawal.note_missing")
    row = _change(
        row, at, status=WithdrawalStatus.SETTLED, settled_at=at, settled_by=by, settled_note=note.strip()
    )
    _record("withdrawal.settled", row, by=by, at=at, note=row.settled_note)
    return row
