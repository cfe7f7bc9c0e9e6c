"""The verbs of a ticket's page. Each does one action and goes back to the page."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from core.errors import Refused
from core.views.panels import panel
from core.views.verbs import perform
from customers.access import customers_for
from customers.actions import get_or_create_customer
from customers.models import Customer
from tickets import actions
from tickets.access import may_assign
from tickets.actions import drafts, holding
from tickets.forms import AssignForm, HandOverForm, NewTicketForm, NoteForm, PriorityForm, ReplyForm, TypeForm
from tickets.macros import using
from tickets.models import HeldReply, Message, Ticket
from tickets.states import Channel, DraftKind
from tickets.views.console.ticket import found, page


@require_POST
@staff_required(Right.WORK_TICKETS)
def reply(request: StaffRequest, number: str) -> HttpResponse:
    """Answer the customer, and with the same click wait for them or solve the ticket."""
    row, form = found(request, number), ReplyForm(request.POST, request.FILES)
    undoable = bool(settings.UNDO_SEND_SECONDS and request.POST.get("key"))
    return perform(
        request,
        lambda: _hold(request, row, form) if undoable else _send(request, row, form),
        to=_address(request, row),
        said="" if undoable else _("Your reply is on its way."),
        form=form,
        page=lambda status: page(request, found(request, number), reply_form=form, status=status),
    )


def _hold(request: StaffRequest, row: Ticket, form: ReplyForm) -> HeldReply:
    sent = form.cleaned_data
    macros, steps = form.chosen
    return holding.hold(
        row,
        body=sent["body"],
        by=request.user,
        key=sent["key"],
        version=sent["version"],
        macros=macros,
        steps=steps,
        then=sent["then"],
        attachments=form.keep_files(request.session, by=request.user),
    )


def _send(request: StaffRequest, row: Ticket, form: ReplyForm) -> Message:
    sent = form.cleaned_data
    files = form.keep_files(request.session, by=request.user)
    codes, keys = form.chosen
    with transaction.atomic():
        message = using.reply_with(
            row,
            using.pick(codes, keys, by=request.user),
            body=sent["body"],
            by=request.user,
            version=sent["version"],
            attachments=files,
            external_id=form.external_id,
        )
        drafts.drop_draft(row, kind=DraftKind.REPLY, by=request.user)
        if sent["then"] == "wait":
            actions.wait(row, by=request.user)
        elif sent["then"] == "solve":
            actions.solve(row, by=request.user, told_in=message)
    return message


@require_POST
@staff_required(Right.WORK_TICKETS)
def note(request: StaffRequest, number: str) -> HttpResponse:
    """Leave a note for colleagues."""
    row, form = found(request, number), NoteForm(request.POST, request.FILES)

    def act() -> Message:
        files = form.keep_files(request.session, by=request.user)
        with transaction.atomic():
            note = actions.add_note(
                row,
                body=form.cleaned_data["body"],
                by=request.user,
                version=form.cleaned_data["version"],
                attachments=files,
                external_id=form.external_id,
            )
            drafts.drop_draft(row, kind=DraftKind.NOTE, by=request.user)
            return note

    return perform(
        request,
        act,
        to=_address(request, row),
        said=_("Noted, for us only."),
        form=form,
        page=lambda status: page(request, found(request, number), note_form=form, status=status),
    )


@require_POST
@staff_required(Right.READ_TICKETS)
def assign(request: StaffRequest, number: str) -> HttpResponse:
    """Take the ticket, hand it over, or take it from everybody."""
    row, form = found(request, number), AssignForm(request.POST)

    def act() -> Ticket:
        to = form.cleaned_data["assignee"]
        if not may_assign(request.user, row, to):
            raise PermissionDenied
        return actions.assign(row, to=to, by=request.user, team=form.cleaned_data["team"])

    return perform(request, act, to=_address(request, row), said=_assigned, form=form)


@require_POST
@staff_required(Right.WORK_TICKETS)
def claim(request: StaffRequest, number: str) -> HttpResponse:
    """Take a ticket that nobody looks after."""
    return _simple(
        request,
        number,
        lambda row: actions.claim(row, by=request.user),
        said=_("%(number)s is yours.") % {"number": number},
    )


@require_http_methods(["GET", "POST"])
@staff_required(Right.WORK_TICKETS)
def hand_over(request: StaffRequest, number: str) -> HttpResponse:
    """Give it to a colleague or a team, with a note."""
    row = found(request, number)
    form = HandOverForm(request.POST if request.method == "POST" else None)

    def act() -> Ticket:
        to = form.cleaned_data["to"]
        if not may_assign(request.user, row, to):
            raise Refused("ticket.not_yours", number=row.number)
        return actions.hand_over(row, **form.cleaned_data, by=request.user)

    def again(status: int = 200) -> HttpResponse:
        title = _("Hand over %(number)s") % {"number": row.number}
        context = {"form": form, "ticket": row, "query": request.GET.urlencode()}
        return panel(request, "tickets/console/_hand_over.html", context, title=title, status=status)

    if request.method == "GET":
        return again()
    return perform(request, act, to=_address(request, row), said=_("Handed over."), form=form, page=again)


def _assigned(row: Ticket) -> str:
    if row.assignee is None:
        return _("Nobody looks after the ticket now.")
    return _("%(name)s looks after the ticket now.") % {"name": row.assignee.display_name}


@require_POST
@staff_required(Right.READ_TICKETS)
def follow(request: StaffRequest, number: str) -> HttpResponse:
    """Hear of what happens on the ticket."""
    row = found(request, number)
    said = _("You are told of what happens here.")
    return perform(
        request,
        lambda: actions.follow(row, member=request.user, by=request.user),
        to=_address(request, row),
        said=said,
    )


@require_POST
@staff_required(Right.READ_TICKETS)
def unfollow(request: StaffRequest, number: str) -> HttpResponse:
    """Hear of it no longer."""
    row = found(request, number)
    said = _("You are told no longer of what happens here.")
    return perform(
        request,
        lambda: actions.unfollow(row, member=request.user, by=request.user),
        to=_address(request, row),
        said=said,
    )


@require_POST
@staff_required(Right.WORK_TICKETS)
def set_priority(request: StaffRequest, number: str) -> HttpResponse:
    """Make it more or less urgent."""
    form = PriorityForm(request.POST)
    return _simple(
        request,
        number,
        lambda row: actions.set_priority(row, priority=form.cleaned_data["priority"], by=request.user),
        said=_("The priority is set."),
        form=form,
    )


@require_POST
@staff_required(Right.WORK_TICKETS)
def set_type(request: StaffRequest, number: str) -> HttpResponse:
    """Class it as another kind of concern."""
    form = TypeForm(request.POST)
    return _simple(
        request,
        number,
        lambda row: actions.set_type(row, type=form.cleaned_data["type"], by=request.user),
        said=_("The type is set."),
        form=form,
    )


@require_POST
@staff_required(Right.WORK_TICKETS)
def wait(request: StaffRequest, number: str) -> HttpResponse:
    """Wait for the customer, or with `third_party` for somebody else."""
    third_party = bool(request.POST.get("third_party"))
    return _simple(
        request,
        number,
        lambda row: actions.wait(row, by=request.user, third_party=third_party),
        said=_("The ticket waits; its resolution clock stands still."),
    )


@require_POST
@staff_required(Right.WORK_TICKETS)
def resume(request: StaffRequest, number: str) -> HttpResponse:
    """Go on with a waiting ticket."""
    return _simple(
        request,
        number,
        lambda row: actions.resume(row, by=request.user),
        said=_("The ticket is open; its clocks run."),
    )


@require_POST
@staff_required(Right.WORK_TICKETS)
def solve(request: StaffRequest, number: str) -> HttpResponse:
    """Solve it, as far as the reader has seen what the customer wrote."""
    given = request.POST.get("seen", "")
    seen = int(given) if given.isdecimal() else None
    return _simple(
        request,
        number,
        lambda row: actions.solve(row, by=request.user, seen=seen),
        said=_("The ticket is solved."),
    )


@require_POST
@staff_required(Right.WORK_TICKETS)
def reopen(request: StaffRequest, number: str) -> HttpResponse:
    """Take a solved ticket up again."""
    return _simple(
        request, number, lambda row: actions.reopen(row, by=request.user), said=_("The ticket is open again.")
    )


@require_POST
@staff_required(Right.WORK_TICKETS)
def close(request: StaffRequest, number: str) -> HttpResponse:
    """End it for good."""
    return _simple(
        request, number, lambda row: actions.close(row, by=request.user), said=_("The ticket is closed.")
    )


def _simple(
    request: StaffRequest, number: str, act: Callable[[Ticket], Ticket], *, said: str, form: Any = None
) -> HttpResponse:
    row = found(request, number)
    return perform(request, lambda: act(row), to=_address(request, row), said=said, form=form)


def _address(request: StaffRequest, row: Ticket) -> str:
    """The ticket's page, beside the queue one came from."""
    query = request.GET.urlencode()
    return reverse("console:ticket", args=[row.number]) + (f"?{query}" if query else "") + "#newest"


