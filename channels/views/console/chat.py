"""Chats for staff: who waits, who is talked to, and the line to write beside a ticket's conversation."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from channels.actions import chat as sides
from channels.actions import chat_desk as actions
from channels.actions import chat_giving as giving
from channels.chat import board, hints
from channels.chat.access import chats_for
from channels.chat.desk import note_alive
from channels.chat.forms import AnswerForm, AvailableForm, GivingForm
from channels.models import ChatGiving, ChatSession
from core import clock, events
from core.errors import Refused
from core.views.panels import panel
from core.views.verbs import perform
from tickets.access import may_assign, tickets_for
from tickets.forms import HandOverForm
from tickets.macros import choosing
from tickets.models import Message
from tickets.states import TicketStatus

UNCHANGED = 204
HISTORY = 8


# --- the board ---------------------------------------------------------------------------------------


@require_safe
@staff_required(Right.READ_TICKETS)
def chats(request: StaffRequest) -> HttpResponse:
    """Who waits, who is talked to, and whether I take chats."""
    return render(request, "channels/chat/console/chats.html", _board(request))


@require_safe
@staff_required(Right.READ_TICKETS)
@never_cache
def chats_list(request: StaffRequest) -> HttpResponse:
    """The board again, for a page that stays open; nothing when nothing has changed."""
    context = _board(request)
    if request.GET.get("seen") == context["board"].fingerprint:
        return HttpResponse(status=UNCHANGED)
    return panel(request, "channels/chat/console/_board.html", context, title=_("Chats"))


def _board(request: StaffRequest) -> dict[str, Any]:
    now = clock.now()
    note_alive(request.user, now)
    return {
        "board": board.of(chats_for(request.user), request.user, now),
        "may_work": request.user.may(Right.WORK_TICKETS),
        "may_configure": request.user.may(Right.CONFIGURE),
        "now": now,
    }


@require_POST
@staff_required(Right.WORK_TICKETS)
def set_available(request: StaffRequest) -> HttpResponse:
    """Take chats from now on, or no more."""
    form = AvailableForm(request.POST)
    return perform(
        request,
        lambda: actions.set_available(request.user, **form.cleaned_data, by=request.user),
        to=reverse("console:chats"),
        said=lambda duty: _("You take chats now.") if duty.is_available else _("You take no more chats."),
        form=form,
    )


# --- one chat ----------------------------------------------------------------------------------------


def _found(request: StaffRequest, reference: UUID) -> ChatSession:
    rows = chats_for(request.user).select_related("ticket__customer", "agent")
    return get_object_or_404(rows, reference=reference)


@require_safe
@staff_required()
@never_cache
def chats_ring(request: StaffRequest) -> HttpResponse:
    """The chats that ring for me, on whatever page I am; asking is a sign of life of whoever takes chats."""
    now = clock.now()
    context = {
        "ringing": board.ringing_for(request.user, now),
        "listens": board.is_at_the_desk(request.user),
        "now": now,
    }
    note_alive(request.user, now)
    return render(request, "channels/chat/console/_ring.html", context)


@require_POST
@staff_required(Right.WORK_TICKETS)
def decline(request: StaffRequest, reference: UUID) -> HttpResponse:
    """Let a chat ring for somebody else."""
    session = _found(request, reference)
    return perform(request, lambda: giving.decline(session, by=request.user), to=reverse("console:chats"))


@require_http_methods(["GET", "POST"])
@staff_required(Right.CONFIGURE)
def chat_settings(request: StaffRequest) -> HttpResponse:
    """How chats find somebody."""
    known = ChatGiving.current()
    form = GivingForm(request.POST if request.method == "POST" else None, instance=known)

    def page(status: int = 200) -> HttpResponse:
        shown = {"form": form, "events": events.timeline(known).order_by("-pk")[:HISTORY]}
        return render(request, "channels/chat/console/settings.html", shown, status=status)

    if request.method == "GET":
        return page()
    return perform(
        request,
        lambda: giving.set_giving(**form.cleaned_data, by=request.user),
        to=reverse("console:chat-settings"),
        said=_("Saved."),
        form=form,
        page=page,
    )


def _page(session: ChatSession) -> str:
    return reverse("console:ticket", args=[session.ticket.number])


@require_safe
@staff_required(Right.READ_TICKETS)
@never_cache
def ticket_chat(request: StaffRequest, number: str) -> HttpResponse:
    """The chat of a ticket, beside its conversation: how it stands, and a line to write."""
    ticket = get_object_or_404(tickets_for(request.user), number=number)
    rows = chats_for(request.user).select_related("ticket__customer", "agent")
    session = rows.filter(ticket=ticket).order_by("-pk").first()
    if session is None:
        raise Http404
    form = AnswerForm(initial={"key": uuid4().hex})
    return panel(
        request, "channels/chat/console/_ticket_chat.html", _side(request, session, form), title=_("Chat")
    )


def _side(request: StaffRequest, session: ChatSession, form: AnswerForm) -> dict[str, Any]:
    now = clock.now()
    return {
        "chat": session,
        "ticket": session.ticket,
        "is_here": session.is_here(now),
        "is_typing": hints.is_typing(session, hints.CUSTOMER),
        "is_read": board.is_read(session),
        "is_mine": session.agent_id == request.user.pk,
        "may_work": request.user.may(Right.WORK_TICKETS) and session.ticket.status != TicketStatus.CLOSED,
        "others": board.others_of(chats_for(request.user), request.user, session),
        "form": form,
        "chosen_macros": choosing.chosen(*form.chosen, request.user)
        if form.is_bound and form.is_valid()
        else (),
        "now": now,
    }


@require_safe
@staff_required(Right.READ_TICKETS)
@never_cache
def state(request: StaffRequest, reference: UUID) -> HttpResponse:
    """How a chat stands, for a page that is open; who looks at their own chat has read it."""
    session = _found(request, reference)
    if session.agent_id == request.user.pk:
        note_alive(request.user, clock.now())
        newest = board.newest_of(session)
        if request.GET.get("visible") and newest > session.staff_read:
            session.staff_read = sides.read(session, upto=newest, by=request.user).staff_read
    context = _side(request, session, AnswerForm())
    return panel(request, "channels/chat/console/_state.html", context, title=_("Chat"))


@require_POST
@staff_required(Right.WORK_TICKETS)
def accept(request: StaffRequest, reference: UUID) -> HttpResponse:
    """Take a chat and open it."""
    session = _found(request, reference)
    to = _page(session) + "#chat-answer"
    return perform(request, lambda: actions.accept(session, by=request.user), to=to)


@require_POST
@staff_required(Right.WORK_TICKETS)
def answer(request: StaffRequest, reference: UUID) -> HttpResponse:
    """Say something to the customer."""
    session, form = _found(request, reference), AnswerForm(request.POST, request.FILES)

    def act() -> Message:
        said, (macros, steps) = form.cleaned_data, form.chosen
        files = form.keep_files(request.session, by=request.user)
        return actions.answer(
            session,
            body=said["body"],
            key=said["key"],
            macros=macros,
            steps=steps,
            attachments=files,
            by=request.user,
        )

    def again(status: int) -> HttpResponse:
        context = _side(request, _found(request, reference), form)
        partial = "channels/chat/console/_ticket_chat.html"
        return panel(request, partial, context, title=_("Chat"), status=status)

    return perform(request, act, to=_page(session), form=form, page=again)


@require_POST
@staff_required(Right.WORK_TICKETS)
def typing(request: StaffRequest, reference: UUID) -> HttpResponse:
    """Somebody of us is writing."""
    hints.typing(_found(request, reference), hints.STAFF)
    return HttpResponse(status=UNCHANGED)


@require_http_methods(["GET", "POST"])
@staff_required(Right.WORK_TICKETS)
def transfer(request: StaffRequest, reference: UUID) -> HttpResponse:
    """Hand a chat over to a colleague or a team, with a note."""
    session = _found(request, reference)
    form = HandOverForm(request.POST if request.method == "POST" else None, without=session.agent)

    def act() -> ChatSession:
        if not may_assign(request.user, session.ticket, form.cleaned_data["to"]):
            raise Refused("ticket.not_yours", number=session.ticket.number)
        return actions.transfer(session, **form.cleaned_data, by=request.user)

    def again(status: int = 200) -> HttpResponse:
        context = {"form": form, "chat": session, "ticket": session.ticket}
        title = _("Hand over %(number)s") % {"number": session.ticket.number}
        return panel(request, "channels/chat/console/_transfer.html", context, title=title, status=status)

    if request.method == "GET":
        return again()
    return perform(request, act, to=reverse("console:chats"), said=_("Handed over."), form=form, page=again)


@require_POST
@staff_required(Right.WORK_TICKETS)
def end(request: StaffRequest, reference: UUID) -> HttpResponse:
    """The chat is over."""
    return _simple(
        request, reference, lambda session: sides.end(session, by=request.user), _("The chat is over.")
    )


@require_POST
@staff_required(Right.WORK_TICKETS)
def block(request: StaffRequest, reference: UUID) -> HttpResponse:
    """End the chat of somebody who abuses it, and keep them away for a day."""
    said = _("The chat is over, and the visitor cannot begin another one today.")
    return _simple(request, reference, lambda session: actions.block(session, by=request.user), said)


def _simple(
    request: StaffRequest, reference: UUID, act: Callable[[ChatSession], ChatSession], said: str
) -> HttpResponse:
    session = _found(request, reference)
    return perform(request, lambda: act(session), to=_page(session) + "#newest", said=said)
