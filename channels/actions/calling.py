"""Calls: told by a telephone system, and written down by whoever spoke."""

from datetime import datetime
from hashlib import sha256
from typing import Any, Required, TypedDict, Unpack

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from channels import rules
from channels.connection_states import CALL_RANKS, CallOutcome, CallState
from channels.models import Connection, PhoneCall
from channels.reading import CallNews
from core import clock, events
from core.actors import SYSTEM
from core.errors import Refused
from customers import rules as people
from customers.actions import get_or_create_customer
from customers.models import Customer
from customers.queries import reached_by
from tickets import actions as tickets
from tickets.models import Ticket
from tickets.states import Channel, TicketType

KEY_LENGTH = 60


class Told(TypedDict, total=False):
    """What is said about a call.

    `concern` is what the customer asked for in words they may read; `summary` is for us. `call` is one that a
    telephone system told of; `customer` and `ticket` it belongs to, `subject` wants a new ticket.
    """

    number: Required[str]
    direction: Required[str]
    outcome: Required[str]
    summary: str
    started_at: datetime | None
    seconds: int
    customer: Customer | None
    name: str
    language: str
    ticket: Ticket | None
    subject: str
    concern: str
    order_number: str
    type: str
    call: PhoneCall | None


@transaction.atomic
def note_call(connection: Connection, news: CallNews) -> PhoneCall:
    """Keep what a telephone system tells of a call. News comes in any order; older news changes nothing."""
    state = rules.CALL_STATES[news.state]
    number = normal_number(news.number)
    started = news.started_at or clock.now()
    row, is_new = PhoneCall.objects.select_for_update(of=("self",)).get_or_create(
        connection=connection,
        external_id=f"{news.id}"[:200],
        defaults={
            "number": number,
            "direction": news.direction,
            "state": state,
            "started_at": started,
            "seconds": news.seconds,
            "outcome": rules.CALL_OUTCOMES.get(news.state, ""),
            "agent": _agent(news.agent),
            "customer": caller(number),
        },
    )
    if not is_new and CALL_RANKS[state] > CALL_RANKS[row.state]:
        row.state, row.seconds = state, news.seconds or row.seconds
        row.outcome = row.outcome or rules.CALL_OUTCOMES.get(news.state, "")
        row.agent = row.agent or _agent(news.agent)
        row.save(update_fields=["state", "seconds", "outcome", "agent"])
    if is_new:
        events.record("call.reported", row, by=SYSTEM, number=row.number)
    return row


def _agent(email: str) -> User | None:
    return User.objects.filter(email=email.lower(), is_active=True).first() if email else None


def normal_number(given: str) -> str:
    """A number in E.164 where it is one, else as it was given; "" for a caller who hides it."""
    return people.normal_phone(given, settings.PHONE_REGIONS) or given.strip()[:40]


def caller(number: str) -> Customer | None:
    """Whose number it is, if anybody's we know."""
    point = reached_by(number).select_related("customer").first() if number else None
    return point.customer if point else None


def log_call(*, by: User, key: str = "", **told: Unpack[Told]) -> PhoneCall:
    """Write down a call: on `ticket`, on a new one with `subject`, or for the record alone.

    The same `key` of the same member again is the same call. Refuses with call.whose when a new ticket is
    wanted and neither number nor customer is known, with call.logged for a call somebody wrote down before,
    and with customer.phone_invalid.
    """
    key = sha256(f"{by.pk}:{key}".encode()).hexdigest()[:KEY_LENGTH] if key else ""
    if key and (known := PhoneCall.objects.filter(key=key).first()) is not None:
        return known
    try:
        return _logged(by, key, told)
    except IntegrityError:  # the same form, a moment earlier
        if not key or (known := PhoneCall.objects.filter(key=key).first()) is None:
            raise
        return known


@transaction.atomic
def _logged(by: User, key: str, told: Told) -> PhoneCall:
    row, ticket = _row(told, by=by), told.get("ticket")
    named = told.get("customer") or (ticket.customer if ticket else None)
    row.customer = named or row.customer or caller(row.number)
    if ticket is None and told.get("subject"):
        row.customer = row.customer or _somebody_new(row.number, told, by=by)
        ticket = _opened(row.customer, told, by=by)
    row.outcome, row.seconds = told["outcome"], told.get("seconds") or row.seconds
    row.summary, row.key = told.get("summary", "").strip(), key
    row.state, row.agent, row.logged_at = CallState.ENDED, by, clock.now()
    if ticket is not None:
        talked = row.outcome == CallOutcome.TALKED
        row.message = tickets.log_talk(ticket, body=words_of(row, ticket), by=by, talked=talked)
        row.ticket = row.message.ticket
    row.save()
    events.record("call.logged", row, by=by, number=row.number)
    return row


def _row(told: Told, *, by: User) -> PhoneCall:
    """The call a telephone system told of, if it is that one and nobody wrote it down yet; else a new row."""
    if (call := told.get("call")) is not None:
        row = PhoneCall.objects.select_for_update(of=("self",)).get(pk=call.pk)
        if row.logged_at is not None:
            raise Refused("call.logged", name=row.agent.display_name if row.agent else "–")
        return row
    now = clock.now()
    return PhoneCall(
        number=normal_number(told["number"]),
        direction=told["direction"],
        started_at=min(told.get("started_at") or now, now),
    )


def _somebody_new(number: str, told: Told, *, by: User) -> Customer:
    if not number:
        raise Refused("call.whose")
    language = told.get("language") or by.language
    return get_or_create_customer(phone=number, name=told.get("name", ""), language=language, by=by)


def _opened(customer: Customer, told: Told, *, by: User) -> Ticket:
    subject = told.get("subject", "")
    ticket, _new = tickets.open_ticket(
        customer=customer,
        subject=subject,
        body=told.get("concern", "").strip() or subject,
        channel=Channel.PHONE,
        order_number=told.get("order_number", ""),
        type=told.get("type", TicketType.ENQUIRY),
        by=by,
    )
    return tickets.assign(ticket, to=by, by=by)


def words_of(row: PhoneCall, ticket: Ticket) -> str:
    """What stands on the ticket: who called whom, for how long, what came of it, what was said."""
    with translation.override(ticket.language):
        minutes, seconds = divmod(row.seconds, 60)
        facts: dict[str, Any] = {
            "way": row.get_direction_display(),
            "number": row.number or _("number withheld"),
            "outcome": row.get_outcome_display(),
            "length": f"{minutes}:{seconds:02}",
        }
        head = (
            _("%(way)s (%(number)s): %(outcome)s, %(length)s min")
            if row.seconds
            else _("%(way)s (%(number)s): %(outcome)s")
        )
        return f"{head % facts}\n{row.summary}".strip()