# --- a ticket opened by staff ------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@staff_required(Right.WORK_TICKETS)
def ticket_new(request: StaffRequest) -> HttpResponse:
    """Log a call, or open a ticket for a customer."""
    if request.method == "GET":
        return _new_page(request, NewTicketForm(initial=_proposed(request)))
    form = NewTicketForm(request.POST, request.FILES)
    return perform(
        request,
        lambda: _open(request, form),
        to=lambda row: reverse("console:ticket", args=[row.number]),
        said=lambda row: _("%(number)s is open.") % {"number": row.number},
        form=form,
        page=lambda status: _new_page(request, form, status=status),
    )


def _proposed(request: StaffRequest) -> dict[str, Any]:
    """What the address says already: a customer and an order."""
    proposed: dict[str, Any] = {
        "channel": Channel.PHONE,
        "language": get_language(),
        "order_number": request.GET.get("order", ""),
        "mine": True,
    }
    if (row := _customer(request, request.GET.get("customer", ""))) is not None:
        proposed |= {"customer": row.number, "language": row.language}
    return proposed


def _new_page(request: StaffRequest, form: NewTicketForm, *, status: int = 200) -> HttpResponse:
    customer = _customer(request, str(form["customer"].value() or ""))
    context = {"form": form, "customer": customer}
    return render(request, "tickets/console/new.html", context, status=status)


def _customer(request: StaffRequest, number: str) -> Customer | None:
    return customers_for(request.user).filter(number=number).first() if number else None


def _open(request: StaffRequest, form: NewTicketForm) -> Ticket:
    told = form.cleaned_data
    files = form.keep_files(request.session, by=request.user)
    with transaction.atomic():
        row, _new = actions.open_ticket(
            customer=_caller(request, told),
            subject=told["subject"],
            body=told["body"],
            channel=told["channel"],
            type=told["type"],
            priority=told["priority"],
            order_number=told["order_number"],
            attachments=files,
            by=request.user,
        )
        return actions.assign(row, to=request.user, by=request.user) if told["mine"] else row


def _caller(request: StaffRequest, told: dict[str, Any]) -> Customer:
    if told["customer"]:
        return get_object_or_404(customers_for(request.user), number=told["customer"])
    return get_or_create_customer(
        email=told["email"],
        phone=told["phone"],
        name=told["name"],
        language=told["language"] or get_language() or "en",
        by=request.user,
    )
