"""Mails that came in: those put aside, what they say, and what people make of them."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from channels.actions import mail_queue
from channels.actions.mail_keeping import originals_of
from channels.actions.mail_taking import bytes_of
from channels.email import bodies, trimming
from channels.email.states import MailState
from channels.forms.mail import TakeInForm
from channels.models import IncomingMail
from core import events, words
from core.errors import Refused
from core.models import SuppressedAddress
from core.paging import Keyset
from core.views.downloads import document
from core.views.panels import panel
from core.views.verbs import perform
from customers.access import customers_for
from tickets.access import tickets_for

NEWEST_FIRST = Keyset(("-pk",), size=50)

VIEWS = (
    (MailState.QUARANTINED, gettext_lazy("In quarantine"), "shield-alert"),
    (MailState.IGNORED, pgettext_lazy("mails", "Ignored"), "bell-off"),
    (MailState.TAKEN, pgettext_lazy("mails", "Taken in"), "inbox"),
    (MailState.DISCARDED, pgettext_lazy("mails", "Discarded"), "trash-2"),
    ("all", pgettext_lazy("mails", "All"), "mails"),
)


@require_safe
@staff_required(Right.READ_TICKETS)
def incoming_mails(request: StaffRequest) -> HttpResponse:
    """Incoming mail; `?show=` is a state, `?from=` a sender. What is in quarantine comes first."""
    shown, sender = request.GET.get("show", MailState.QUARANTINED), request.GET.get("from", "").strip()
    rows = IncomingMail.objects.listed().select_related("ticket", "mailbox").defer("ticket__search")
    if shown in MailState.values:
        rows = rows.filter(state=shown)
    if sender:
        rows = rows.filter(sender__iexact=sender)
    context = {
        "page": NEWEST_FIRST.page(rows, request.GET),
        "views": VIEWS,
        "shown": shown,
        "sender": sender,
        "waiting": IncomingMail.objects.filter(state=MailState.QUARANTINED).count(),
        "may_configure": request.user.may(Right.CONFIGURE),
    }
    return render(request, "channels/mail/incoming.html", context)


@require_safe
@staff_required(Right.READ_TICKETS)
def incoming_mail(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """One mail: what it says, safely, why it is where it is, and what can be done with it."""
    return _page(request, _found(uuid))


def _found(uuid: UUID) -> IncomingMail:
    return get_object_or_404(IncomingMail.objects.select_related("ticket", "mailbox"), uuid=uuid)


def _page(
    request: StaffRequest, row: IncomingMail, *, form: TakeInForm | None = None, status: int = 200
) -> HttpResponse:
    proposed = {"number": row.ticket.number if row.ticket else ""}
    context = {
        **_said(row),
        "form": form or TakeInForm(initial=proposed, reader=request.user),
        "may_decide": row.is_waiting and request.user.may(Right.WORK_TICKETS),
        "events": events.timeline(row),
    }
    return render(request, "channels/mail/mail.html", context, status=status)


def _said(row: IncomingMail) -> dict[str, Any]:
    """What templates show of a mail."""
    kept = trimming.trim(row.text, is_forward=trimming.is_forward(row.subject)).kept
    return {
        "mail": row,
        "kept": kept,
        "html": bodies.shown(row.html) if row.html else "",
        "left_out": [{**file, "why": _why(file)} for file in row.left_out],
    }


def _why(file: dict[str, Any]) -> str:
    """Why a file was left in its mail; other reasons are said as they are to people who upload."""
    if file["why"] == "file.type_not_allowed":
        return _("We do not take files of this kind.")
    return words.refusal(Refused(file["why"], **file))


@require_safe
@staff_required(Right.READ_TICKETS)
def incoming_mail_raw(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """The mail as it came, to be saved."""
    row = _found(uuid)
    return document(bytes_of(row), name=f"{row.uuid}.eml", content_type="application/octet-stream", save=True)


@require_POST
@staff_required(Right.WORK_TICKETS)
def incoming_mail_take_in(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Make a message of it after all."""
    row, form = _found(uuid), TakeInForm(request.POST, reader=request.user)
    return perform(
        request,
        lambda: mail_queue.take_in(row, ticket=form.cleaned_data["number"], by=request.user),
        to=lambda taken: reverse("console:ticket", args=[_number(taken)]) + "#newest",
        said=lambda taken: _("The mail is on %(number)s.") % {"number": _number(taken)},
        form=form,
        page=lambda status: _page(request, _found(uuid), form=form, status=status),
    )


def _number(taken: IncomingMail) -> str:
    assert taken.ticket is not None  # what is taken in is on a ticket
    return taken.ticket.number


@require_POST
@staff_required(Right.WORK_TICKETS)
def incoming_mail_discard(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Put it away."""
    row = _found(uuid)
    return perform(
        request,
        lambda: mail_queue.discard(row, by=request.user),
        to=reverse("console:incoming-mails"),
        said=_("The mail is discarded. It stays on record."),
    )


@require_safe
@staff_required(Right.READ_TICKETS)
def message_mail(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    """The mail a message was taken from: its quotation, what was left out, the way to the original."""
    ticket = get_object_or_404(tickets_for(request.user), number=number)
    message = get_object_or_404(ticket.messages.select_related("mail__mailbox"), pk=pk)
    row = getattr(message, "mail", None)
    context = _said(row) if row is not None else {"mail": None}
    return panel(request, "channels/mail/_of_message.html", context, title=_("The original mail"))


@require_safe
@staff_required(Right.READ_CUSTOMERS)
def customer_mail(request: StaffRequest, number: str) -> HttpResponse:
    """Which addresses of a customer get no mail any more, for the customer's page."""
    customer = get_object_or_404(customers_for(request.user), number=number)
    points = customer.contact_points.filter(kind="email").values_list("normalized", flat=True)
    context = {
        "suppressed": SuppressedAddress.objects.filter(address__in=list(points)),
        "may_lift": request.user.may(Right.EDIT_CUSTOMERS),
        "customer": customer,
        "originals": originals_of(customer).count() if request.user.may(Right.CONFIGURE) else 0,
    }
    return panel(request, "channels/mail/_of_customer.html", context, title=_("Mail that came back"))
