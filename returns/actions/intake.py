"""From request to decision: submit, ask, supply, approve, refuse, withdraw."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.rights import Right
from core import clock, files
from core.actors import SYSTEM, Actor
from core.errors import Refused
from core.models import Attachment, key_of
from core.numbers import next_number
from orders.models import Order, OrderLine
from returns import policies, quotes, rules
from returns.actions import return_leg
from returns.actions.steps import hold, lines_of, locked, record, step, take
from returns.actions.timers import follow
from returns.centres import centre_for
from returns.models import Case, CaseLine, Reason
from returns.offers import Offer, offer
from returns.quotes import Part, Quote
from returns.states import CaseKind, CaseStatus, RefusalReason, Transition, Verb, steps_from
from returns.terms import Terms
from tickets.actions import open_ticket
from tickets.models import Ticket
from tickets.states import Channel, TicketType


@dataclass(frozen=True)
class Item:
    """Units of an order line that the customer wants to return, and why."""

    line: OrderLine
    quantity: int
    reason: Reason
    note: str = ""


@dataclass(frozen=True)
class Plan:
    """A request looked at before it is sent: what it brings and on which terms."""

    items: Sequence[Item]
    offers: Sequence[Offer]
    parts: Sequence[Part]
    terms: Terms
    reason: Reason
    quote: Quote
    shop_bears: bool


def plan(order: Order, items: Sequence[Item], at: datetime) -> Plan:
    """Check a request and value it, without changing anything: what the review page shows before sending.

    The terms are those of the dearest line; window and restocking fee are judged line by line. Refuses with
    case.no_items, case.item_twice, case.reason_unknown or case.item_<why not>.
    """
    if not items:
        raise Refused("case.no_items")
    if len({item.line.pk for item in items}) < len(items):
        raise Refused("case.item_twice")
    active = policies.active_policies()
    found = [_offered(order, item, offer(order, item.line, at, active)) for item in items]
    leading = max(range(len(items)), key=lambda i: items[i].line.unit_price * items[i].quantity)
    terms = found[leading].terms
    assert terms is not None
    reason = items[leading].reason
    parts = [_part(item, offered) for item, offered in zip(items, found, strict=True)]
    bears = quotes.shop_bears(reason.fault_default, terms)
    return Plan(
        items, found, parts, terms, reason, quotes.quote(order, parts, terms, shop_bears=bears), bears
    )


def _offered(order: Order, item: Item, offered: Offer) -> Offer:
    facts = {"title": item.line.title, "left": offered.quantity}
    if item.line.order_id != order.pk:
        raise Refused("case.item_of_other_order", **facts)
    if offered.blocked:
        raise Refused(f"case.item_{offered.blocked}", **facts)
    if not 1 <= item.quantity <= offered.quantity:
        raise Refused("case.item_too_many", **facts)
    if not item.reason.is_active or CaseKind.RETURN_REFUND not in item.reason.kinds:
        raise Refused("case.reason_unknown", reason=item.reason.code)
    return offered


def _part(item: Item, offered: Offer) -> Part:
    taken, elsewhere = quotes.taken_units(item.line)
    units = rules.free_units(item.line.quantity, taken, elsewhere)[: item.quantity]
    basis_points = offered.terms.restocking_basis_points if offered.terms else 0
    return Part(item.line, units, basis_points)


def check_evidence(items: Sequence[Item], attachments: Sequence[Attachment]) -> None:
    """Refuse with case.evidence_missing when a reason asks for more than was sent."""
    for item in items:
        wanted = item.reason.evidence_required
        seen = [a for a in attachments if a.content_type.startswith(("image/", "video/"))]
        shown = {
            Reason.Evidence.NONE: True,
            Reason.Evidence.PHOTO: bool(seen),
            Reason.Evidence.FILE: bool(attachments),
        }
        if not shown[Reason.Evidence(wanted)]:
            raise Refused("case.evidence_missing", reason=item.reason.code, evidence=wanted)


@transaction.atomic
def submit(
    order: Order,
    *,
    items: Sequence[Item],
    by: Actor,
    description: str = "",
    attachments: Sequence[Attachment] = (),
    channel: str = Channel.PORTAL,
    external_id: str = "",
    ticket: Ticket | None = None,
) -> Case:
    """Request a return: reserves the units, freezes the terms, opens the ticket (or joins `ticket`).

    The same (channel, external_id) again returns the same case. Refuses as `plan` and `check_evidence` do.
    """
    submission = steps_from(CaseKind.RETURN_REFUND, None, Verb.SUBMIT)[0]
    if not submission.open_to(by):
        raise Refused("case.not_allowed", number="", verb=Verb.SUBMIT.value)
    order = Order.objects.select_for_update(of=("self",)).select_related("shop", "customer").get(pk=order.pk)
    if known := _sent_before(channel, external_id):
        return known
    if ticket is not None and ticket.customer_id != order.customer_id:
        raise Refused("case.ticket_of_other_customer", number=ticket.number)
    at = clock.now()
    planned = plan(order, _with_locked_lines(items), at)
    check_evidence(items, attachments)
    if ticket is None:
        subject = _subject(items)
        ticket, _created = open_ticket(
            customer=order.customer,
            subject=subject,
            body=description or subject,
            channel=channel,
            by=by,
            order=order,
            type=TicketType.RETURN,
            external_id=external_id,
            told=True,
        )
    case = _write(order, ticket, planned, submission, description, at)
    files.claim(attachments, subject=case, by=by, public=True)
    record(
        "case.submitted",
        case,
        by=by,
        at=at,
        amount=case.requested_amount,
        currency=case.currency,
        units=sum(item.quantity for item in items),
    )
    if planned.terms.approves_unseen(case.requested_amount):
        row = step(case, Verb.AUTO_APPROVE, by=SYSTEM)
        return _grant(case, row, case.quoted_amount, by=SYSTEM, at=at, rule="auto_approve_limit")
    return case


def _sent_before(channel: str, external_id: str) -> Case | None:
    if not external_id:
        return None
    return (
        Case.objects.filter(ticket__channel=channel, ticket__external_id=external_id).order_by("pk").first()
    )


def _with_locked_lines(items: Sequence[Item]) -> list[Item]:
    lines = (
        OrderLine.objects.select_for_update().filter(pk__in=[item.line.pk for item in items]).order_by("pk")
    )
    fresh = {line.pk: line for line in lines}
    return [Item(fresh[item.line.pk], item.quantity, item.reason, item.note) for item in items]


def _subject(items: Sequence[Item]) -> str:
    first = items[0]
    more = f" + {len(items) - 1}" if len(items) > 1 else ""
    return f"{first.line.title} × {first.quantity}{more}"


def _write(
    order: Order, ticket: Ticket, planned: Plan, submission: Transition, description: str, at: datetime
) -> Case:
    total = planned.quote.total
    case = Case.objects.create(
        number=next_number("R"),
        kind=CaseKind.RETURN_REFUND,
        status=submission.target,
        ticket=ticket,
        order=order,
        customer=order.customer,
        reason=planned.reason,
        fault=planned.reason.fault_default,
        description=description,
        policy_id=planned.terms.policy,
        policy_snapshot=planned.terms.as_json(),
        currency=order.currency,
        requested_amount=total,
        quoted_amount=total,
        requested_at=at,
        updated_at=at,
    )
    lines = [
        CaseLine(
            case=case,
            order_line=item.line,
            reason=item.reason,
            note=item.note,
            restocking_basis_points=part.restocking_basis_points,
            returnable_until=offered.until,
            units=list(part.units),
            quantity_requested=item.quantity,
        )
        for item, part, offered in zip(planned.items, planned.parts, planned.offers, strict=True)
    ]
    hold(case, sorted(lines, key=lambda line: line.order_line_id))
    case.due_at = follow(case, submission, at)
    case.save(update_fields=["due_at"])
    return case


@transaction.atomic
def request_info(case: Case, *, question: str, by: User, version: int | None = None) -> Case:
    """Ask the customer for evidence: the review stands still until it comes."""
    case = locked(case, version)
    row, at = step(case, Verb.REQUEST_INFO, by=by), clock.now()
    case = take(case, row, at, question=question)
    record("case.info_requested", case, by=by, at=at, question=question)
    return case


@transaction.atomic
def supply(
    case: Case,
    *,
    text: str = "",
    attachments: Sequence[Attachment] = (),
    by: Actor,
    version: int | None = None,
) -> Case:
    """Send what was asked for: the review goes on with the time that was left."""
    case = locked(case, version)
    row, at = step(case, Verb.SUPPLY, by=by), clock.now()
    if not text.strip() and not attachments:
        raise Refused("case.nothing_supplied", number=case.number)
    case = take(case, row, at)
    files.claim(attachments, subject=case, by=by, public=True)
    record("case.info_supplied", case, by=by, at=at, text=text, files=len(attachments))
    return case


@transaction.atomic
def approve(case: Case, *, by: User, amount: int | None = None, version: int | None = None) -> Case:
    """Grant the return for `amount` (default: what the terms come to), and say where to send the goods.

    Refuses with case.amount_too_high above what the goods are worth, case.over_limit above the agent's limit.
    """
    case = locked(case, version)
    row = step(case, Verb.APPROVE, by=by)
    amount = case.quoted_amount if amount is None else amount
    most = most_for(case)
    if not 0 <= amount <= most:
        raise Refused("case.amount_too_high", number=case.number, most=most, currency=case.currency)
    if amount > case.terms.agent_limit and not by.may(Right.OVERRULE_CASES):
        raise Refused("case.over_limit", limit=case.terms.agent_limit, currency=case.currency)
    return _grant(case, row, amount, by=by, at=clock.now())


def most_for(case: Case) -> int:
    """The most that can be granted: all goods and postage, no fee taken."""
    lines = lines_of(case)
    parts = quotes.parts_of(lines, [line.quantity_requested for line in lines])
    return quotes.quote(case.order, parts, case.terms, shop_bears=True).total


def _grant(case: Case, row: Transition, amount: int, *, by: Actor, at: datetime, rule: str = "") -> Case:
    """Approve all units, and issue the instructions at once if there is a place to send goods to."""
    lines = lines_of(case)
    for line in lines:
        line.quantity_approved = line.quantity_requested
    case = take(case, row, at, lines, approved_amount=amount, approved_at=at)
    record("case.approved", case, by=by, at=at, amount=amount, currency=case.currency, rule=rule)
    if centre := centre_for(case.order, case):
        case = return_leg.send_instructions(case, centre, by=SYSTEM, at=at)
    return case


def approve_late(case: Case, at: datetime) -> Case:
    """The review was not done in time and the policy decides for the customer. The case is locked."""
    row = step(case, Verb.TIME_OUT, by=SYSTEM, to=CaseStatus.APPROVED)
    return _grant(case, row, case.quoted_amount, by=SYSTEM, at=at, rule="review_timeout")


@transaction.atomic
def refuse(case: Case, *, reason: str, by: User, text: str = "", version: int | None = None) -> Case:
    """Refuse the return with a reason the customer reads; the units are free again."""
    case = locked(case, version)
    row, at = step(case, Verb.REFUSE, by=by), clock.now()
    case = take(case, row, at, refusal=RefusalReason(reason).value, refusal_text=text)
    record("case.refused", case, by=by, at=at, reason=case.refusal, text=text)
    return case


@transaction.atomic
def withdraw(case: Case, *, by: Actor, version: int | None = None) -> Case:
    """Take the request back before anything was shipped; the units are free again."""
    case = locked(case, version)
    row, at = step(case, Verb.WITHDRAW, by=by), clock.now()
    case = take(case, row, at)
    record("case.withdrawn", case, by=by, at=at)
    return case


def evidence_of(case: Case) -> Sequence[Attachment]:
    """What the customer sent with the request and afterwards."""
    return list(Attachment.objects.filter(subject=key_of(case)))
