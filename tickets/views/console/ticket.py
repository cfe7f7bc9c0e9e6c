"""One ticket on one page: what was said and done, what is promised, who it is about."""

from typing import Any, TypeVar
from uuid import uuid4

from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from core import bilingual, clock, translators
from core.files import draft_files, open_draft
from core.views.panels import panel
from customers.access import customers_for
from customers.rules import normal_language
from orders.access import orders_for
from tickets import clocks, conversation, menus, promised, queries
from tickets.access import may_assign, tickets_for
from tickets.forms import NoteForm, ReplyForm
from tickets.macros import choosing
from tickets.models import Clock, Draft, Follow, Ticket
from tickets.states import FOLLOWS, DraftKind, Priority, TicketStatus, TicketType

UNCHANGED = 204
CUSTOMER_TICKETS = 8


def found(request: StaffRequest, number: str) -> Ticket:
    """The ticket of an address, as far as the reader may see it."""
    tickets = tickets_for(request.user).select_related("customer__tier", "order", "assignee", "team")
    mine = Follow.objects.filter(ticket=OuterRef("pk"), member=request.user)
    tickets = tickets.prefetch_related("customer__contact_points").annotate(is_followed=Exists(mine))
    return get_object_or_404(tickets, number=number)


@require_safe
@staff_required(Right.READ_TICKETS)
def ticket(request: StaffRequest, number: str) -> HttpResponse:
    """The ticket with its conversation and the composer."""
    return page(request, found(request, number))


