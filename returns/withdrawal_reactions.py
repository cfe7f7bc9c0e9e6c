"""What follows from a withdrawal, and what a delivery means for one that waited for it."""

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from core import mail
from core.actors import SYSTEM
from core.errors import Refused
from core.models import Event
from orders.models import Shipment
from returns import actions, withdrawal_pdf
from returns.models import Withdrawal
from tickets import addressing


def acknowledge(event: Event) -> None:
    """Send the acknowledgement to the address that was given, as a document that can be kept."""
    row = actions.acknowledge_withdrawal(_withdrawal(event), by=SYSTEM)
    assert row.acknowledgement is not None
    with translation.override(row.language), timezone.override(row.zone):
        said = withdrawal_pdf.sheet(row)
    key = f"withdrawal:{row.number}"
    mail.queue(
        key=key,
        to=row.email,
        language=row.language,
        template="returns.withdrawal",
        context={
            "withdrawal": row,
            "sheet": said,
            "link": settings.PUBLIC_URL + reverse("portal:withdrawal", args=[row.number]),
        },
        about=row.ticket,
        headers=addressing.headers(row.ticket, key) if row.ticket else None,
        files=[row.acknowledgement],
    )


def open_case(event: Event) -> None:
    """Open the return at once where that is possible; else it waits, in sight of staff."""
    _open(_withdrawal(event))


def open_waiting(event: Event) -> None:
    """Goods were delivered: what was withdrawn from before becomes a return now."""
    order = Shipment.objects.get(pk=event.subject_pk).order_id
    for row in Withdrawal.objects.waiting().filter(order=order).order_by("pk"):
        _open(row)


def _withdrawal(event: Event) -> Withdrawal:
    return Withdrawal.objects.select_related("order").get(pk=event.subject_pk)


def _open(row: Withdrawal) -> None:
    try:
        with transaction.atomic():
            actions.open_withdrawal_case(row, by=SYSTEM)
    except Refused as refused:
        actions.note_obstacle(row, refused=refused, by=SYSTEM)
