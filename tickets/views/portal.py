"""Requests for customers: the list, one request, a question to us, the link in a mail."""

from datetime import timedelta
from uuid import uuid4

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock, limits
from core.actors import SYSTEM
from core.limits import Limit
from core.paging import Keyset
from core.views.panels import panel
from core.views.verbs import perform
from customers import doors
from customers.access import PortalRequest, portal_required
from customers.actions import get_or_create_customer
from customers.models import Customer
from customers.views.portal import news_page
from orders.access import orders_of
from orders.models import Order
from tickets import actions, conversation, merged
from tickets.access import ticket_of_link, tickets_of
from tickets.forms import ContactForm, MessageForm
from tickets.models import Message, Ticket, TicketQuerySet
from tickets.outlook import outlook
from tickets.states import Channel, TicketStatus, TicketType, may_follow

NEWEST_FIRST = Keyset(("-pk",), size=20)
LATEST = 3

HOUR = timedelta(hours=1)
QUESTIONS = Limit("questions-by-address", 12, HOUR)
MESSAGES = Limit("messages-by-address", 60, HOUR)


@require_safe
@portal_required
def requests(request: PortalRequest) -> HttpResponse:
    """Everything the visitor has asked, newest first."""
    rows = _going_on(request).select_related("order")
    page = NEWEST_FIRST.page(rows, request.GET)
    return render(request, "tickets/portal/requests.html", {"page": page, "now": clock.now()})


@require_safe
def requests_latest(request: PortalRequest) -> HttpResponse:
    """The latest few, for the first page."""
    rows = _going_on(request).order_by("-pk")[:LATEST]
    context = {"tickets": rows, "now": clock.now()}
    return panel(request, "tickets/portal/_latest.html", context, title=_("My requests"), surface="portal")


def _going_on(request: PortalRequest) -> TicketQuerySet:
    """What the visitor asked, without what goes on in another of their requests."""
    mine = tickets_of(request.portal)
    return mine.exclude(merged_into__in=tickets_of(request.portal))


@require_safe
@portal_required
def request_page(request: PortalRequest, number: str) -> HttpResponse:
    """One request: where it stands, what was said, what can be done. A merged one leads to where it goes on.

    Whoever came with the number of one order, and may not see the other request, stays here and is told.
    """
    ticket = _found(request, number)
    survivor = merged.surviving(ticket)
    if survivor.pk != ticket.pk and tickets_of(request.portal).filter(pk=survivor.pk).exists():
        said = _("%(number)s goes on here: both are about the same thing.") % {"number": number}
        messages.info(request, said)
        return redirect("portal:request", survivor.number)
    return _page(request, ticket, MessageForm(initial={"key": uuid4().hex}))


def _page(request: PortalRequest, ticket: Ticket, form: MessageForm, *, status: int = 200) -> HttpResponse:
    now = clock.now()
    context = {
        "ticket": ticket,
        "outlook": outlook(ticket, ticket.clocks.filter(cycle=ticket.cycle), now),
        "conversation": conversation.for_customer(ticket, request.portal),
        "form": form,
        "may_solve": may_follow(ticket.status, TicketStatus.SOLVED),
        "may_withdraw": _may_withdraw(ticket),
        "now": now,
    }
    return render(request, "tickets/portal/request.html", context, status=status)


def _may_withdraw(ticket: Ticket) -> bool:
    """Returns are withdrawn case by case, on their own panel."""
    return ticket.type != TicketType.RETURN and may_follow(ticket.status, TicketStatus.SOLVED)


def _found(request: PortalRequest, number: str) -> Ticket:
    tickets = tickets_of(request.portal).select_related("customer", "order", "follow_up_of")
    return get_object_or_404(tickets, number=number)


@require_POST
@portal_required
def request_reply(request: PortalRequest, number: str) -> HttpResponse:
    """Say something more."""
    ticket, form = _found(request, number), MessageForm(request.POST, request.FILES)

    def act() -> Message:
        limits.spend(MESSAGES, limits.client_address(request))
        return actions.receive(
            ticket,
            body=form.cleaned_data["body"],
            by=ticket.customer,
            channel=Channel.PORTAL,
            external_id=form.external_id,
            attachments=form.keep_files(request.session, by=ticket.customer),
        )

    return perform(
        request,
        act,
        to=lambda message: _after(request, ticket, message),
        said=_("Your message has reached us."),
        form=form,
        page=lambda status: _page(request, _found(request, number), form, status=status),
    )


