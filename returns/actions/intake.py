"""Requests: what is asked for with which items, looked at before it is sent, and put on record."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from core import clock, files
from core.actors import SYSTEM, Actor
from core.errors import Refused
from core.models import Attachment, key_of
from core.numbers import next_number
from orders.models import Order, OrderLine
from returns import kinds, policies, quotes, rules
from returns.actions.conversion import grant_or_let_keep
from returns.actions.judging import judge
from returns.actions.outbound import same_again
from returns.actions.steps import hold, record, step
from returns.actions.timers import follow
from returns.compensations import compensation_left
from returns.models import Case, CaseLine, Reason, Replacement
from returns.offers import Offer, offer
from returns.policies import Book
from returns.quotes import Part, Quote
from returns.rules import Breakdown
from returns.states import ADVANCE_EXCHANGE, CaseKind, CompensationType, Transition, Verb, steps_from
from returns.terms import Terms
from tickets.actions import open_ticket, opened_before
from tickets.models import Ticket
from tickets.states import Channel, TicketType


@dataclass(frozen=True)
class Item:
    """Units of an order line, what is wrong with them, and what the customer would like.

    `wish` says what an exchange should bring, in the customer's words.
    """

    line: OrderLine
    quantity: int
    reason: Reason
    note: str = ""
    kind: str = CaseKind.RETURN_REFUND
    wish: str = ""


@dataclass(frozen=True)
class Plan:
    """A request of one kind looked at before it is sent: what it brings and on which terms."""

    kind: str
    items: Sequence[Item]
    offers: Sequence[Offer]
    parts: Sequence[Part]
    terms: Terms
    reason: Reason
    quote: Quote
    shop_bears: bool

    @property
    def pays_back(self) -> bool:
        """Whether money is what the customer asks for."""
        return self.kind in quotes.REFUNDED_KINDS


def plan(order: Order, items: Sequence[Item], at: datetime, kind: str = CaseKind.RETURN_REFUND) -> Plan:
    """Check a request and value it, without changing anything: what the review page shows before sending.

    The terms are those of the dearest line; window and restocking fee are judged line by line. Refuses with
    case.no_items, case.item_twice, case.reason_unknown or case.item_<why not>.
    """
    if not items:
        raise Refused("case.no_items")
    if len({item.line.pk for item in items}) < len(items):
        raise Refused("case.item_twice")
    active = policies.active_policies()
    found = [_offered(order, item, _look(order, item, kind, at, active), kind, at) for item in items]
    leading = max(range(len(items)), key=lambda i: items[i].line.unit_price * items[i].quantity)
    terms = kinds.terms_of(order, found[leading], active)
    if terms is None:
        raise Refused("case.item_not_returnable", title=items[leading].line.title, left=0)
    reason = items[leading].reason
    parts = [_part(item, offered, kind) for item, offered in zip(items, found, strict=True)]
    bears = kind != CaseKind.RETURN_REFUND or quotes.shop_bears(reason.fault_default, terms)
    worth = quotes.quote_for(kind, order, parts, terms, shop_bears=bears)
    return Plan(kind, items, found, parts, terms, reason, worth, bears)


def _look(order: Order, item: Item, kind: str, at: datetime, active: Book) -> Offer:
    return offer(order, item.line, at, active, reason=item.reason, kind=kind)


def plans(order: Order, items: Sequence[Item], at: datetime) -> list[Plan]:
    """The same for a request of several kinds: one plan, and later one case, for each."""
    if not items:
        raise Refused("case.no_items")
    asked = list(dict.fromkeys(item.kind for item in items))
    return [plan(order, [item for item in items if item.kind == kind], at, kind) for kind in asked]


def _offered(order: Order, item: Item, offered: Offer, kind: str, at: datetime) -> Offer:
    left = kinds.units(item.line, kind)
    facts = {"title": item.line.title, "left": left}
    if item.line.order_id != order.pk:
        raise Refused("case.item_of_other_order", **facts)
    if why := kinds.blocked(order, offered, kind, at):
        raise Refused(f"case.item_{why}", **facts)
    if not 1 <= item.quantity <= left:
        raise Refused("case.item_too_many", **facts)
    if not item.reason.is_active or kind not in item.reason.kinds:
        raise Refused("case.reason_unknown", reason=item.reason.code)
    return offered


def _part(item: Item, offered: Offer, kind: str) -> Part:
    if kind == CaseKind.COMPENSATION:
        return Part(item.line, [])
    taken, elsewhere = quotes.taken_units(item.line)
    units = rules.free_units(item.line.quantity, taken, elsewhere)[: item.quantity]
    fee = offered.terms.restocking_basis_points if offered.terms and kind == CaseKind.RETURN_REFUND else 0
    return Part(item.line, units, fee)


def check_evidence(items: Sequence[Item], attachments: Sequence[Attachment], asked: str = "") -> None:
    """Refuse with case.evidence_missing when a reason, or the policy (`asked`), wants more than was sent.

    Goods that have arrived and are not to come back are always shown.
    """
    seen = [a for a in attachments if a.content_type.startswith(("image/", "video/"))]
    for item in items:
        wanted = Reason.Evidence(rules.stricter_evidence(evidence_wanted(item), asked))
        shown = {
            Reason.Evidence.NONE: True,
            Reason.Evidence.PHOTO: bool(seen),
            Reason.Evidence.FILE: bool(attachments),
        }
        if not shown[wanted]:
            raise Refused("case.evidence_missing", reason=item.reason.code, evidence=wanted.value)


def evidence_wanted(item: Item) -> Reason.Evidence:
    """What has to be shown of an item."""
    stays = item.kind == CaseKind.REFUND_ONLY and item.line.quantity_delivered > 0
    wanted = Reason.Evidence(item.reason.evidence_required)
    return Reason.Evidence.PHOTO if stays and not wanted and item.reason.shows_on_goods else wanted


@dataclass(frozen=True)
class Ask:
    """What a request says beside its items."""

    description: str = ""
    attachments: Sequence[Attachment] = ()
    channel: str = Channel.PORTAL
    external_id: str = ""
    ticket: Ticket | None = None
    advance: bool = False


@transaction.atomic
def submit_request(order: Order, *, items: Sequence[Item], by: Actor, ask: Ask | None = None) -> list[Case]:
    """Send one request with items of several kinds: a case for each kind, all under one ticket."""
    ask = ask or Ask()
    if not items:
        raise Refused("case.no_items")
    cases: list[Case] = []
    for kind in dict.fromkeys(item.kind for item in items):
        case = submit(
            order,
            items=[item for item in items if item.kind == kind],
            by=by,
            kind=kind,
            description=ask.description,
            attachments=() if cases else ask.attachments,
            channel=ask.channel,
            external_id=ask.external_id,
            ticket=ask.ticket or (cases[0].ticket if cases else None),
            shown=ask.attachments,
            advance=ask.advance and kind == CaseKind.EXCHANGE,
        )
        cases.append(case)
    return cases


@transaction.atomic
def submit(
    order: Order,
    *,
    items: Sequence[Item],
    by: Actor,
    kind: str = CaseKind.RETURN_REFUND,
    description: str = "",
    attachments: Sequence[Attachment] = (),
    channel: str = Channel.PORTAL,
    external_id: str = "",
    ticket: Ticket | None = None,
    shown: Sequence[Attachment] = (),
    advance: bool = False,
) -> Case:
    """Request a case of one kind: reserves the units, freezes the terms, opens a ticket (or joins `ticket`).

    The same (channel, external_id) again returns the same case. `shown` are files that hang on another case
    of the same request. Refuses as `plan` and `check_evidence` do.
    """
    submission = _submission(ADVANCE_EXCHANGE if advance else kind, by)
    order = _locked_order(order)
    if known := _sent_before(channel, external_id, kind):
        return known
    if ticket is not None and ticket.customer_id != order.customer_id:
        raise Refused("case.ticket_of_other_customer", number=ticket.number)
    at = clock.now()
    locked_items = _with_locked_lines([replace(item, kind=kind) for item in items])
    planned = plan(order, locked_items, at, kind)
    check_evidence(locked_items, [*attachments, *shown], planned.terms.evidence)
    subject = _subject(items)
    about = Subject(order, subject, description, channel, external_id)
    case = _write(about, ticket or _ticket(about, by), planned, submission, at, advance=advance)
    files.claim(attachments, subject=case, by=by, public=True)
    _record_submitted(case, by, at, amount=case.requested_amount, units=sum(item.quantity for item in items))
    return _decide_unseen(case, planned.terms, at)


def _record_submitted(case: Case, by: Actor, at: datetime, *, amount: int, units: int) -> None:
    facts: dict[str, Any] = {
        "amount": amount,
        "currency": case.currency,
        "units": units,
        "case_kind": case.kind,
    }
    record("case.submitted", case, by=by, at=at, **facts)


def _submission(machine: str, by: Actor) -> Transition:
    row = steps_from(machine, None, Verb.SUBMIT)[0]
    if not row.open_to(by):
        raise Refused("case.not_allowed", number="", verb=Verb.SUBMIT.value)
    return row


def _locked_order(order: Order) -> Order:
    return Order.objects.select_for_update(of=("self",)).select_related("shop", "customer").get(pk=order.pk)


def _decide_unseen(case: Case, terms: Terms, at: datetime) -> Case:
    """What is so small that nobody needs to look at it is granted at once."""
    rows = steps_from(case.machine, case.status, Verb.AUTO_APPROVE)
    risk = judge(case, at=at)
    if not rows or not terms.approves_unseen(case.requested_amount, risk):
        return case
    row = step(case, Verb.AUTO_APPROVE, by=SYSTEM)
    return grant_or_let_keep(case, row, case.quoted_amount, by=SYSTEM, at=at, rule="auto_approve_limit")


def _sent_before(channel: str, external_id: str, kind: str) -> Case | None:
    if not external_id:
        return None
    sent = Case.objects.filter(ticket__channel=channel, ticket__external_id=external_id, kind=kind)
    return sent.order_by("pk").first()


def _with_locked_lines(items: Sequence[Item]) -> list[Item]:
    lines = (
        OrderLine.objects.select_for_update().filter(pk__in=[item.line.pk for item in items]).order_by("pk")
    )
    fresh = {line.pk: line for line in lines}
    return [replace(item, line=fresh[item.line.pk]) for item in items]


def _subject(items: Sequence[Item]) -> str:
    first = items[0]
    more = f" + {len(items) - 1}" if len(items) > 1 else ""
    return f"{first.line.title} × {first.quantity}{more}"


@dataclass(frozen=True)
class Subject:
    """What a case is about, and by which way it came."""

    order: Order
    title: str
    description: str
    channel: str = Channel.PORTAL
    external_id: str = ""


def _ticket(about: Subject, by: Actor) -> Ticket:
    """The ticket of the request; one delivery may ask for several kinds, each in words of its own."""
    if (known := opened_before(about.channel, about.external_id)) is not None:
        return known
    ticket, _created = open_ticket(
        customer=about.order.customer,
        subject=about.title,
        body=about.description or about.title,
        channel=about.channel,
        by=by,
        order=about.order,
        type=TicketType.RETURN,
        external_id=about.external_id,
        told=True,
    )
    return ticket


def _write(
    about: Subject, ticket: Ticket, planned: Plan, submission: Transition, at: datetime, *, advance: bool
) -> Case:
    total = planned.quote.total
    case = Case.objects.create(
        number=next_number("R"),
        kind=planned.kind,
        advance=advance,
        status=submission.target,
        ticket=ticket,
        order=about.order,
        customer=about.order.customer,
        reason=planned.reason,
        fault=planned.reason.fault_default,
        description=about.description,
        policy_id=planned.terms.policy,
        policy_snapshot=planned.terms.as_json(),
        currency=about.order.currency,
        requested_amount=total,
        quoted_amount=total,
        requested_at=at,
        updated_at=at,
    )
    hold(case, sorted(_lines(case, planned), key=lambda line: line.order_line_id))
    if planned.kind in (CaseKind.EXCHANGE, CaseKind.RESEND):
        _same_again(case)
    case.due_at = follow(case, submission, at)
    case.save(update_fields=["due_at"])
    return case


def _lines(case: Case, planned: Plan) -> list[CaseLine]:
    return [
        CaseLine(
            case=case,
            order_line=item.line,
            reason=item.reason,
            note=item.note,
            wish=item.wish,
            restocking_basis_points=part.restocking_basis_points,
            returnable_until=offered.until,
            units=list(part.units),
            quantity_requested=item.quantity,
        )
        for item, part, offered in zip(planned.items, planned.parts, planned.offers, strict=True)
    ]


def _same_again(case: Case) -> None:
    """Until the desk chooses otherwise, what goes out is what was bought."""
    lines = case.lines.select_related("order_line")
    Replacement.objects.bulk_create(same_again(line) for line in lines)


@transaction.atomic
def request_compensation(
    order: Order,
    *,
    amount: int,
    compensation_type: str,
    reason: Reason,
    by: Actor,
    items: Sequence[Item] = (),
    ask: Ask | None = None,
) -> Case:
    """Ask for something that makes up for a trouble, the goods staying where they are.

    `amount` is minor units of the order's currency. Price protection names the lines it is for. Refuses with
    compensation.too_high above what the order has left to give, and as `plan` does.
    """
    ask = ask or Ask()
    submission, order = _submission(CaseKind.COMPENSATION, by), _locked_order(order)
    if known := _sent_before(ask.channel, ask.external_id, CaseKind.COMPENSATION):
        return known
    left = compensation_left(order)
    if not 0 < amount <= left:
        raise Refused("compensation.too_high", left=left, currency=order.currency)
    if compensation_type == CompensationType.PRICE_PROTECTION and not items:
        raise Refused("compensation.needs_items")
    at = clock.now()
    chosen = [replace(item, kind=CaseKind.COMPENSATION) for item in items]
    planned = _plan_without_goods(order, chosen, reason, amount, at)
    title = _subject(items) if items else _first_line(ask.description) or str(order.number)
    about = Subject(order, title, ask.description, ask.channel, ask.external_id)
    case = _write(about, ask.ticket or _ticket(about, by), planned, submission, at, advance=False)
    case.compensation_type = CompensationType(compensation_type).value
    case.save(update_fields=["compensation_type"])
    files.claim(ask.attachments, subject=case, by=by, public=True)
    _record_submitted(case, by, at, amount=amount, units=0)
    return case


def _first_line(text: str) -> str:
    return text.strip().split("\n")[0][:100]


def _plan_without_goods(
    order: Order, items: Sequence[Item], reason: Reason, amount: int, at: datetime
) -> Plan:
    """A compensation is about an amount; the terms are those of the dearest line of the order."""
    active = policies.active_policies()
    lines = sorted(order.lines.all(), key=lambda line: -line.unit_price)
    offers = [offer(order, line, at, active) for line in lines]
    known = (kinds.terms_of(order, each, active) for each in offers)
    terms = next((each for each in known if each is not None), None)
    if terms is None or CaseKind.COMPENSATION not in reason.kinds:
        raise Refused("case.reason_unknown", reason=reason.code)
    by_line = {each.line.pk: each for each in offers}
    found = [_offered(order, item, by_line[item.line.pk], CaseKind.COMPENSATION, at) for item in items]
    parts = [Part(item.line, []) for item in items]
    worth = Quote(Breakdown(amount), [0] * len(items))
    return Plan(CaseKind.COMPENSATION, items, found, parts, terms, reason, worth, True)


def evidence_of(case: Case) -> Sequence[Attachment]:
    """What the customer sent with the request and afterwards."""
    return list(Attachment.objects.filter(subject=key_of(case)))