def page(
    request: StaffRequest,
    row: Ticket,
    *,
    reply_form: ReplyForm | None = None,
    note_form: NoteForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a ticket; with a form that was refused as it was typed, and what came in between."""
    told = conversation.of(row, everything="all" in request.GET)
    between = _between(row, reply_form or note_form)
    drafts = {draft.kind: draft for draft in row.drafts.filter(user=request.user)}
    reply_form = reply_form or _resumed(request, ReplyForm, drafts.get(DraftKind.REPLY))
    context = {
        **header(request, row),
        **translations(told),
        "conversation": told,
        "between": between if between and between.entries else None,
        "reply_form": reply_form,
        "chosen_macros": choosing.chosen(*reply_form.chosen, request.user),
        "note_form": note_form or _resumed(request, NoteForm, drafts.get(DraftKind.NOTE)),
        "writes_note": note_form is not None or (DraftKind.NOTE in drafts and DraftKind.REPLY not in drafts),
        "drafts": drafts,
        "strays": queries.strays(row, request.user) if told.is_joined else (),
        "contact_points": row.customer.contact_points.all(),
        "others": queries.others_of(row, row.customer),
        "follow_ups": Ticket.objects.filter(follow_up_of=row).in_mentions(),
        **choices(request),
        "query": request.GET.urlencode(),
        "articles_about": f"{row.subject} {row.last_message_preview}"[:200],
    }
    return render(request, "tickets/console/ticket.html", context, status=status)


def _between(row: Ticket, form: ReplyForm | NoteForm | None) -> conversation.Conversation | None:
    """What came while a form was written that is shown again."""
    if form is None or not form.is_bound or not form.cleaned_data.get("seen"):
        return None
    return conversation.since(row, form.cleaned_data["seen"])


def translations(told: conversation.Conversation) -> dict[str, Any]:
    """What messages say in the reader's language; nothing where no service is connected."""
    if not translators.is_connected():
        return {}
    language = normal_language(get_language() or "")
    return {"translates": True, "translations": queries.translations_of(told.messages, language)}


AnyForm = TypeVar("AnyForm", ReplyForm, NoteForm)


def _resumed(request: StaffRequest, form: type[AnyForm], draft: Draft | None) -> AnyForm:
    """A form as its writer left it, on whichever device; an empty one without a draft."""
    if draft is None:
        return form(initial={"key": uuid4().hex})
    told = {"body": draft.body, "key": draft.key, "macros": draft.macros, "steps": draft.steps}
    resumed = form(initial={**told, "draft": f"draft:{draft.files}" if draft.files else ""})
    if draft.files:
        subject = open_draft(request.session, draft.files)
        resumed.kept = list(draft_files(request.session, subject))
    return resumed


def choices(request: StaffRequest) -> dict[str, Any]:
    """What the settings of a ticket offer, and who can be mentioned."""
    people = menus.people()
    return {
        "people": people,
        "mentionable": [(name, "") for pk, name in people if pk != request.user.pk],
        "teams": [(pk, name) for pk, _code, name in menus.teams()],
        "types": TicketType.choices,
        "priorities": Priority.choices,
    }


def header(request: StaffRequest, row: Ticket) -> dict[str, Any]:
    """What the head of the page shows: status, deadlines and the verbs that are allowed now."""
    follow = FOLLOWS[row.status]
    return {
        "ticket": row,
        "clocks": clocks.shown(row),
        "may_work": request.user.may(Right.WORK_TICKETS),
        "held_replies": row.held_replies.held().prefetch_related("author"),
        "may_solve": TicketStatus.SOLVED in follow,
        "may_wait": TicketStatus.PENDING_CUSTOMER in follow or row.status == TicketStatus.PENDING_CUSTOMER,
        "may_close": TicketStatus.CLOSED in follow,
        "may_reopen": row.status == TicketStatus.SOLVED,
        "is_closed": row.status == TicketStatus.CLOSED,
        "may_hand_over": may_assign(request.user, row, None),
        "is_mine": row.assignee_id == request.user.pk,
        "now": clock.now(),
    }


def _of_one_moment(request: StaffRequest, number: str, seen: int) -> tuple[Ticket, conversation.Conversation]:
    """The ticket with what came in after an event.

    A message that is stored between the two reads would be shown beside the version before it, and an answer
    that was written knowing it be refused as stale; so the ticket must not have changed meanwhile.
    """
    row = found(request, number)
    told = conversation.since(row, seen)
    if Ticket.objects.filter(pk=row.pk, version=row.version).exists():
        return row, told
    return _of_one_moment(request, number, seen)


@require_safe
@staff_required(Right.READ_TICKETS)
def ticket_news(request: StaffRequest, number: str) -> HttpResponse:
    """What came in after the event the page has seen; nothing when nothing did."""
    asked = request.GET.get("seen", "")
    seen = int(asked) if asked.isdecimal() else 0
    row, told = _of_one_moment(request, number, seen)
    if told.seen == seen:
        return HttpResponse(status=UNCHANGED)
    query = request.GET.copy()
    query.pop("seen", None)
    context = {
        **header(request, row),
        **translations(told),
        **choices(request),
        "conversation": told,
        "query": query.urlencode(),
    }
    return render(request, "tickets/console/_news.html", context)


@require_safe
@staff_required(Right.READ_TICKETS)
def ticket_clock(request: StaffRequest, number: str, kind: str, cycle: int, turn: int) -> HttpResponse:
    """How a deadline came about: policy and calendar, the hours that counted, the pauses, the ladder."""
    row = found(request, number)
    known = Clock.objects.select_related("calendar__calendar", "policy_version__policy", "external")
    counted = get_object_or_404(known, ticket=row, kind=kind, cycle=cycle, turn=turn)
    context = {
        "ticket": row,
        "clock": counted,
        "explanation": clocks.explain(counted),
        "events": counted.events.all(),
        "timetable": promised.timetable(counted),
        "consequence": bilingual.pick(counted.external, "consequence") if counted.external else "",
        "now": clock.now(),
    }
    title = _("%(clock)s of %(number)s") % {"clock": counted.name, "number": row.number}
    return panel(request, "tickets/console/_clock.html", context, title=title)


@require_safe
@staff_required(Right.READ_TICKETS, Right.READ_CUSTOMERS)
def order_tickets(request: StaffRequest, reference: str) -> HttpResponse:
    """The tickets about an order, for the order's page."""
    order = get_object_or_404(orders_for(request.user).select_related("customer"), reference=reference)
    latest = tickets_for(request.user).filter(order=order).order_by("-pk")
    context = {
        "customer": order.customer,
        "order": order,
        "tickets": latest[:CUSTOMER_TICKETS],
        "now": clock.now(),
    }
    return panel(request, "tickets/console/_of_customer.html", context, title=_("Tickets"))


@require_safe
@staff_required(Right.READ_TICKETS, Right.READ_CUSTOMERS)
def customer_tickets(request: StaffRequest, number: str) -> HttpResponse:
    """The latest tickets of a customer, for the customer's page."""
    customer = get_object_or_404(customers_for(request.user), number=number)
    latest = tickets_for(request.user).filter(customer=customer).order_by("-pk")
    context = {"customer": customer, "tickets": latest[:CUSTOMER_TICKETS], "now": clock.now()}
    return panel(request, "tickets/console/_of_customer.html", context, title=_("Tickets"))
