"""The inbox: queues with their counts, the tickets of one of them, search, and verbs for many at once."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.access import StaffRequest, staff_required
from accounts.models import Language
from accounts.rights import Right
from core import clock, words
from core.errors import Refused
from core.paging import Page
from core.views.panels import panel
from core.views.verbs import onward, perform
from tickets import actions, bulk, menus, queries, queues
from tickets.access import tickets_for
from tickets.actions.views import may_edit_view
from tickets.filters import InboxFilter
from tickets.forms import BulkAssignForm, BulkForm, BulkMacroForm, BulkPriorityForm, BulkTypeForm
from tickets.listing import Listing, listing, view_named
from tickets.models import Ticket
from tickets.rows import TicketRow
from tickets.states import Channel, Priority, TicketType

UNCHANGED = 204
BULK_VERBS = {
    "assign": pgettext_lazy("work on many", "Assign"),
    "solve": pgettext_lazy("work on many", "Solve"),
    "priority": pgettext_lazy("work on many", "Set the priority"),
    "type": pgettext_lazy("work on many", "Set the type"),
    "macro": pgettext_lazy("work on many", "Use a macro"),
}
BESIDE = 25
"""So many rows stand beside a ticket."""


@dataclass(frozen=True)
class Choice:
    """One filter. Drawn by our own template: a form's widget would take longer than the whole list."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    chosen: str


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
    asked = listing(request.user, request.GET)
    page = asked.page({}, BESIDE)
    context = {
        "page": page,
        "listing": asked,
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
    return _each(request, form, "assign", lambda said: {"assignee": said["assignee"] and said["assignee"].pk})


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
    return _each(request, BulkForm(request.POST), "solve", lambda said: {})


@require_POST
@staff_required(Right.WORK_TICKETS)
def inbox_priority(request: StaffRequest) -> HttpResponse:
    """Make the ticked tickets more or less urgent."""
    return _each(
        request, BulkPriorityForm(request.POST), "priority", lambda said: {"priority": said["priority"]}
    )


@require_POST
@staff_required(Right.WORK_TICKETS)
def inbox_type(request: StaffRequest) -> HttpResponse:
    """Class the ticked tickets."""
    return _each(request, BulkTypeForm(request.POST), "type", lambda said: {"type": said["type"]})


@require_POST
@staff_required(Right.WORK_TICKETS)
def inbox_macro(request: StaffRequest) -> HttpResponse:
    """Use a macro on the ticked tickets; those on which its text would have a gap are named instead."""
    return _each(request, BulkMacroForm(request.POST), "macro", lambda said: {"macro": said["macro"]})


def _each(
    request: StaffRequest, form: BulkForm, verb: str, facts: Callable[[dict[str, Any]], dict[str, Any]]
) -> HttpResponse:
    """Do a verb to every ticked ticket, or let a worker do it to all that match."""
    back = f"{reverse('console:inbox')}?{request.GET.urlencode()}"
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        return onward(request, back)
    said = facts(form.cleaned_data)
    if form.cleaned_data["everything"]:
        return perform(
            request,
            lambda: bulk.begin(verb, said, _query(request), by=request.user),
            to=lambda run: reverse("console:bulk-run", args=[run.pk]),
        )
    ticked = tickets_for(request.user).filter(number__in=form.cleaned_data["tickets"])
    done, refused = bulk.each(ticked, verb, said, by=request.user)
    for one in refused:
        messages.error(request, words.refusal(one.refused))
    if done:
        messages.success(request, ngettext("%s ticket done.", "%s tickets done.", done) % done)
    return onward(request, back)


@require_safe
@staff_required(Right.WORK_TICKETS)
def bulk_run(request: StaffRequest, pk: int) -> HttpResponse:
    """How far work on many tickets has come, and what was refused and why."""
    run = get_object_or_404(request.user.bulk_runs, pk=pk)
    refused = [(one["number"], words.refusal(Refused(one["code"], **one["facts"]))) for one in run.refused]
    context = {"run": run, "refused": refused, "verb": BULK_VERBS[run.verb]}
    return panel(request, "tickets/console/_run.html", context, title=_("Work on many tickets"))


# --- what the address asks for -----------------------------------------------------------------------


def _exactly(request: StaffRequest) -> str | None:
    numbers = queries.possible_numbers(request.GET.get("q", ""))
    found = tickets_for(request.user).filter(number__in=numbers) if numbers else Ticket.objects.none()
    return found.values_list("number", flat=True).first() if numbers else None


def _context(request: StaffRequest) -> dict[str, Any]:
    asked, now = listing(request.user, request.GET), clock.now()
    page = asked.page(request.GET)
    counts = queues.counts(request.user, now)
    people = menus.people()
    return {
        "listing": asked,
        "page": page,
        "queues": tuple((queue, counts[queue.code]) for queue in queues.QUEUES),
        "current_queue": "" if asked.searched else asked.queue.code,
        "counted": queues.COUNTED,
        "colleagues": tuple(one for one in people if one[0] != request.user.pk),
        "macros": menus.macros(request.user) if request.user.may(Right.WORK_TICKETS) else (),
        "choices": _choices(asked.filter, people),
        "may_work": request.user.may(Right.WORK_TICKETS),
        "priorities": _worded(Priority.choices),
        "types": _worded(TicketType.choices),
        "query": _query(request),
        "narrowed": _narrowed(request),
        "edited_view": _edited_view(request, asked),
        "asking_view": asked.view.pk if asked.view and asked.asks else None,
        "seen": _fingerprint(page, counts),
        "is_first_page": not request.GET.get("cursor"),
        "now": now,
    }


def _edited_view(request: StaffRequest, asked: Listing) -> int | None:
    """The saved view of the address, if the reader may change it; a search has one beside it."""
    view = asked.view or view_named(request.user, request.GET.get("view", ""))
    return view.pk if view and may_edit_view(request.user, view) else None


def _choices(narrowed: InboxFilter, people: Sequence[tuple[int, str]]) -> tuple[Choice, ...]:
    """What the filters offer, with what is chosen."""
    offered: dict[str, Iterable[tuple[object, object]]] = {
        "type": TicketType.choices,
        "priority": Priority.choices,
        "channel": Channel.choices,
        "team": ((code, name) for _pk, code, name in menus.teams()),
        "assignee": people,
        "language": Language.choices,
    }
    return tuple(
        Choice(
            name=name,
            label=str(narrowed.filters[name].label),
            options=_worded(options),
            chosen=str(narrowed.data.get(name, "")),
        )
        for name, options in offered.items()
    )


def _worded(options: Iterable[tuple[object, object]]) -> tuple[tuple[str, str], ...]:
    """Options with their labels in the reader's language."""
    return tuple((str(value), str(label)) for value, label in options)


def _query(request: StaffRequest) -> str:
    """The part of the address that says which list this is, to come back to it."""
    return _without(request, "cursor", "seen", "current")


def _narrowed(request: StaffRequest) -> str:
    """What the address of another queue goes on with: its filters are those of this one."""
    kept = _without(request, "cursor", "seen", "current", "queue", "q", "view")
    return f"&{kept}" if kept else ""


def _without(request: StaffRequest, *names: str) -> str:
    wanted = request.GET.copy()
    for name in names:
        wanted.pop(name, None)
    return wanted.urlencode()


def _fingerprint(page: Page[TicketRow], counts: dict[str, int]) -> str:
    """Changes when a row or a count does."""
    shown = [(ticket.pk, ticket.version) for ticket in page.rows]
    return sha256(f"{shown}{counts}".encode()).hexdigest()[:16]
