"""What the returns desk does when something happens here or on the floors below."""

from core.actors import SYSTEM
from core.models import Event
from customers import actions as people
from orders.models import Shipment
from returns import actions, steps
from returns.actions.inspection import note_handed_over
from returns.models import Case, ReturnParcel, Warranty
from returns.states import Verb, steps_from
from tickets import actions as tickets
from tickets import duplicates, merged
from tickets.models import Ticket
from tickets.states import ExternalStart, MetBy, Suspicion, TicketStatus


def follow_parcel(event: Event) -> None:
    """A parcel was delivered: ours to confirm, or the customer's own goods handed over again."""
    shipment = Shipment.objects.get(pk=event.subject_pk)
    actions.note_delivery(shipment, by=SYSTEM)
    actions.note_handover(shipment, by=SYSTEM)
    note_handed_over(shipment)


def keep_ticket_in_step(event: Event) -> None:
    """Clocks of the ticket stand still while the customer or a carrier has to act, and run while we do.

    A ticket that is solved stays so.
    """
    case = Case.objects.select_related("ticket").get(pk=event.subject_pk)
    ticket = merged.surviving(case.ticket)
    others = Case.objects.unfinished().filter(ticket__in=merged.family(ticket)).exclude(pk=case.pk)
    settled = ticket.status in (TicketStatus.SOLVED, TicketStatus.CLOSED)
    here = steps.standing(case.machine, case.status)
    if here is None or others.exists() or settled:
        return
    actor = steps.acts(case)
    if actor == steps.SHOP:
        tickets.resume(ticket, by=SYSTEM)
    else:
        tickets.wait(ticket, by=SYSTEM, third_party=actor == steps.CARRIER)


def start_external_clocks(event: Event) -> None:
    """Start the clocks of those who count from the request of a case, such as a marketplace."""
    case = Case.objects.select_related("ticket").get(pk=event.subject_pk)
    tickets.start_external(
        case.ticket, ExternalStart.CASE_SUBMITTED, since=event.at, by=SYSTEM, about=case.number
    )


def meet_external_clocks(event: Event) -> None:
    """The case is decided or taken back; whoever waited for that waits no longer."""
    case = Case.objects.select_related("ticket").get(pk=event.subject_pk)
    tickets.meet_external(case.ticket, MetBy.CASE_DECIDED, by=SYSTEM, about=case.number)


def suspect_same_item(event: Event) -> None:
    """A case for an item for which another request of the same person has one: they may be the same."""
    case = Case.objects.select_related("ticket").get(pk=event.subject_pk)
    lines = case.lines.values("order_line")
    for other in duplicates.recent(case.ticket).filter(cases__lines__order_line__in=lines).distinct():
        tickets.suspect_duplicate(case.ticket, other=other, reason=Suspicion.ORDER_LINE, by=SYSTEM)


def follow_lost_parcel(event: Event) -> None:
    """A carrier gave a parcel of a case up: ours goes out again, about the customer's a team lead decides."""
    parcel = ReturnParcel.objects.filter(shipment=event.subject_pk).select_related("case").first()
    if parcel is not None and steps_from(parcel.case.machine, parcel.case.status, Verb.REPORT_LOST):
        actions.report_lost(parcel.case, by=SYSTEM)


def solve_ticket(event: Event) -> None:
    """The case has ended well or was taken back: its ticket is solved, unless another case is still open."""
    ticket = merged.surviving(Ticket.objects.get(cases=event.subject_pk))
    if Case.objects.unfinished().filter(ticket__in=merged.family(ticket)).exists():
        return
    if ticket.status in (TicketStatus.SOLVED, TicketStatus.CLOSED):
        return
    tickets.solve(ticket, by=SYSTEM, told=True)


def follow_person(event: Event) -> None:
    """Cases and warranties of a customer who was merged follow to the person they are."""
    people.take_along(event, Case.objects.all(), Warranty.objects.all())


def part_persons(event: Event) -> None:
    """Cases and warranties that came with a merged customer are theirs again."""
    people.bring_back(event, Case.objects.all(), Warranty.objects.all())
