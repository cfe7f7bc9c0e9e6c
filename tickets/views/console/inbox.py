"""The inbox: queues with their counts, the tickets of one of them, search, and verbs for many at once."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import StaffRequest, staff_required
from accounts.models import Language, Team, User
from accounts.rights import Right
from core import clock, words
from core.errors import Refused
from core.paging import Keyset, Page
from core.views.verbs import onward, perform
from tickets import actions, queries, queues
from tickets.access import assignees, may_assign, tickets_for
from tickets.filters import InboxFilter
from tickets.forms import BulkAssignForm, BulkForm, BulkMacroForm
from tickets.macros import using
from tickets.macros.choosing import macros_for
from tickets.models import Macro, Ticket, TicketQuerySet
from tickets.states import Channel, Priority, TicketType

UNCHANGED = 204
SIDE = Keyset(queues.BY_URGENCY.order, size=25)


class Option(NamedTuple):
    """One value of a filter."""

    value: str
    label: str


@dataclass(frozen=True)
class Choice:
    """One filter. Drawn by our own template: a form's widget would take longer than the whole list."""

    name: str
    label: str
    options: Sequence[Option]
    chosen: str


@dataclass(frozen=True)
class Listing:
    """What the address asks for: a queue or a search, narrowed by filters."""

    queue: queues.Queue
    searched: str
    filter: InboxFilter
    rows: TicketQuerySet
    keyset: Keyset

    @property
    def is_filtered(self) -> bool:
        return any(self.filter.data.get(name) for name in self.filter.get_fields())


@require_safe
@staff_required(Right.READ_TICKETS)
def inbox(request: StaffRequest) -> HttpResponse:
    """One queue, or what a search finds; a ticket's number leads straight to it."""
    if (known := _exactly(request)) is not None:
        return redirect("console:ticket", known)
    return render(request, "tickets/console/inbox.html", _context(request))


@require_safe
@staff_required(Right.READ_TICKETS)
def inbox_rows(request: StaffRequest) -> HttpResponse:
    """The rows and counts again, for a page that stays open; nothing when nothing has changed."""
    context = _context(request)
    if request.GET.get("seen") == context["seen"]:
        return HttpResponse(status=UNCHANGED)
    return render(request, "tickets/console/_inbox_news.html", context)


@require_safe
@staff_required(Right.READ_TICKETS)
def inbox_side(request: StaffRequest) -> HttpResponse:
    """The queue as a narrow column beside a ticket."""
    listing = _listing(request)
    rows = listing.rows.select_related("customer", "assignee")
    order = listing.keyset.order
    page = Keyset(order, SIDE.size).page(rows, {})
    context = {
        "page": page,
        "listing": listing,
        "current": request.GET.get("current", ""),
        "query": _query(request),
        "now": clock.now(),
    }
    return render(request, "tickets/console/_side.html", context)


@require_POST
@staff_required(Right.WORK_TICKETS)
def inbox_assign(request: StaffRequest) -> HttpResponse:
    """Give the ticked tickets to somebody."""
    form = BulkAssignForm(request.POST)

    def assign(ticket: Ticket) -> Ticket:
        to = form.cleaned_data["assignee"]
        if not may_assign(request.user, ticket, to):
            raise Refused("ticket.not_yours", number=ticket.number)
        return actions.assign(ticket, to=to, by=request.user)

    return _each(request, form, assign)


@require_POST
@staff_required(Right.WORK_TICKETS)
def inbox_claim(request: StaffRequest, number: str) -> HttpResponse:
    """Take one ticket of the list and stay in the list."""
    row = get_object_or_404(tickets_for(request.user), number=number)
    query = request.GET.urlencode()
    return perform(
        request,
        lambda: actions.claim(row, by=request.user),
        to=reverse("console:inbox") + (f"?{query}" if query else ""),
        said=_("%(number)s is yours.") % {"number": number},
    )


@require_POST
@staff_required(Right.WORK_TICKETS)
def inbox_solve(request: StaffRequest) -> HttpResponse:
    """Solve the ticked tickets."""
    return _each(request, BulkForm(request.POST), lambda ticket: actions.solve(ticket, by=request.user))


