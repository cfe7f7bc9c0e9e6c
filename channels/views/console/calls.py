"""Calls: the list, who is calling, a call written down."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from channels.access import calls_for
from channels.actions import calling
from channels.connection_states import CallState
from channels.forms.calls import CallForm
from channels.models import PhoneCall
from core import clock
from core.paging import Keyset
from core.views.panels import panel
from core.views.verbs import perform
from customers.access import customers_for
from customers.models import Customer
from customers.queries import reached_by
from orders.access import orders_for
from tickets.access import tickets_for
from tickets.models import Ticket
from tickets.queries import possible_numbers
from tickets.states import UNSOLVED

NEWEST_FIRST = Keyset(("-started_at", "-pk"), size=40)
SHOWN = 5
LONGEST_CALL = timedelta(hours=2)
"""What has not ended after so long is no call any more: the telephone system forgot to say so."""


@require_safe
@staff_required(Right.READ_TICKETS)
def calls(request: StaffRequest) -> HttpResponse:
    """Those going on, then all, newest first; `?q=` is a number, `?show=open` what nobody wrote down."""
    rows = calls_for(request.user).select_related("customer", "ticket", "agent")
    q, show = request.GET.get("q", "").strip(), request.GET.get("show", "")
    listed = _matching(rows, q) if q else rows
    if show == "open":
        listed = listed.filter(logged_at=None)
    now = clock.now()
    going_on = rows.exclude(state=CallState.ENDED).filter(logged_at=None, started_at__gte=now - LONGEST_CALL)
    context = {
        "live": going_on.order_by("-started_at")[:SHOWN],
        "page": NEWEST_FIRST.page(listed, request.GET),
        "q": q,
        "show": show,
        "now": now,
        "may_work": request.user.may(Right.WORK_TICKETS),
    }
    return render(request, "channels/console/calls.html", context)


def _matching(rows: QuerySet[PhoneCall], q: str) -> QuerySet[PhoneCall]:
    """Calls with a number, however it is written."""
    return rows.filter(number__in={q, calling.normal_number(q)})


@require_safe
@staff_required(Right.READ_TICKETS, Right.READ_CUSTOMERS)
def call_who(request: StaffRequest) -> HttpResponse:
    """Who has a number: for the form, while it is typed."""
    context = _known(request, request.GET.get("number", ""), request.GET.get("customer", ""))
    return panel(request, "channels/console/_who.html", context, title=_("Who is it?"))


def _known(request: StaffRequest, number: str, customer_number: str = "") -> dict[str, Any]:
    """The person, their open tickets and latest orders."""
    number, people = number.strip(), customers_for(request.user).select_related("tier")
    row: Customer | None = people.filter(number=customer_number).first() if customer_number else None
    if row is None and number:
        row = people.filter(contact_points__in=reached_by(number)).first()
    return {
        "number": calling.normal_number(number),
        "asked": bool(number or customer_number),
        "customer": row,
        "tickets": tickets_for(request.user).filter(customer=row).order_by("-pk")[:SHOWN] if row else [],
        "orders": orders_for(request.user).filter(customer=row).order_by("-placed_at")[:SHOWN] if row else [],
        "calls": calls_for(request.user).filter(customer=row).order_by("-pk")[:SHOWN] if row else [],
        "now": clock.now(),
    }


@require_http_methods(["GET", "POST"])
@staff_required(Right.WORK_TICKETS)
def call_new(request: StaffRequest) -> HttpResponse:
    """Write a call down; with "lookup" only look who it is."""
    if request.method == "GET":
        return _page(request, CallForm(initial=_proposed(request)))
    form = CallForm(request.POST)
    if "lookup" in request.POST:
        return _page(request, CallForm(initial=request.POST.dict()))
    return perform(
        request,
        lambda: _log(request, form),
        to=_onward,
        said=_("The call is written down."),
        form=form,
        page=lambda status: _page(request, form, status=status),
    )


def _onward(row: PhoneCall) -> str:
    if row.ticket is None:
        return reverse("console:calls")
    return reverse("console:ticket", args=[row.ticket.number]) + "#newest"


def _proposed(request: StaffRequest) -> dict[str, Any]:
    """What the address says already: a customer, a ticket, a number, or a call that was told of."""
    told: dict[str, Any] = {"key": uuid4().hex, "number": request.GET.get("number", "")}
    if (ticket := _ticket(request, request.GET.get("ticket", ""))) is not None:
        told |= {"ticket": ticket.number, "target": "known", "customer": ticket.customer.number}
        told["number"] = told["number"] or ticket.customer.phone
    if (row := _customer(request, request.GET.get("customer", ""))) is not None:
        told |= {"customer": row.number, "number": told["number"] or row.phone}
        if (
            latest := tickets_for(request.user)
            .filter(customer=row, status__in=UNSOLVED)
            .order_by("-pk")
            .first()
        ):
            told.setdefault("ticket", latest.number)
    if (call := _call(request, request.GET.get("call", ""))) is not None:
        minutes = max(0, int((clock.now() - call.started_at).total_seconds()) // 60)
        told |= {"call": call.pk, "number": call.number, "direction": call.direction, "minutes_ago": minutes}
        told |= {"length": f"{call.seconds // 60}:{call.seconds % 60:02}" if call.seconds else ""}
        told |= {"outcome": call.outcome} if call.outcome else {}
    return told


def _page(request: StaffRequest, form: CallForm, *, status: int = 200) -> HttpResponse:
    number, customer = str(form["number"].value() or ""), str(form["customer"].value() or "")
    context = {"form": form, **_known(request, number, customer)}
    return render(request, "channels/console/call_new.html", context, status=status)


def _ticket(request: StaffRequest, text: str) -> Ticket | None:
    numbers = possible_numbers(text)
    return tickets_for(request.user).select_related("customer").filter(number__in=numbers).first()


def _customer(request: StaffRequest, number: str) -> Customer | None:
    return customers_for(request.user).filter(number=number).first() if number else None


def _call(request: StaffRequest, pk: str) -> PhoneCall | None:
    return calls_for(request.user).filter(pk=int(pk)).first() if pk.isdecimal() else None


def _log(request: StaffRequest, form: CallForm) -> PhoneCall:
    told = form.cleaned_data
    known = told["target"] == "known"
    ticket = _ticket(request, told["ticket"]) if known else None
    if known and ticket is None:
        get_object_or_404(Ticket, number=told["ticket"])
    return calling.log_call(
        by=request.user,
        number=told["number"],
        direction=told["direction"],
        outcome=told["outcome"],
        summary=told["summary"],
        started_at=form.started_at,
        seconds=told["length"],
        customer=_customer(request, told["customer"]),
        name=told["name"],
        language=request.user.language,
        ticket=ticket,
        subject=told["subject"] if told["target"] == "new" else "",
        concern=told["concern"],
        order_number=told["order_number"],
        type=told["type"],
        call=_call(request, str(told["call"] or "")),
        key=told["key"],
    )
