"""The one door through which customers are told something that no person wrote.

What is told is written down with the event that causes it, rendered once, and goes one way: the way the
customer writes to us if a carrier can take it there now, else by mail. Who cannot be told at all, or does not
want to be, has a row that says so. A carrier is named in the settings and lives a floor above; it only writes
rows, and gives back what it cannot deliver after all.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Protocol

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.module_loading import import_string

from core import clock, events, mail, news
from core.actors import SYSTEM, Actor
from core.errors import Refused
from core.models import key_of
from customers.models import Customer
from customers.states import NewsWay
from tickets import access, addressing
from tickets.models import Telling, Ticket
from tickets.states import Told


class Carrier(Protocol):
    """Who takes news along the way a customer writes to us."""

    def way_to(self, row: Telling) -> object:
        """A way that is open now; a text says that there is none and why, "" that there never was."""

    def way_after(self, row: Telling, reason: str) -> object:
        """A way that is left where one has failed for `reason`; a text says that there is none and why."""

    def take(self, row: Telling, way: Any) -> str:
        """Write down what is to be sent; returns what the way is called."""


@transaction.atomic
def tell(
    customer: Customer,
    *,
    news_code: str,
    key: str,
    template: str,
    context: Mapping[str, Any],
    ticket: Ticket | None = None,
    language: str = "",
) -> Telling:
    """Tell a customer something, once per `key`; returns the row that says what became of it.

    `news_code` is one of `core.news.known()`, `template` a text as `core.mail.render` takes it. Without a
    ticket the customer's latest conversation decides.
    """
    if (told := Telling.objects.filter(key=key).first()) is not None:
        return told
    kind = news.known()[news_code]
    language = language or (ticket.language if ticket else customer.language)
    facts = {"customer": customer, **({"ticket": ticket} if ticket else {}), **context}
    subject, text = mail.render(template, language, facts)
    row, is_new = Telling.objects.get_or_create(
        key=key,
        defaults={
            "news": kind.code,
            "customer": customer,
            "ticket": ticket,
            "about": key_of(ticket or customer),
            "language": language,
            "subject": subject,
            "text": text,
            "facts": news.facts(kind, facts, language),
            "outcome": Told.UNWANTED if kind.topic in customer.news_off else Told.NOWHERE,
            "created_at": clock.now(),
        },
    )
    if is_new and row.outcome != Told.UNWANTED and not _let_go(row):
        _record_untold(row)
    return row


def _record_untold(row: Telling) -> None:
    events.record("news.untold", row, by=SYSTEM, thread=row.thread, title=row.title)


def _let_go(row: Telling) -> bool:
    """Choose the way, and say whether there is one. Only rows are written."""
    wants_mail = row.customer.news_way == NewsWay.MAIL
    if (wants_mail and _mailed(row)) or _carried(row) or _mailed(row):
        return True
    _note(row, Told.NOWHERE)
    return False


def _carried(row: Telling) -> bool:
    """Whether somebody takes it along the way the customer writes, or would if it were not too much."""
    carrier: Carrier = import_string(settings.NEWS_CARRIER)
    way = carrier.way_to(row)
    if isinstance(way, str):
        row.reason = way
        return False
    if row.turn == 0 and mail.is_capped(row.customer.email, row.about, elsewhere=_elsewhere(row)):
        _note(row, Told.CAPPED)
        return True
    row.reason, row.via = "", carrier.take(row, way)
    _note(row, Told.CARRIED)
    events.record("news.carried", row, by=SYSTEM, thread=row.thread, title=row.title, via=row.via)
    return True


def _elsewhere(row: Telling) -> tuple[int, int]:
    """What the customer was told by other ways than mail lately: in all, and about the same thing."""
    since = clock.now() - timedelta(hours=settings.MAIL_CAP_HOURS)
    carried = Telling.objects.filter(customer=row.customer_id, outcome=Told.CARRIED, created_at__gt=since)
    about = list(carried.values_list("about", flat=True))
    return len(about), about.count(row.about)


def _mailed(row: Telling) -> bool:
    """Whether it goes by mail: to the address the customer prefers, if there is one."""
    to = row.customer.email
    if not to:
        return False
    row.mail = mail.queue(
        key=row.key,
        to=to,
        language=row.language,
        template="tickets.mailed_news",
        context={"subject": row.subject, "text": row.text, "choices": choices_link(row)},
        headers=addressing.headers(row.ticket, row.key) if row.ticket else None,
        about=row.thread,
        capped=True,
        elsewhere=_elsewhere(row),
    )
    _note(row, Told.MAIL)
    return True


def _note(row: Telling, outcome: Told) -> None:
    row.outcome = outcome
    row.save(update_fields=["outcome", "reason", "via", "mail", "turn"])


@transaction.atomic
def fall_back(row: Telling, *, reason: str) -> bool:
    """Take back news that a carrier could not deliver, and let it go the way that is left, else by mail.

    False where there is none. What went another way already is left as it is.
    """
    row = _locked(row)
    if row.outcome != Told.CARRIED:
        return row.outcome == Told.MAIL
    if _carried_after(row, reason):
        return True
    if _mailed(row):
        events.record(
            "news.fell_back",
            row,
            by=SYSTEM,
            thread=row.thread,
            title=row.title,
            via=row.via,
            reason=row.reason,
        )
        return True
    _note(row, Told.NOWHERE)
    _record_untold(row)
    return False


def _carried_after(row: Telling, reason: str) -> bool:
    """Whether the carrier has a way left after one has failed; the row says why it is needed."""
    carrier: Carrier = import_string(settings.NEWS_CARRIER)
    way = carrier.way_after(row, reason)
    row.reason = way if isinstance(way, str) else reason
    if isinstance(way, str):
        return False
    row.via = carrier.take(row, way)
    _note(row, Told.CARRIED)
    events.record(
        "news.as_template", row, by=SYSTEM, thread=row.thread, title=row.title, via=row.via, reason=reason
    )
    return True


@transaction.atomic
def tell_again(row: Telling, *, by: Actor) -> Telling:
    """Try once more to tell what could not be told, or was held back as too much; anything else stays.

    Refuses with news.no_way where there is still none.
    """
    row = _locked(row)
    if not row.is_open:
        return row
    row.turn += 1
    if not _let_go(row):
        raise Refused("news.no_way", number=row.customer.number)
    events.record("news.told_again", row, by=by, thread=row.thread, title=row.title)
    return row


def _locked(row: Telling) -> Telling:
    rows = Telling.objects.select_for_update(of=("self",)).select_related("customer", "ticket")
    return rows.get(pk=row.pk)


def choices_link(row: Telling) -> str:
    """Where the customer chooses what we tell them; what is about a ticket needs no sign-in for it."""
    if row.ticket is None:
        return str(settings.PUBLIC_URL) + reverse("portal:news")
    return str(settings.PUBLIC_URL) + reverse("portal:news-link", args=[access.link_token(row.ticket)])