@require_POST
@staff_required(Right.WORK_TICKETS)
def inbox_macro(request: StaffRequest) -> HttpResponse:
    """Use a macro on the ticked tickets; those on which its text would have a gap are named instead."""
    form = BulkMacroForm(request.POST)

    def use(ticket: Ticket) -> Ticket:
        usable = macros_for(request.user).filter(code=form.cleaned_data["macro"])
        if (macro := usable.first()) is None:
            raise Refused("macro.not_yours", macro=form.cleaned_data["macro"])
        using.apply(macro, ticket, by=request.user)
        return ticket

    return _each(request, form, use)


def _each(request: StaffRequest, form: BulkForm, act: Callable[[Ticket], Ticket]) -> HttpResponse:
    """Do a verb to every ticked ticket; those that refuse are named, the others are done."""
    back = f"{reverse('console:inbox')}?{request.GET.urlencode()}"
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        return onward(request, back)
    done = 0
    for ticket in tickets_for(request.user).filter(number__in=form.cleaned_data["tickets"]):
        try:
            act(ticket)
            done += 1
        except Refused as refused:
            messages.error(request, words.refusal(refused))
    if done:
        messages.success(request, ngettext("%s ticket done.", "%s tickets done.", done) % done)
    return onward(request, back)


# --- what the address asks for -----------------------------------------------------------------------


def _exactly(request: StaffRequest) -> str | None:
    numbers = queries.possible_numbers(request.GET.get("q", ""))
    found = tickets_for(request.user).filter(number__in=numbers) if numbers else Ticket.objects.none()
    return found.values_list("number", flat=True).first() if numbers else None


def _listing(request: StaffRequest) -> Listing:
    tickets = tickets_for(request.user)
    narrowed = InboxFilter(request.GET, queryset=tickets)
    rows: TicketQuerySet = narrowed.qs if narrowed.is_valid() else tickets
    searched = request.GET.get("q", "").strip()
    first = "mine" if request.user.may(Right.WORK_TICKETS) else "all"
    queue = queues.named(request.GET.get("queue", first))
    if searched:
        return Listing(queue, searched, narrowed, queries.matching(rows, searched), queues.LATEST)
    rows = queue.narrow(rows, request.user, clock.now())
    return Listing(queue, "", narrowed, rows, queue.keyset)


def _context(request: StaffRequest) -> dict[str, Any]:
    listing, now = _listing(request), clock.now()
    rows = listing.rows.select_related("customer__tier", "order", "assignee", "team")
    page = listing.keyset.page(rows, request.GET)
    counts = queues.counts(tickets_for(request.user), request.user, now)
    people = list(assignees())
    return {
        "listing": listing,
        "page": page,
        "queues": [(queue, counts[queue.code]) for queue in queues.QUEUES],
        "counted": queues.COUNTED,
        "assignees": people,
        "macros": _macros(request),
        "choices": _choices(listing.filter, people),
        "may_work": request.user.may(Right.WORK_TICKETS),
        "query": _query(request),
        "seen": _fingerprint(page, counts),
        "is_first_page": not request.GET.get("cursor"),
        "now": now,
    }


def _macros(request: StaffRequest) -> Iterable[Macro]:
    """What can be used on ticked tickets."""
    if not request.user.may(Right.WORK_TICKETS):
        return ()
    return macros_for(request.user).most_used_first().only("code", "name_en", "name_zh")


def _choices(narrowed: InboxFilter, people: Sequence[User]) -> list[Choice]:
    """What the filters offer, with what is chosen."""
    offered: list[tuple[str, Iterable[tuple[object, object]]]] = [
        ("type", TicketType.choices),
        ("priority", Priority.choices),
        ("channel", Channel.choices),
        ("team", [(team.code, team) for team in Team.objects.all()]),
        ("assignee", [(person.pk, person.display_name) for person in people]),
        ("language", Language.choices),
    ]
    return [
        Choice(
            name=name,
            label=str(narrowed.filters[name].label),
            options=[Option(str(value), str(label)) for value, label in options],
            chosen=str(narrowed.data.get(name, "")),
        )
        for name, options in offered
    ]


def _query(request: StaffRequest) -> str:
    """The part of the address that says which list this is, to come back to it."""
    wanted = request.GET.copy()
    for name in ("cursor", "seen", "current"):
        wanted.pop(name, None)
    return wanted.urlencode()


def _fingerprint(page: Page[Ticket], counts: dict[str, int]) -> str:
    """Changes when a row or a count does."""
    shown = [(ticket.pk, ticket.version) for ticket in page.rows]
    return sha256(f"{shown}{counts}".encode()).hexdigest()[:16]
