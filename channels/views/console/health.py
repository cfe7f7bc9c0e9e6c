"""How the channels are doing, what is stuck, and another try for it."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from channels import health
from channels.access import may_see_health
from channels.actions import delivering, taking_in, templates
from channels.adapters import adapter_of
from channels.connection_states import DeliveryState
from channels.models import ChannelAlarm, Correspondent, InboundDelivery, OutboundDelivery
from core import clock
from core.paging import Keyset
from core.views.panels import panel
from core.views.verbs import perform
from customers.models import Customer
from customers.queries import reached_by
from tickets.access import tickets_for
from tickets.models import Message
from tickets.news import ANSWER

NEWEST_FIRST = Keyset(("-pk",), size=30)
LATEST_ALARMS = 8


def _may_see(request: StaffRequest) -> None:
    if not may_see_health(request.user):
        raise PermissionDenied


@require_safe
@staff_required()
def channels(request: StaffRequest) -> HttpResponse:
    """Every way in and out: its state, when something last came and went, what waits, what failed."""
    _may_see(request)
    now = clock.now()
    answers = OutboundDelivery.objects.exclude(message=None)
    failed = answers.filter(state=DeliveryState.FAILED, created_at__gte=now - health.DAY)
    context = {
        "pulses": health.pulses(now),
        "alarms": ChannelAlarm.objects.order_by("-pk")[:LATEST_ALARMS],
        "stuck": NEWEST_FIRST.page(InboundDelivery.objects.stuck().select_related("connection"), request.GET),
        "undelivered": failed.select_related("message__ticket", "connection").order_by("-pk")[:30],
        "may_configure": request.user.may(Right.CONFIGURE),
        "may_work": request.user.may(Right.WORK_TICKETS),
    }
    return render(request, "channels/console/channels.html", context)


@require_safe
@staff_required(Right.CONFIGURE)
def inbound(request: StaffRequest, pk: int) -> HttpResponse:
    """A call as it came, and what became of it."""
    row = get_object_or_404(InboundDelivery.objects.select_related("connection"), pk=pk)
    context = {"row": row, "numbers": list(taking_in.numbers_of(row))}
    return render(request, "channels/console/inbound.html", context)


@require_POST
@staff_required(Right.CONFIGURE)
def inbound_retry(request: StaffRequest, pk: int) -> HttpResponse:
    """Read a call again that failed."""
    row = get_object_or_404(InboundDelivery, pk=pk)
    return perform(
        request,
        lambda: taking_in.retry(row, by=request.user),
        to=reverse("console:channels"),
        said=_("It is read again in a moment."),
    )


@require_POST
@staff_required(Right.CONFIGURE)
def inbound_dismiss(request: StaffRequest, pk: int) -> HttpResponse:
    """Put a call aside."""
    row = get_object_or_404(InboundDelivery, pk=pk)
    return perform(
        request,
        lambda: taking_in.dismiss(row, by=request.user),
        to=reverse("console:channels"),
        said=_("It is put aside."),
    )


@require_safe
@staff_required(Right.READ_TICKETS)
def ticket_channel(request: StaffRequest, number: str) -> HttpResponse:
    """Through whom a ticket came in, for its page: until when we may answer, what they said of themselves."""
    ticket = get_object_or_404(tickets_for(request.user), number=number)
    senders = Correspondent.objects.filter(origins__message__ticket=ticket).distinct()
    rows = [
        {
            "sender": sender,
            "open_until": sender.open_until,
            "others": _others(sender),
            "has_templates": adapter_of(sender.connection).has_templates,
            "use": templates.fitting(sender.connection, ANSWER, ticket.language),
            "by_mail": ticket.customer.email,
        }
        for sender in senders.select_related("connection", "customer").order_by("pk")
    ]
    context = {"rows": rows, "now": clock.now(), "ticket": ticket}
    return panel(request, "channels/console/_ticket_channel.html", context, title=_("Channel"))


def _others(sender: Correspondent) -> list[Customer]:
    """Other customers who have the address or number this person says is theirs."""
    found = {
        point.customer
        for told in (sender.told.get("email"), sender.told.get("phone"))
        if told
        for point in reached_by(told).select_related("customer")
    }
    return sorted(found - {sender.customer}, key=lambda customer: customer.pk)


@require_POST
@staff_required(Right.WORK_TICKETS)
def delivery_retry(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    """Send an answer once more that did not reach the customer."""
    ticket = get_object_or_404(tickets_for(request.user), number=number)
    message = get_object_or_404(Message, ticket=ticket, pk=pk)
    return perform(
        request,
        lambda: delivering.retry(message, by=request.user),
        to=reverse("console:ticket", args=[number]) + "#newest",
        said=_("The reply is tried again."),
    )


@require_POST
@staff_required(Right.WORK_TICKETS)
def delivery_template(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    """Let an approved template lead the customer to an answer that did not get through."""
    ticket = get_object_or_404(tickets_for(request.user), number=number)
    message = get_object_or_404(Message, ticket=ticket, pk=pk)
    return perform(
        request,
        lambda: delivering.send_as_template(message, by=request.user),
        to=reverse("console:ticket", args=[number]) + "#newest",
        said=_("The customer is written to with the template."),
    )
