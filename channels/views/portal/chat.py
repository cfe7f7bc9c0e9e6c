"""The window of a chat for customers: as a page of its own, and as the part that the bubble opens."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from channels.actions import chat as actions
from channels.chat import hints, outlook, window
from channels.chat.access import chats_of
from channels.chat.desk import desk
from channels.chat.forms import AwayForm, ChatMessageForm, MailForm, RateForm, StartForm
from channels.models import ChatSession
from core import clock, limits
from core.actors import SYSTEM
from core.limits import Limit
from core.views.verbs import perform
from customers import doors
from customers.access import PortalRequest
from customers.actions import get_or_create_customer
from customers.models import Customer
from orders.access import orders_of
from orders.models import Order
from tickets.access import tickets_of
from tickets.actions import open_ticket
from tickets.models import Message, Ticket
from tickets.rules import form_name, one_line
from tickets.states import Channel

UNCHANGED = 204
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
STARTS = Limit("chats-by-address", 20, HOUR)
SENDS = Limit("chat-messages-by-chat", 40, MINUTE)
MARKS = Limit("chat-marks-by-chat", 120, MINUTE)
RATINGS = Limit("chat-ratings-by-chat", 10, HOUR)


# --- before anything is said -------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@never_cache
def chat(request: PortalRequest) -> HttpResponse:
    """The chat the visitor has open, else the way to begin one; a request form when nobody is there."""
    open_one = chats_of(request).open().first()
    if request.method == "GET":
        if open_one is not None:
            return redirect(_address(open_one))
        doors.know_visitor(request)
        return _beginning(request, _fresh(request))
    form = StartForm(request.POST, request.FILES, is_known=_asker(request) is not None)
    return perform(
        request,
        lambda: _start(request, form),
        to=_address,
        form=form,
        page=lambda status: _beginning(request, form, status=status),
    )


@require_POST
@never_cache
def away(request: PortalRequest) -> HttpResponse:
    """What was written while nobody takes chats becomes a request with its own promise."""
    form = AwayForm(request.POST, request.FILES, is_known=_asker(request) is not None)
    return perform(
        request,
        lambda: _ask(request, form),
        to=lambda ticket: _request_page(request, ticket),
        said=_("Your message has reached us."),
        form=form,
        page=lambda status: _beginning(request, form, status=status),
    )


def _fresh(request: PortalRequest) -> StartForm:
    order = _order(request)
    proposed = {
        "key": uuid4().hex,
        "chat": uuid4().hex,
        "page": request.GET.get("from", ""),
        "order": order.reference if order else "",
    }
    kind = StartForm if desk(clock.now()).is_open() and "away" not in request.GET else AwayForm
    return kind(is_known=_asker(request) is not None, initial=proposed)


def _beginning(request: PortalRequest, form: StartForm, *, status: int = 200) -> HttpResponse:
    now = clock.now()
    there = desk(now)
    context = {
        "form": form,
        "order": _order(request),
        "asker": _asker(request),
        "is_open": there.is_open() and not isinstance(form, AwayForm),
        "is_there": there.is_open(),
        "is_busy": not there.has_room(),
        "wait": outlook.of_next(there),
    }
    return _shown(request, "channels/chat/portal/_begin.html", context, status)


def _order(request: PortalRequest) -> Order | None:
    """The order a page is about, or the only one a guest has opened; never one they may not see."""
    named = request.POST.get("order", "") or request.GET.get("order", "")
    mine = orders_of(request.portal).select_related("customer")
    if named:
        return mine.filter(Q(number=named) | Q(reference=named)).first()
    opened = list(mine[:2]) if request.portal.customer is None and request.portal.orders else []
    return opened[0] if len(opened) == 1 else None


def _asker(request: PortalRequest) -> Customer | None:
    """Who the visitor has proven to be."""
    order = _order(request)
    return request.portal.customer or (order.customer if order else None)


def _start(request: PortalRequest, form: StartForm) -> ChatSession:
    limits.spend(STARTS, limits.client_address(request))
    asked, customer = form.cleaned_data, _asker(request)
    files = form.keep_files(request.session, by=customer or SYSTEM)
    beginning = actions.Beginning(
        visitor=doors.know_visitor(request),
        key=asked["chat"],
        message_key=asked["key"],
        body=asked["body"],
        language=request.portal.language,
        customer=customer,
        order=_order(request),
        name=asked.get("name", ""),
        email=asked.get("email", ""),
        origin=_origin(request),
        page=asked["page"],
        attachments=files,
    )
    return actions.start(beginning)


def _ask(request: PortalRequest, form: AwayForm) -> Ticket:
    limits.spend(STARTS, limits.client_address(request))
    asked, asker = form.cleaned_data, _asker(request)
    with transaction.atomic():
        customer = asker or get_or_create_customer(
            email=asked["email"], name=asked["name"], language=request.portal.language, by=SYSTEM
        )
    files = form.keep_files(request.session, by=customer)
    ticket, _new = open_ticket(
        customer=customer,
        subject=one_line(asked["body"], actions.SUBJECT_LENGTH) or _("Message by chat"),
        body=asked["body"],
        channel=Channel.PORTAL,
        by=customer,
        order=_order(request),
        language=request.portal.language,
        external_id=form_name(asked["key"], asked.get("email", ""), asked["body"]),
        attachments=files,
        proven=asker is not None,
    )
    return ticket


def _request_page(request: PortalRequest, ticket: Ticket) -> str:
    if not tickets_of(doors.portal_of(request)).filter(pk=ticket.pk).exists():
        doors.admit_to_ticket(request, ticket.pk)
    return reverse("portal:request", args=[ticket.number])


def _origin(request: HttpRequest) -> str:
    """The address a request comes from, so that nobody can read it."""
    return salted_hmac("channels.chat.origin", limits.client_address(request)).hexdigest()


# --- in the window -----------------------------------------------------------------------------------


@require_safe
@never_cache
def room(request: PortalRequest, reference: UUID) -> HttpResponse:
    """A chat: what was said, and a line to write."""
    return _room(request, _found(request, reference))


def _found(request: HttpRequest, reference: UUID) -> ChatSession:
    return get_object_or_404(
        chats_of(request).select_related("ticket__customer", "agent"), reference=reference
    )


def _room(
    request: PortalRequest,
    session: ChatSession,
    *,
    form: ChatMessageForm | None = None,
    mail_form: MailForm | None = None,
    rate_form: RateForm | None = None,
    status: int = 200,
) -> HttpResponse:
    actions.touch(session, at=clock.now())
    typed = {"form": form, "mail_form": mail_form, "rate_form": rate_form}
    context = _state(session, window.of(session)) | {name: given for name, given in typed.items() if given}
    return _shown(request, "channels/chat/portal/_room.html", context, status)


def _state(session: ChatSession, seen: window.Window) -> dict[str, object]:
    return {
        "chat": session,
        "topic": hints.topic_of(session),
        "window": seen,
        "form": ChatMessageForm(initial={"key": uuid4().hex}),
        "mail_form": MailForm(initial={"email": session.email}),
        "rate_form": RateForm(),
    }


@require_safe
@never_cache
def news(request: PortalRequest, reference: UUID) -> HttpResponse:
    """What came after the message that the browser has; nothing when nothing did."""
    session = _found(request, reference)
    actions.touch(session, at=clock.now())
    fresh = window.of(session, after=_number(request.GET.get("after", "")))
    if request.GET.get("seen") == fresh.fingerprint:
        return HttpResponse(status=UNCHANGED)
    return render(request, "channels/chat/portal/_news.html", _state(session, fresh))


@require_POST
def send(request: PortalRequest, reference: UUID) -> HttpResponse:
    """Say something."""
    session, form = _found(request, reference), ChatMessageForm(request.POST, request.FILES)

    def act() -> Message:
        limits.spend(SENDS, str(session.reference))
        files = form.keep_files(request.session, by=session.ticket.customer)
        return actions.send(
            session, body=form.cleaned_data["body"], key=form.cleaned_data["key"], attachments=files
        )

    return perform(
        request,
        act,
        to=_address(session),
        form=form,
        page=lambda status: _room(request, _found(request, reference), form=form, status=status),
    )


@require_POST
def read(request: PortalRequest, reference: UUID) -> HttpResponse:
    """The customer has seen everything up to a message."""
    session = _found(request, reference)
    upto = _number(request.POST.get("upto", ""))
    return _mark(session, lambda: actions.read(session, upto=upto, by=session.ticket.customer))


@require_POST
def typing(request: PortalRequest, reference: UUID) -> HttpResponse:
    """The customer is writing."""
    session = _found(request, reference)
    return _mark(session, lambda: hints.typing(session, hints.CUSTOMER))


def _mark(session: ChatSession, act: Callable[[], object]) -> HttpResponse:
    """Note something small; too much of it is dropped, not complained about."""
    try:
        limits.spend(MARKS, str(session.reference))
    except limits.LimitReached:
        return HttpResponse(status=UNCHANGED)
    act()
    return HttpResponse(status=UNCHANGED)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0


@require_POST
def end(request: PortalRequest, reference: UUID) -> HttpResponse:
    """The customer is done."""
    session = _found(request, reference)
    return perform(request, lambda: actions.end(session, by=session.ticket.customer), to=_address(session))


@require_POST
def mail(request: PortalRequest, reference: UUID) -> HttpResponse:
    """Go on by mail, or have what was said sent there."""
    session, form = _found(request, reference), MailForm(request.POST)

    def act() -> ChatSession:
        limits.spend(RATINGS, str(session.reference))
        return actions.continue_by_mail(session, email=form.cleaned_data["email"], by=session.ticket.customer)

    return perform(
        request,
        act,
        to=_address(session),
        said=_("We write to you by mail."),
        form=form,
        page=lambda status: _room(request, _found(request, reference), mail_form=form, status=status),
    )


@require_POST
def rate(request: PortalRequest, reference: UUID) -> HttpResponse:
    """Say how it was."""
    session, form = _found(request, reference), RateForm(request.POST)

    def act() -> ChatSession:
        limits.spend(RATINGS, str(session.reference))
        return actions.rate(session, **form.cleaned_data, by=session.ticket.customer)

    return perform(
        request,
        act,
        to=_address(session),
        form=form,
        page=lambda status: _room(request, _found(request, reference), rate_form=form, status=status),
    )


def _address(session: ChatSession) -> str:
    return reverse("portal:chat-room", args=[session.reference])


def _shown(request: PortalRequest, partial: str, context: Mapping[str, object], status: int) -> HttpResponse:
    """A part alone for the bubble, else inside the page of the chat."""
    if request.headers.get("HX-Request") == "true":
        return render(request, partial, dict(context), status=status)
    return render(request, "channels/chat/portal/page.html", {**context, "partial": partial}, status=status)