@require_POST
@portal_required
def request_solve(request: PortalRequest, number: str) -> HttpResponse:
    """The customer says that it is settled."""
    ticket = _found(request, number)
    return perform(
        request,
        lambda: actions.solve(ticket, by=ticket.customer),
        to=reverse("portal:request", args=[number]),
        said=_("Glad that it is settled."),
    )


@require_POST
@portal_required
def request_withdraw(request: PortalRequest, number: str) -> HttpResponse:
    """The customer does not want an answer any more."""
    ticket = _found(request, number)
    if not _may_withdraw(ticket):
        return redirect("portal:request", number)
    return perform(
        request,
        lambda: actions.close(ticket, by=ticket.customer),
        to=reverse("portal:request", args=[number]),
        said=_("Your request is withdrawn."),
    )


@require_safe
@never_cache
def request_link(request: PortalRequest, token: str) -> HttpResponse:
    """The link in a mail: opens its ticket to whoever holds it, for a while."""
    ticket = ticket_of_link(token)
    if ticket is None:
        return render(request, "tickets/portal/link_expired.html", status=410)
    _let_in(request, ticket)
    return redirect("portal:request", ticket.number)


@never_cache
@require_http_methods(["GET", "POST"])
def news_link(request: PortalRequest, token: str) -> HttpResponse:
    """What its customer is told, for whoever holds a mailed link; it opens nothing else."""
    ticket = ticket_of_link(token)
    if ticket is None:
        return render(request, "tickets/portal/link_expired.html", status=410)
    return news_page(request, ticket.customer, here=reverse("portal:news-link", args=[token]))


def _after(request: HttpRequest, ticket: Ticket, message: Message) -> str:
    """Where to go on after writing: the page of the ticket, or of the follow-up that it opened.

    A message to a merged ticket arrives where that goes on; this alone does not open that to a visitor.
    """
    follow_up = message.ticket.follow_up_of_id
    seen = tickets_of(doors.portal_of(request)).filter(pk=follow_up) if follow_up else None
    if seen is not None and seen.exists():
        return _address(request, message.ticket)
    return reverse("portal:request", args=[ticket.number])


def _let_in(request: HttpRequest, ticket: Ticket) -> None:
    portal = doors.portal_of(request)
    if not tickets_of(portal).filter(pk=ticket.pk).exists():
        doors.admit_to_ticket(request, ticket.pk)


def _address(request: HttpRequest, ticket: Ticket) -> str:
    """The page of a ticket this visitor has just written; a new one is opened to them."""
    _let_in(request, ticket)
    return reverse("portal:request", args=[ticket.number])


# --- a question --------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def contact(request: PortalRequest) -> HttpResponse:
    """Ask something, with an order or without one, known to us or not."""
    order = _order(request)
    asker = request.portal.customer or (order.customer if order else None)
    if request.method == "GET":
        proposed = {
            "key": uuid4().hex,
            "order_number": order.number if order else "",
            "subject": request.GET.get("subject", ""),
        }
        return _contact_page(request, ContactForm(is_known=asker is not None, initial=proposed), order)
    form = ContactForm(request.POST, request.FILES, is_known=asker is not None)
    return perform(
        request,
        lambda: _ask(request, form, asker, order),
        to=lambda ticket: _address(request, ticket),
        said=_("Your message has reached us."),
        form=form,
        page=lambda status: _contact_page(request, form, order, status=status),
    )


def _contact_page(
    request: PortalRequest, form: ContactForm, order: Order | None, *, status: int = 200
) -> HttpResponse:
    return render(request, "tickets/portal/contact.html", {"form": form, "order": order}, status=status)


def _order(request: PortalRequest) -> Order | None:
    """The order the address names, if the visitor may see it."""
    named = request.GET.get("order", "")
    if not named:
        return None
    orders = orders_of(request.portal).filter(Q(number=named) | Q(reference=named))
    return orders.select_related("customer").first()


def _ask(request: PortalRequest, form: ContactForm, asker: Customer | None, order: Order | None) -> Ticket:
    limits.spend(QUESTIONS, limits.client_address(request))
    asked, language = form.cleaned_data, get_language() or "en"
    with transaction.atomic():
        customer = asker or get_or_create_customer(
            email=asked["email"], name=asked["name"], language=language, by=SYSTEM
        )
    files = form.keep_files(request.session, by=customer)
    ticket, _new = actions.open_ticket(
        customer=customer,
        subject=asked["subject"],
        body=asked["body"],
        channel=Channel.PORTAL,
        by=customer,
        order=order,
        order_number="" if order else asked["order_number"],
        language=request.portal.language,
        external_id=form.external_id,
        attachments=files,
        proven=asker is not None,
    )
    return ticket
